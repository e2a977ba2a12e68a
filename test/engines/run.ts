/** The conformance vectors through the TypeScript host, in whatever engine runs this: it knows no files, no process and no page. */
import { Bundle, Engine, Host, LictorError, type VmBundle, VmError } from '../../vm/hosts/javascript/index.ts';
import { VERDICT } from '../../vm/spec/verdict.ts';
import { type Expected, hasLists, readSteps, type Step } from '../vectors/read.ts';

/** Reads a file of the vectors, by its path below their folder. */
export type Read = (path: string) => Promise<Uint8Array>;

export interface Outcome {
  /** Whether all came out as it must. */
  readonly right: boolean;
  /** What came out otherwise, and how much was tried. */
  readonly said: string;
}

/**
 * @param module bytes of `lictor-vm.wasm`
 * @param bundles names of the bundles that must load
 */
export async function runVectors(read: Read, module: Uint8Array, bundles: readonly string[]): Promise<Outcome> {
  const engine = await Engine.compile(module);
  const failures: string[] = [];
  let verdicts = 0;
  for (const name of bundles) {
    const host = await Host.create(engine, await Bundle.read(await read(`${name}.lictor`)));
    const fail: Fail = (what) => failures.push(`${name}: ${what}`);
    for (const step of readSteps(await read(`${name}.steps`))) verdicts += runStep(host, step, fail);
  }
  const refused = new TextDecoder()
    .decode(await read('refused.tsv'))
    .trimEnd()
    .split('\n');
  for (const line of refused) {
    const [name, by, why] = line.split('\t');
    const said = await refusal(engine, await read(`refused/${name}.lictor`));
    if (said !== by) failures.push(`${name}: ${said}, not ${by} (${why})`);
  }
  const counts = [`${bundles.length} bundles, ${verdicts} verdicts`, `${refused.length} files refused`];
  return { right: failures.length === 0, said: [...failures, ...counts].join('\n') };
}

/** What refuses a file: `container`, the status of the module, or `nothing`. */
async function refusal(engine: Engine, file: Uint8Array): Promise<string> {
  try {
    await Host.create(engine, await Bundle.read(file));
    return 'nothing';
  } catch (error) {
    if (error instanceof LictorError && error.code === 'bundle') return 'container';
    return String(statusOf(error));
  }
}

function statusOf(error: unknown): number {
  if (error instanceof VmError) return error.status;
  throw error;
}

type Fail = (what: string) => void;

/** @returns how many verdicts were compared */
function runStep(host: Host, step: Step, fail: Fail): number {
  switch (step.does) {
    case 'putWorkload':
    case 'putSubject':
      putFacts(host, step, fail);
      return 0;
    case 'dropWorkload':
    case 'dropSubject':
      host[step.does](step.key);
      return 0;
    case 'name': {
      const said = `${host.bundle.manifest.rules[step.rule].policy} ${host.bundle.ruleName(step.rule)}`;
      if (said !== `${step.policy} ${step.name}`) fail(`rule ${step.rule} is ${said}, not ${step.policy} ${step.name}`);
      return 0;
    }
    case 'evaluate':
    case 'evaluateRing': {
      let done = 0;
      const count = host[step.does](step.records, (vm, i) =>
        compare(vm, i, step.expected[done], `verdict ${done++}`, fail),
      );
      if (count !== step.expected.length) fail(`${count} verdicts, not ${step.expected.length}`);
      return count;
    }
  }
}

function putFacts(host: Host, step: Extract<Step, { readonly record: Uint8Array }>, fail: Fail): void {
  let status = 0;
  try {
    host[step.does](step.key, step.record);
  } catch (error) {
    status = statusOf(error);
  }
  if (status !== step.status) fail(`facts are put with status ${status}, not ${step.status}`);
}

function compare(vm: VmBundle, i: number, wanted: Expected | undefined, which: string, fail: Fail): void {
  if (wanted === undefined) return; // their number is said anyway
  const view = new DataView(wanted.verdict.buffer, wanted.verdict.byteOffset, VERDICT.size);
  const expected = [
    ...wanted.verdict.subarray(0, VERDICT.rule),
    ...[view.getUint32(VERDICT.rule, true), view.getUint32(VERDICT.asIfRule, true)],
    ...[view.getUint16(VERDICT.policy, true), view.getUint16(VERDICT.asIfPolicy, true)],
  ];
  const said = [
    ...[vm.action(i), vm.flags(i), vm.errno(i), vm.asIfAction(i)],
    ...[vm.rule(i), vm.asIfRule(i), vm.policy(i), vm.asIfPolicy(i)],
  ];
  if (hasLists(wanted.verdict)) {
    const { actual, asIf, assumed } = vm.decision(i);
    said.push(...actual.matches, -1, ...asIf.matches, -1, ...assumed);
    expected.push(...wanted.actual, -1, ...wanted.asIf, -1, ...wanted.assumed);
  }
  if (said.join() !== expected.join()) fail(`${which}: ${said.join()}, not ${expected.join()}`);
}
