/** Leaves out of a list what can no longer matter where it is found. */
import type { Expr } from '../../vm/bundle/normal.ts';
import { ENTRY_FLAGS } from '../../vm/spec/index.ts';
import { append } from './lists.ts';
import type { Candidate, Entry } from './types.ts';

/** Decisions of one list that later candidates are compared with. */
const MOST = 16;

interface Decision<T> {
  readonly observed: boolean;
  readonly tests: readonly T[];
}

/**
 * What follows a decision that holds whenever it does itself can never be first; a decision of an observed policy comes
 * before observed ones only. Noted rules, and those of assumed policies that wait, decide nothing.
 * @returns what is left, ascending
 */
export const cut = (list: readonly Candidate[], entries: readonly Entry[]): readonly Candidate[] =>
  list.length === 1 ? list : cutBy(inOrder(list), entries, ({ condition }) => testsOf(condition), isSameTest, MOST);

/**
 * The same for conditions in another form.
 * @param list ascending
 * @param testsOf what must all hold for a candidate
 * @param most decisions that later candidates are compared with
 */
export const cutBy = <C extends { readonly entry: number }, T>(
  list: readonly C[],
  entries: readonly Entry[],
  testsOf: (candidate: C) => readonly T[],
  isSame: (a: T, b: T) => boolean,
  most: number,
): readonly C[] => {
  const kept: C[] = [];
  const decisions: Decision<T>[] = [];
  for (const candidate of list) {
    const { flags } = entries[candidate.entry];
    const observed = (flags & ENTRY_FLAGS.observed) !== 0;
    const tests = testsOf(candidate);
    if (isSettled(tests, observed, decisions, isSame)) continue;
    kept.push(candidate);
    if (flags & (ENTRY_FLAGS.continue | ENTRY_FLAGS.assumed)) continue;
    if (!observed && tests.length === 0) break;
    if (decisions.length < most) decisions.push({ observed, tests });
  }
  return kept;
};

/** Whether a decision before holds whenever the tests do. */
const isSettled = <T>(
  tests: readonly T[],
  observed: boolean,
  decisions: readonly Decision<T>[],
  isSame: (a: T, b: T) => boolean,
): boolean => {
  for (const before of decisions) {
    if ((observed || !before.observed) && isPart(before.tests, tests, isSame)) return true;
  }
  return false;
};

/** Candidates that moved here came after the others, and parts of one may have come both ways. */
const inOrder = (list: readonly Candidate[]): readonly Candidate[] => {
  if (list.every(({ entry }, i) => i === 0 || list[i - 1].entry < entry)) return list;
  const ordered: Candidate[] = [];
  for (const candidate of [...list].sort((a, b) => a.entry - b.entry)) append(ordered, candidate);
  return ordered;
};

const testsOf = (e: Expr): readonly Expr[] => (e.op === 'and' ? e.args : [e]);

/** Whether each test of `some` is one of `all`. */
const isPart = <T>(some: readonly T[], all: readonly T[], isSame: (a: T, b: T) => boolean): boolean => {
  for (const test of some) {
    let found = false;
    for (const other of all) if ((found = isSame(test, other))) break;
    if (!found) return false;
  }
  return true;
};

/** Most tests of a list differ in their constants, which are compared first. */
const isSameTest = (a: Expr, b: Expr): boolean => {
  if (a === b) return true;
  if (a.op !== b.op) return false;
  if ('right' in a && 'right' in b && 'value' in a.right && 'value' in b.right && a.right.value !== b.right.value) {
    return false;
  }
  return isSame(a, b);
};

/** Equal as data. */
const isSame = (a: unknown, b: unknown): boolean => {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  let more = 0;
  for (const key in a) {
    if (!isSame((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key])) return false;
    more++;
  }
  for (const _ in b) more--;
  return more === 0;
};
