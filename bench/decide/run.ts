/**
 * Verdicts of the VM beside what a user would write instead, on the same events in the same run. The claim is a slope: what
 * a verdict costs with more rules. Times are of a shared machine; the ratios are what can be compared.
 */
import { Bench } from 'tinybench';
import { planAndEmit } from '../../compiler/backend.ts';
import { decodeRecord, type Event } from '../../vm/event/index.ts';
import { Vm } from '../../vm/host/index.ts';
import { reference } from '../../vm/reference/index.ts';
import { family, type Family, type Pair } from './family.ts';

const EVENTS = 4096;
const SIZES = [10, 100, 1000, 10_000];
/** Rules beyond which a walk over them would take the whole run. */
const LINEAR_MOST = 1000;
const REFERENCE_MOST = 100;

export interface Row {
  readonly rules: number;
  readonly engine: string;
  /** Nanoseconds an event, the median round. */
  readonly ns: number;
}

export interface Steps {
  readonly rules: number;
  readonly mean: number;
  readonly bound: number;
}

/** Runs every engine at every size. */
export const benchDecisions = async (): Promise<{ rows: readonly Row[]; steps: readonly Steps[] }> => {
  const rows: Row[] = [];
  const steps: Steps[] = [];
  for (const n of SIZES) {
    const f = family(n, EVENTS);
    const made = planAndEmit(f.normal);
    if ('errors' in made) throw new Error(`BUG: no plan for ${n} exact rules`);
    const bench = new Bench({ time: 250, iterations: 4, warmupTime: 50, warmupIterations: 2 });
    for (const [engine, run] of Object.entries(engines(f, made.program))) bench.add(engine, run);
    await bench.run();
    for (const task of bench.tasks) {
      const { result } = task;
      if (!('latency' in result)) throw new Error(`BUG: ${task.name} did not finish`);
      rows.push({ rules: n, engine: task.name, ns: (result.latency.p50 * 1e6) / EVENTS });
    }
    steps.push({ rules: n, mean: countedSteps(f, made.program), bound: made.cost['file.read'] });
  }
  return { rows, steps };
};

const engines = (f: Family, program: Uint8Array): Record<string, () => void> => {
  const bundle = Vm.create().load(program);
  bundle.input(f.records.length).set(f.records);
  const single = Vm.create().load(program);
  const sizes = recordSizes(f.records);
  const all: Record<string, () => void> = {
    'VM, batch': () => void bundle.evaluate(f.records.length),
    'VM, one by one': () => {
      let offset = 0;
      for (const size of sizes) {
        single.input(size).set(f.records.subarray(offset, offset + size));
        single.evaluate(size);
        offset += size;
      }
    },
    'JavaScript Map of pairs': mapOf(f.rules, f.events),
  };
  if (f.rules.length <= LINEAR_MOST) {
    all['JavaScript closures'] = closures(f.rules, f.events);
  }
  if (f.rules.length <= REFERENCE_MOST) all['reference interpreter'] = interpreter(f);
  return all;
};

const recordSizes = (records: Uint8Array): number[] => {
  const view = new DataView(records.buffer, records.byteOffset, records.byteLength);
  const sizes: number[] = [];
  for (let at = 0; at < records.length; at += sizes.at(-1)!) sizes.push(view.getUint32(at, true));
  return sizes;
};

/** A hash of both strings: the fastest that one shape of rules allows, and no other shape. */
const mapOf = (rules: readonly Pair[], events: readonly Pair[]): (() => void) => {
  const map = new Map(rules.map(({ program, file }, i) => [`${program}\0${file}`, i]));
  return () => {
    let found = 0;
    for (const { program, file } of events) if (map.has(`${program}\0${file}`)) found++;
    if (found === 0) throw new Error('BUG: nothing matched');
  };
};

/** First match over hand-written predicates. */
const closures = (rules: readonly Pair[], events: readonly Pair[]): (() => void) => {
  const tests = rules.map(
    ({ program, file }) =>
      (e: Pair): boolean =>
        e.program === program && e.file === file,
  );
  return () => {
    let found = 0;
    for (const event of events) if (tests.some((test) => test(event))) found++;
    if (found === 0) throw new Error('BUG: nothing matched');
  };
};

const interpreter = (f: Family): (() => void) => {
  const { decide } = reference(f.normal);
  const events: Event[] = [];
  for (let at = 0; at < f.records.length;) {
    const decoded = decodeRecord(f.records, at);
    if ('error' in decoded) throw new Error(`BUG: ${decoded.error}`);
    events.push(decoded.event);
    at += decoded.size;
  }
  return () => {
    for (const event of events) decide(event);
  };
};

const countedSteps = (f: Family, program: Uint8Array): number => {
  const vm = Vm.create({ counting: true });
  const bundle = vm.load(program);
  bundle.input(f.records.length).set(f.records);
  vm.takeSteps();
  bundle.evaluate(f.records.length);
  return vm.takeSteps() / EVENTS;
};
