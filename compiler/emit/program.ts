/** The emitter: a plan as the flat bytes that the VM verifies and runs in place. It knows no rule, only the plan's forms. */
import type { Bytes } from '../../vm/bundle/normal.ts';
import { ENTRY, KIND, NO_RULE, PROGRAM, REJECT, STEP, STEP_OPS } from '../../vm/spec/index.ts';
import { type Candidate, type Classifier, type KindPlan, pairOf, type Plan, type Step } from '../plan/index.ts';
import { type WrittenClassifier, writeClassifiers, writeRows } from './classifiers.ts';
import { joinSteps, listSteps, probeSteps, testSteps } from './cost.ts';
import { writeDictionary } from './dictionary.ts';
import { Lists, type Draft } from './lists.ts';
import { Operands } from './operands.ts';
import { Tests } from './tests.ts';
import { Writer } from './writer.ts';

export interface Emitted {
  readonly program: Uint8Array;
  /** Steps of an event in the worst case, by kind id. */
  readonly cost: ReadonlyMap<number, number>;
  /** Patterns whose automaton has too many states; where there are any, the program must not be used. */
  readonly tooComplex: readonly string[];
  /** Entries and the steps that checking their condition takes at most, the dearest first. */
  readonly dearest: readonly { readonly entry: number; readonly steps: number }[];
}

/** Emits a plan. */
export const emit = (plan: Plan): Emitted => {
  const w = new Writer();
  w.reserve(PROGRAM.header);
  const operands = new Operands(w);
  const tests = new Tests(w, operands);
  const classifiers = writeClassifiers(w, plan.kinds, operands);
  const drafted = plan.kinds.map((kind) => ({
    kind,
    known: draft(kind.known, tests),
    unknown: draft(kind.unknown, tests),
  }));
  const steps = testSteps(tests.rows, operands.operands, tests.networks);
  const join = joinSteps(operands.operands);
  const lists = new Lists(w, tests);
  const referred = drafted.map(({ known, unknown }) => [refer(known, lists), refer(unknown, lists)]);
  const listsSize = lists.size;
  const rows = drafted.map(({ kind, known, unknown }, i) => ({
    kind,
    known: writeSteps(w, referred[i][0], classifiers),
    unknown: writeSteps(w, referred[i][1], classifiers),
    assumed: writeNumbers(w, kind.assumed),
    bound: join + Math.max(boundOf(known, classifiers, steps), boundOf(unknown, classifiers, steps)),
  }));
  writeHeader(w, plan, {
    entries: writeEntries(w, plan),
    operands: operands.write(),
    tests: tests.write(),
    classifiers: writeRows(w, [...classifiers.values()]),
    kinds: writeKinds(w, rows),
    lists: lists.at,
    listsSize,
    counts: [operands.rows.length, tests.rows.length, classifiers.size],
    kindCount: Math.max(...plan.kinds.map((k) => k.kind)) + 1,
  });
  const program = w.finish();
  new DataView(program.buffer).setUint32(PROGRAM.sizeAt, program.length, true);
  return {
    program,
    cost: new Map(rows.map(({ kind, bound }) => [kind.kind, bound])),
    tooComplex: [...tests.tooComplex],
    dearest: dearest(
      drafted.flatMap(({ known, unknown }) => [...known, ...unknown]),
      steps,
    ),
  };
};

interface DraftStep {
  readonly op: Step['op'];
  readonly a: Classifier | null;
  readonly b: Classifier | null;
  /** By keys of the classifiers; one list without keys for `list`. */
  readonly lists: readonly { readonly keys: readonly number[]; readonly list: Draft }[];
}

const draft = (steps: readonly Step[], tests: Tests): DraftStep[] => {
  const listOf = (candidates: readonly Candidate[]): Draft =>
    candidates
      .map(({ entry, condition }) => ({ entry, test: tests.condition(condition) }))
      .filter(({ test }) => test !== REJECT);
  return steps.map((step) => {
    switch (step.op) {
      case 'list':
        return { op: step.op, a: null, b: null, lists: [{ keys: [], list: listOf(step.candidates) }] };
      case 'join':
        return {
          op: step.op,
          a: step.a,
          b: null,
          lists: [...step.lists].map(([key, candidates]) => ({ keys: [key], list: listOf(candidates) })),
        };
      case 'pair':
        return {
          op: step.op,
          a: step.a,
          b: step.b,
          lists: [...step.lists].map(([key, candidates]) => ({ keys: pairOf(key), list: listOf(candidates) })),
        };
    }
  });
};

/** Steps of a kind's steps in the worst case, each classifier run once. */
const boundOf = (
  steps: readonly DraftStep[],
  classifiers: ReadonlyMap<Classifier, WrittenClassifier>,
  tests: readonly number[],
): number => {
  const run = new Set<Classifier>();
  let sum = 0;
  for (const { a, b, lists } of steps) {
    if (lists.every(({ list }) => list.length === 0)) continue;
    const most = lists.reduce(
      (n, { list }) =>
        Math.max(
          n,
          listSteps(
            list.map((c) => c.test),
            tests,
          ),
        ),
      0,
    );
    sum += 1;
    if (!a) {
      sum += most;
      continue;
    }
    const lookUps = classifiers.get(a)!.cap * (b ? classifiers.get(b)!.cap : 1);
    sum += lookUps * (probeSteps(8) + most);
    for (const classifier of [a, b ?? a]) {
      if (!run.has(classifier)) sum += classifiers.get(classifier)!.steps;
      run.add(classifier);
    }
  }
  return sum;
};

interface Table {
  readonly at: number;
  readonly count: number;
}

/** A step whose lists have been written: keys and refs, without those that lead to nothing. */
interface ReferredStep {
  readonly op: Step['op'];
  readonly a: Classifier | null;
  readonly b: Classifier | null;
  readonly refs: readonly { readonly keys: readonly number[]; readonly ref: number }[];
}

const refer = (steps: readonly DraftStep[], lists: Lists): ReferredStep[] =>
  steps
    .map(({ op, a, b, lists: drafts }) => ({
      op,
      a,
      b,
      refs: drafts.map(({ keys, list }) => ({ keys, ref: lists.ref(list) })).filter(({ ref }) => ref !== 0),
    }))
    .filter(({ refs }) => refs.length > 0);

const writeSteps = (
  w: Writer,
  steps: readonly ReferredStep[],
  classifiers: ReadonlyMap<Classifier, WrittenClassifier>,
): Table => {
  const tables = steps.map(({ a, b, refs }) => {
    if (!a) return refs[0].ref;
    const items = refs.map(({ keys, ref }) => {
      const first = classifiers.get(a)!.classes.get(keys[0])!;
      const second = b ? classifiers.get(b)!.classes.get(keys[1])! : 0;
      return [pairKey(first, second), ref] as const;
    });
    return writeDictionary(w, items);
  });
  const at = w.reserve(steps.length * STEP.size);
  steps.forEach(({ op, a, b }, i) => {
    const row = at + i * STEP.size;
    w.u8(row + STEP.op, STEP_OPS[op].code);
    if (a) w.u16(row + STEP.a, classifiers.get(a)!.number);
    if (b) w.u16(row + STEP.b, classifiers.get(b)!.number);
    w.u32(row + STEP.table, tables[i]);
  });
  return { at, count: steps.length };
};

/** Two classes as the eight bytes that a list is looked up by. */
const pairKey = (a: number, b: number): Bytes =>
  String.fromCharCode(...[a, b].flatMap((n) => [n & 255, (n >>> 8) & 255, (n >>> 16) & 255, n >>> 24]));

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
    w.u8(row + ENTRY.action, action);
    w.u8(row + ENTRY.errno, errno);
    w.u32(row + ENTRY.flags, flags);
  });
  return at;
};

/** A bound that no u32 holds is written as the largest one: the VM refuses what cannot be believed. */
const u32 = (n: number): number => Math.min(n, 0xffffffff);

const writeKinds = (
  w: Writer,
  rows: readonly { kind: KindPlan; known: Table; unknown: Table; assumed: number; bound: number }[],
): number => {
  const count = Math.max(...rows.map((r) => r.kind.kind)) + 1;
  const empty = Math.min(...rows.map((r) => r.bound));
  const at = w.reserve(count * KIND.size);
  w.u32(at + KIND.bound, u32(empty));
  for (const { kind, known, unknown, assumed, bound } of rows) {
    const row = at + kind.kind * KIND.size;
    w.u32(row + KIND.steps, known.at);
    w.u32(row + KIND.stepCount, known.count);
    w.u32(row + KIND.unknownSteps, unknown.at);
    w.u32(row + KIND.unknownStepCount, unknown.count);
    w.u32(row + KIND.bound, u32(bound));
    w.u32(row + KIND.assumed, assumed);
  }
  return at;
};

const writeHeader = (
  w: Writer,
  plan: Plan,
  at: {
    entries: number;
    operands: number;
    tests: number;
    classifiers: number;
    kinds: number;
    lists: number;
    listsSize: number;
    counts: readonly number[];
    kindCount: number;
  },
): void => {
  w.u32(PROGRAM.magicAt, PROGRAM.magic);
  w.u32(PROGRAM.versionAt, PROGRAM.version);
  w.u32(PROGRAM.ruleCountAt, plan.ruleCount);
  w.u32(PROGRAM.policyCountAt, plan.policyCount);
  w.u32(PROGRAM.entriesAt, at.entries);
  w.u32(PROGRAM.entryCountAt, plan.entries.length);
  w.u32(PROGRAM.operandsAt, at.operands);
  w.u32(PROGRAM.operandCountAt, at.counts[0]);
  w.u32(PROGRAM.testsAt, at.tests);
  w.u32(PROGRAM.testCountAt, at.counts[1]);
  w.u32(PROGRAM.classifiersAt, at.classifiers);
  w.u32(PROGRAM.classifierCountAt, at.counts[2]);
  w.u32(PROGRAM.kindsAt, at.kinds);
  w.u32(PROGRAM.kindCountAt, at.kindCount);
  w.u32(PROGRAM.listsAt, at.lists);
  w.u32(PROGRAM.listsSizeAt, at.listsSize);
};

const dearest = (
  drafts: readonly DraftStep[],
  steps: readonly number[],
): { readonly entry: number; readonly steps: number }[] => {
  const most = new Map<number, number>();
  for (const { lists } of drafts) {
    for (const { list } of lists) {
      const sum = listSteps(
        list.map((c) => c.test),
        steps,
      );
      for (const { entry } of list) most.set(entry, Math.max(most.get(entry) ?? 0, sum));
    }
  }
  return [...most]
    .map(([entry, n]) => ({ entry, steps: n }))
    .sort((a, b) => b.steps - a.steps)
    .slice(0, 32);
};
