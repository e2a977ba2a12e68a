/** The steps of a kind: first what they lead to, then their tables. */
import { REF, STEP, STEP_OPS } from '../../vm/spec/index.ts';
import { type Classifier, pairOf, type Step } from '../plan/index.ts';
import type { WrittenClassifier } from './classifiers.ts';
import { allowedSteps, candidateSteps, pairSteps } from './cost.ts';
import { isFilterSmall, writeFilter } from './filters.ts';
import type { DraftRef, Lists } from './lists.ts';
import { writePairs } from './pairs.ts';
import type { Writer } from './writer.ts';

export type WrittenClassifiers = ReadonlyMap<Classifier, WrittenClassifier>;

/** A step with the refs of its lists, without keys that lead to nothing. */
export interface DraftStep {
  readonly classifiers: readonly Classifier[];
  /** The `i`-th classifier's class in the program, for each ref. */
  readonly classes: readonly Uint32Array[];
  readonly refs: Uint32Array;
}

/** Makes the lists of all steps; a step that leads nowhere is left out. */
export const draftSteps = (steps: readonly Step[], written: WrittenClassifiers, lists: Lists): DraftStep[] =>
  steps
    .map((step) => (step.op === 'list' ? draftList(lists.ref(step.list)) : draftLists(step, written, lists)))
    .filter(({ refs }) => refs.length > 0);

const draftList = (ref: DraftRef): DraftStep => ({
  classifiers: [],
  classes: [],
  refs: Uint32Array.from(ref === 0 ? [] : [ref]),
});

const draftLists = (step: Exclude<Step, { op: 'list' }>, written: WrittenClassifiers, lists: Lists): DraftStep => {
  const classifiers = step.op === 'join' ? [step.a] : inOrder(step.a, step.b, written);
  const classesOf = classifiers.map((c) => written.get(c)!.classes);
  const swapped = classifiers[0] !== step.a;
  const classes = classifiers.map(() => new Uint32Array(step.lists.size));
  const refs = new Uint32Array(step.lists.size);
  let n = 0;
  for (const [key, list] of step.lists) {
    const ref = lists.ref(list);
    if (ref === 0) continue;
    if (step.op === 'join') classes[0][n] = classesOf[0].get(key);
    else {
      const [a, b] = pairOf(key);
      classes[0][n] = classesOf[0].get(swapped ? b : a);
      classes[1][n] = classesOf[1].get(swapped ? a : b);
    }
    refs[n++] = ref;
  }
  return { classifiers, classes: classes.map((c) => c.subarray(0, n)), refs: refs.subarray(0, n) };
};

/** The classifier with fewer keys first: it is the likelier to find nothing, which saves running the other. */
const inOrder = (a: Classifier, b: Classifier, written: WrittenClassifiers): readonly Classifier[] =>
  written.get(b)!.classes.size < written.get(a)!.classes.size ? [b, a] : [a, b];

/** How many places of a dense table there may be for each that is taken. */
const SPARSE = 4;
/** A table that is dense in any case: not larger than a few buckets of pairs. */
const SMALL = 64;

/** Places of a table by class number; 0 where so many are empty that pairs take less. */
const denseSize = ({ classes, refs }: DraftStep): number => {
  const size = classes[0].reduce((most, c) => Math.max(most, c + 1), 0);
  return size <= Math.max(SMALL, refs.length * SPARSE) ? size : 0;
};

/** Whether pairs are looked up by way of a filter: where both values may fall into several classes. */
const isFiltered = ({ classifiers, classes }: DraftStep, written: WrittenClassifiers): boolean =>
  classifiers.length === 2 &&
  classifiers.every((c) => written.get(c)!.cap > 1) &&
  isFilterSmall(classes[0], classes[1]);

/** Forms that find each of their classes once at most. */
const DISTINCT: ReadonlySet<Classifier['form']> = new Set<Classifier['form']>(['substring', 'floating']);

/** Forms that can find all of their keys at once: their bound follows how many there are in any case. */
const BY_KEYS: ReadonlySet<Classifier['form']> = new Set<Classifier['form']>(['substring', 'elements']);

/**
 * Whether a look-up counts as one in an array. For other forms the dearer sort of table counts, since it is the number of keys
 * that decides which it is.
 */
const isByPlace = (step: DraftStep): boolean =>
  step.classifiers.length === 1 && BY_KEYS.has(step.classifiers[0].form) && denseSize(step) > 0;

/** Steps of a kind's steps in the worst case, each classifier run once. */
export const boundOf = (
  steps: readonly DraftStep[],
  written: WrittenClassifiers,
  refSteps: (ref: DraftRef) => number,
): number => {
  const run = new Set<Classifier>();
  let sum = 0;
  for (const step of steps) {
    const lookUps = step.classifiers.reduce((n, c) => n * written.get(c)!.cap, 1);
    const probe = step.classifiers.length === 0 ? 0 : isByPlace(step) ? 1 : pairSteps;
    const each = step.refs.map(refSteps);
    const allowed = allowedSteps(
      lookUps,
      each.reduce((a, b) => Math.max(a, b), 0),
    );
    // where each class is found once, all lists together are the most there is to check, however few they are
    const isDistinct = lookUps > 1 && step.classifiers.every((c) => written.get(c)!.cap === 1 || DISTINCT.has(c.form));
    const together = each.reduce((a, b) => a + b, 0);
    const most = isDistinct ? Math.min(allowed, Math.max(together, lookUps * candidateSteps(0))) : allowed;
    sum += 1 + lookUps * probe + most;
    if (isFiltered(step, written)) sum += written.get(step.classifiers[0])!.cap + lookUps;
    for (const classifier of step.classifiers) sum += runSteps(classifier, written, run);
  }
  return sum;
};

/** Steps of a classifier's first run, and of its parts'. */
const runSteps = (classifier: Classifier, written: WrittenClassifiers, run: Set<Classifier>): number => {
  if (run.has(classifier)) return 0;
  run.add(classifier);
  const parts = classifier.parts ?? [];
  return parts.reduce((sum, part) => sum + runSteps(part, written, run), written.get(classifier)!.steps);
};

/** Where steps stand, and how many there are. */
export interface StepTable {
  readonly at: number;
  readonly count: number;
}

/** Writes the steps and their tables; the lists must have been written. */
export const writeSteps = (
  w: Writer,
  steps: readonly DraftStep[],
  written: WrittenClassifiers,
  lists: Lists,
): StepTable => {
  const rows = steps.map((step) => ({ step, ...writeTable(w, step, lists), filter: filterOf(w, step, written) }));
  const at = w.reserve(steps.length * STEP.size);
  rows.forEach(({ step: { classifiers }, op, table, filter }, i) => {
    const row = at + i * STEP.size;
    w.u8(row + STEP.op, STEP_OPS[op].code);
    classifiers.forEach((c, j) => w.u16(row + (j === 0 ? STEP.a : STEP.b), written.get(c)!.number));
    w.u32(row + STEP.table, table);
    w.u32(row + STEP.filter, filter);
  });
  return { at, count: steps.length };
};

const filterOf = (w: Writer, step: DraftStep, written: WrittenClassifiers): number =>
  isFiltered(step, written) ? writeFilter(w, step.classes[0], step.classes[1]) : 0;

const writeTable = (
  w: Writer,
  step: DraftStep,
  lists: Lists,
): { readonly op: keyof typeof STEP_OPS; readonly table: number } => {
  const refs = step.refs.map((ref) => lists.placed(ref));
  const [as, bs] = step.classes;
  if (step.classifiers.length === 0) return { op: 'list', table: refs[0] };
  if (step.classifiers.length === 2) return { op: 'pair', table: writePairs(w, as, bs, refs) };
  const size = denseSize(step);
  if (!size) return { op: 'sparse', table: writePairs(w, as, new Uint32Array(as.length), refs) };
  const table = w.reserve(4 + size * REF.size);
  w.u32(table, size);
  refs.forEach((ref, i) => w.u32(table + 4 + as[i] * REF.size, ref));
  return { op: 'join', table };
};
