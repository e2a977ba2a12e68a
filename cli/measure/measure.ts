/** What a verdict costs: time with the ordinary machine, steps with the counting one, by kind of event. */
import { existsSync } from 'node:fs';
import { Bench } from 'tinybench';
import { encodeRecord, kindById, type Event } from '../../vm/event/index.ts';
import { assetPath, createVm, type VmBundle } from '../../vm/host/index.ts';
import { loadProgram } from '../engines.ts';

/** Bytes of records that are evaluated in one call: what a busy ring hands over. */
const BATCH = 1 << 18;
const TIME_MS = 300;

export interface KindCost {
  readonly kind: string;
  readonly events: number;
  /** Mean and the 99th percentile over batches. */
  readonly nsPerEvent: number;
  readonly nsPerEventP99: number;
  readonly eventsPerSecond: number;
  /** Mean and largest number of counted steps of an event, null without the counting machine. */
  readonly steps: { readonly mean: number; readonly most: number } | null;
  /** Steps in the worst case, as the program states, in known and in unknown workloads. */
  readonly bound: number;
}

/** Evaluates records that lie in the input already, all of them. */
function evaluateAll(bundle: VmBundle, sizes: readonly number[], bytes: number): void {
  for (let done = 0, offset = 0; done < sizes.length;) {
    const n = bundle.evaluate(bytes, offset);
    for (const end = done + n; done < end; done++) offset += sizes[done];
  }
}

/** The first records that fit into a batch, written into the bundle's input. */
function fill(bundle: VmBundle, records: readonly Uint8Array[]): { sizes: number[]; bytes: number } {
  const sizes: number[] = [];
  let bytes = 0;
  for (const { length } of records) {
    if (bytes > 0 && bytes + length > BATCH) break;
    sizes.push(length);
    bytes += length;
  }
  const input = bundle.input(bytes);
  let at = 0;
  for (let i = 0; i < sizes.length; i++) {
    input.set(records[i], at);
    at += sizes[i];
  }
  return { sizes, bytes };
}

function countSteps(program: Uint8Array, records: readonly Uint8Array[]): KindCost['steps'] {
  if (!existsSync(assetPath('lictor-vm-counting.wasm'))) return null;
  const vm = createVm({ counting: true });
  const bundle = loadProgram(program, vm);
  let total = 0;
  let most = 0;
  for (const record of records) {
    bundle.input(record.length).set(record);
    vm.takeSteps();
    bundle.evaluate(record.length);
    const steps = vm.takeSteps();
    total += steps;
    most = Math.max(most, steps);
  }
  return { mean: total / records.length, most };
}

async function measureKind(program: Uint8Array, kind: number, records: readonly Uint8Array[]): Promise<KindCost> {
  const bundle = loadProgram(program);
  const { sizes, bytes } = fill(bundle, records);
  const bench = new Bench({ time: TIME_MS, warmupTime: TIME_MS / 3 });
  bench.add('batch', () => evaluateAll(bundle, sizes, bytes));
  const [task] = await bench.run();
  const { result } = task;
  if (!result || !('latency' in result)) throw new Error('BUG: a bench without a result');
  const nsPerEvent = (result.latency.mean * 1e6) / sizes.length;
  return {
    kind: kindById(kind)?.name ?? String(kind),
    events: records.length,
    nsPerEvent,
    nsPerEventP99: (result.latency.p99 * 1e6) / sizes.length,
    eventsPerSecond: 1e9 / nsPerEvent,
    steps: countSteps(program, records),
    bound: Math.max(bundle.cost(kind), bundle.cost(kind, true)),
  };
}

/**
 * @param events at least one
 * @param tell called before each kind with its name
 */
export async function measure(
  program: Uint8Array,
  events: readonly Event[],
  tell: (kind: string) => void,
): Promise<KindCost[]> {
  const byKind = new Map<number, Uint8Array[]>();
  for (const event of events) {
    const records = byKind.get(event.kind) ?? [];
    if (records.length === 0) byKind.set(event.kind, records);
    records.push(encodeRecord(event));
  }
  const costs: KindCost[] = [];
  for (const [kind, records] of [...byKind].sort(([a], [b]) => a - b)) {
    tell(kindById(kind)?.name ?? '');
    costs.push(await measureKind(program, kind, records));
  }
  return costs;
}
