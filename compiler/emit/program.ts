/** The emitter: a plan as the flat bytes that the VM verifies and runs in place. It knows no rule, only the plan's forms. */
import { ENTRY, KIND, NO_RULE, PROGRAM } from '../../vm/spec/index.ts';
import type { KindPlan, Plan, Step } from '../plan/index.ts';
import { writeClassifiers, writeRows } from './classifiers.ts';
import { joinSteps, testSteps } from './cost.ts';
import { Lists } from './lists.ts';
import { Operands } from './operands.ts';
import { boundOf, draftSteps, type DraftStep, type StepTable, writeSteps } from './steps.ts';
import { Tests } from './tests.ts';
import { Writer } from './writer.ts';

/** Worst-case steps in workloads that are known, and in those whose metadata have not arrived. */
export interface Bounds {
  readonly known: number;
  readonly unknown: number;
}

export interface Emitted {
  readonly program: Uint8Array;
  /** Steps of an event in the worst case, by kind id. */
  readonly cost: ReadonlyMap<number, Bounds>;
  /** Patterns whose automaton has too many states; where there are any, the program must not be used. */
  readonly tooComplex: readonly string[];
  /** Entries and the steps that checking their list takes at most, the dearest first. */
  readonly dearest: readonly { readonly entry: number; readonly steps: number }[];
}

/** Entries that are named as the dearest. */
const DEAREST = 32;

/** Emits a plan. */
export const emit = (plan: Plan): Emitted => {
  const w = new Writer();
  w.reserve(PROGRAM.header);
  const operands = new Operands(w);
  const tests = new Tests(w, operands);
  const classifiers = writeClassifiers(w, plan.kinds, operands);
  const lists = new Lists(tests);
  const draft = once((steps: readonly Step[]) => draftSteps(steps, classifiers, lists));
  const drafted = plan.kinds.map((kind) => ({ kind, known: draft(kind.known), unknown: draft(kind.unknown) }));
  const steps = testSteps(tests.rows, operands, tests.networks);
  const join = joinSteps(operands.operands);
  const bound = once((draft: readonly DraftStep[]) => boundOf(draft, classifiers, (ref) => lists.steps(ref, steps)));
  const list = lists.write(w);
  const table = once((draft: readonly DraftStep[]) => writeSteps(w, draft, classifiers, lists));
  const rows = drafted.map(({ kind, known, unknown }) => ({
    kind,
    known: table(known),
    unknown: table(unknown),
    assumed: writeNumbers(w, kind.assumed),
    bounds: { known: join + bound(known), unknown: join + bound(unknown) },
  }));
  const kindCount = Math.max(...plan.kinds.map((k) => k.kind)) + 1;
  const header: Partial<Record<keyof typeof PROGRAM, number>> = {
    magicAt: PROGRAM.magic,
    versionAt: PROGRAM.version,
    ruleCountAt: plan.ruleCount,
    policyCountAt: plan.policyCount,
    entriesAt: writeEntries(w, plan),
    entryCountAt: plan.entries.length,
    operandsAt: operands.write(),
    operandCountAt: operands.rows.length,
    testsAt: tests.write((list) => lists.placed(list)),
    testCountAt: tests.rows.length,
    classifiersAt: writeRows(w, [...classifiers.values()]),
    classifierCountAt: classifiers.size,
    kindsAt: writeKinds(w, rows, kindCount),
    kindCountAt: kindCount,
    listsAt: list.at,
    listsSizeAt: list.size,
  };
  for (const [name, value] of Object.entries(header)) w.u32(PROGRAM[name as keyof typeof PROGRAM], value);
  const program = w.finish();
  new DataView(program.buffer).setUint32(PROGRAM.sizeAt, program.length, true);
  return {
    program,
    cost: new Map(rows.map(({ kind, bounds }) => [kind.kind, bounds])),
    tooComplex: [...tests.tooComplex],
    dearest: lists.dearest(steps, DEAREST),
  };
};

/** Runs a function once for each object: steps that several kinds, or known and unknown workloads, have in common. */
const once = <T extends object, R>(run: (of: T) => R): ((of: T) => R) => {
  const results = new Map<T, R>();
  return (of) => {
    let result = results.get(of);
    if (result === undefined) results.set(of, (result = run(of)));
    return result;
  };
};

const writeNumbers = (w: Writer, numbers: readonly number[]): number => {
  if (numbers.length === 0) return 0;
  const at = w.reserve(4 + numbers.length * 4);
  w.u32(at, numbers.length);
  numbers.forEach((n, i) => w.u32(at + 4 + i * 4, n));
  return at;
};

const writeEntries = (w: Writer, plan: Plan): number => {
  const at = w.reserve(plan.entries.length * ENTRY.size);
  plan.entries.forEach(({ rule, policy, action, errno, flags }, i) => {
    const row = at + i * ENTRY.size;
    w.u32(row + ENTRY.rule, rule < 0 ? NO_RULE : rule);
    w.u16(row + ENTRY.policy, policy);
    w.u8(row + ENTRY.bits, action | flags);
    w.u8(row + ENTRY.errno, errno);
  });
  return at;
};

/** A bound that no u32 holds is written as the largest one: the VM refuses what cannot be believed. */
const u32 = (n: number): number => Math.min(n, 0xffffffff);

const writeKinds = (
  w: Writer,
  rows: readonly { kind: KindPlan; known: StepTable; unknown: StepTable; assumed: number; bounds: Bounds }[],
  count: number,
): number => {
  const empty = Math.min(...rows.map(({ bounds }) => bounds.known));
  const at = w.reserve(count * KIND.size);
  w.u32(at + KIND.bound, u32(empty));
  w.u32(at + KIND.unknownBound, u32(empty));
  for (const { kind, known, unknown, assumed, bounds } of rows) {
    const row = at + kind.kind * KIND.size;
    w.u32(row + KIND.steps, known.at);
    w.u32(row + KIND.stepCount, known.count);
    w.u32(row + KIND.unknownSteps, unknown.at);
    w.u32(row + KIND.unknownStepCount, unknown.count);
    w.u32(row + KIND.bound, u32(bounds.known));
    w.u32(row + KIND.unknownBound, u32(bounds.unknown));
    w.u32(row + KIND.assumed, assumed);
  }
  return at;
};
