/** Leaves out of a list what can no longer matter where it is found. */
import type { Expr } from '../../vm/bundle/normal.ts';
import { ENTRY_FLAGS } from '../../vm/spec/index.ts';
import type { Candidate, Entry } from './types.ts';

/** Decisions of one list that later candidates are compared with. */
const MOST = 16;

interface Decision {
  readonly observed: boolean;
  readonly tests: readonly Expr[];
}

/**
 * What follows a decision that holds whenever it does itself can never be first; a decision of an observed policy comes
 * before observed ones only. Noted rules, and those of assumed policies that wait, decide nothing.
 * @returns what is left, ascending
 */
export const cut = (list: readonly Candidate[], entries: readonly Entry[]): readonly Candidate[] => {
  if (list.length === 1) return list;
  const kept: Candidate[] = [];
  const decisions: Decision[] = [];
  for (const candidate of inOrder(list)) {
    const { flags } = entries[candidate.entry];
    const observed = (flags & ENTRY_FLAGS.observed) !== 0;
    const tests = testsOf(candidate.condition);
    if (decisions.some((before) => (observed || !before.observed) && isPart(before.tests, tests))) continue;
    kept.push(candidate);
    if (flags & (ENTRY_FLAGS.continue | ENTRY_FLAGS.assumed)) continue;
    if (!observed && tests.length === 0) break;
    if (decisions.length < MOST) decisions.push({ observed, tests });
  }
  return kept;
};

/** Candidates that moved here came after the others. */
const inOrder = (list: readonly Candidate[]): readonly Candidate[] =>
  list.every(({ entry }, i) => i === 0 || list[i - 1].entry < entry)
    ? list
    : [...list].sort((a, b) => a.entry - b.entry);

const testsOf = (e: Expr): readonly Expr[] => (e.op === 'and' ? e.args : [e]);

/** Whether each test of `some` is one of `all`. */
const isPart = (some: readonly Expr[], all: readonly Expr[]): boolean =>
  some.every((test) => all.some((other) => isSame(test, other)));

/** Equal as data. */
const isSame = (a: unknown, b: unknown): boolean => {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => isSame((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
  );
};
