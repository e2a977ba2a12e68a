/** Times of one case: in batches, one by one, loading, and the native limit in turns with the VM. */
import { createVm, type Vm, type VmBundle } from '../../vm/host/index.ts';
import { Limit } from '../limit/limit.ts';
import { median, passOf, timed } from '../measure/time.ts';
import { LIMIT_FILE, partPath, readCase, type CaseFiles, type Prepared } from './case.ts';

export interface Times {
  /** Nanoseconds an event, medians of the rounds. */
  readonly ns: number;
  /** Record copied in and evaluated through the host, one at a time. */
  readonly singleNs: number;
  readonly limitNs?: number;
  /** Rule by rule, in C. */
  readonly walkNs?: number;
  /** Megabytes a second to load and verify the program. */
  readonly loadMegabytes: number;
}

const ROUNDS = 9;
const SINGLE = 20_000;
const LOADS = 5;
/** Comparisons of a round of the walk: it must not take the whole run. */
const WALK_WORK = 5_000_000;

const load = (vm: Vm, { program, facts }: CaseFiles): VmBundle => {
  const bundle = vm.load(program);
  for (const [key, record] of facts.workloads) bundle.putWorkload(key, record);
  for (const [key, record] of facts.subjects) bundle.putSubject(key, record);
  return bundle;
};

/** One event at a time, the record copied in. */
const onePass = (bundle: VmBundle, { bytes, starts }: CaseFiles['records'], events: number): (() => void) => {
  return () => {
    for (let i = 0; i < events; i++) {
      const size = starts[i + 1] - starts[i];
      bundle.input(size).set(bytes.subarray(starts[i], starts[i + 1]));
      bundle.evaluate(size);
    }
  };
};

/** Seconds of the fastest of some loads: the others waited for memory. */
const loadSeconds = (program: Uint8Array): number => {
  const vm = createVm();
  const pointer = vm.allocate(program.length);
  const times = Array.from({ length: LOADS }, () => {
    new Uint8Array(vm.raw.memory.buffer, pointer, program.length).set(program);
    const start = performance.now();
    const handle = vm.raw.load(pointer, program.length);
    const seconds = (performance.now() - start) / 1000;
    if (handle < 0) throw new Error(`BUG: the program is not loaded: ${handle}`);
    vm.raw.unload(handle);
    return seconds;
  });
  return Math.min(...times);
};

/**
 * @param folder where the case was prepared
 * @param limitProgram the native limit, where a C compiler is
 */
export const timeCase = async (
  { family, rules }: Prepared,
  folder: string,
  limitProgram: string | undefined,
): Promise<Times> => {
  const files = readCase(folder, family, rules);
  const { records } = files;
  const events = records.starts.length - 1;
  const bundle = load(createVm(), files);
  const pass = passOf(bundle, records);
  const limit =
    limitProgram === undefined ? undefined : new Limit(limitProgram, partPath(folder, family, rules, LIMIT_FILE));
  if (limit) await agree(limit, bundle, records, folder);
  const walked = Math.max(1, Math.min(events, Math.floor(WALK_WORK / rules)));
  pass();
  const rounds: { ns: number; limitNs: number; walkNs: number }[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    const ns = timed(pass) / events;
    const limitNs = limit ? (await limit.pass('pass', events)) / events : 0;
    const walkNs = limit ? (await limit.pass('walk', walked)) / walked : 0;
    rounds.push({ ns, limitNs, walkNs });
  }
  limit?.end();
  const single = onePass(load(createVm(), files), records, Math.min(events, SINGLE));
  single();
  const singles = Array.from({ length: ROUNDS }, () => timed(single) / Math.min(events, SINGLE));
  return {
    ns: median(rounds.map((round) => round.ns)),
    singleNs: median(singles),
    ...(limit && {
      limitNs: median(rounds.map((round) => round.limitNs)),
      walkNs: median(rounds.map((round) => round.walkNs)),
    }),
    loadMegabytes: files.program.length / 1e6 / loadSeconds(files.program),
  };
};

/** The native limit decides as the VM, before either is timed. */
const agree = async (limit: Limit, bundle: VmBundle, records: CaseFiles['records'], folder: string): Promise<void> => {
  const events = records.starts.length - 1;
  await limit.pass('pass', events);
  const decided = await limit.decided(`${folder}/decided`);
  bundle.input(records.bytes.length).set(records.bytes);
  bundle.evaluate(records.bytes.length);
  for (let i = 0; i < events; i++) {
    if (bundle.rule(i) !== decided[i]) throw new Error(`BUG: event ${i}: rule ${bundle.rule(i)}, in C ${decided[i]}`);
  }
};
