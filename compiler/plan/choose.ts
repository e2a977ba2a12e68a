/**
 * Hangs each candidate on its rarest selective test (semantics of the idea: content-based matching by access predicates,
 * Fabret et al., SIGMOD 2001): a key that few others chose. Where a key still collects many, its candidates move on to pairs
 * of keys, which is tuple space search (Srinivasan, Suri, Varghese, SIGCOMM 1999) over predicates.
 */
import type { Expr } from '../../vm/bundle/normal.ts';
import { ENTRY_FLAGS } from '../../vm/spec/index.ts';
import { type Accesses, type Cover, intervalOf, mergeCovers } from './access.ts';
import { and, isTrue } from './simplify.ts';
import type { Access, Candidate, Classifier, Entry, Step } from './types.ts';

/** Candidates that a key may collect before they move on to pairs. */
const LONG = 4;
/** Pairs that one candidate may take. */
const MAX_PAIRS = 64;

/** A way to find a condition, and the parts of it that need no check then. */
interface Choice {
  readonly cover: Cover;
  readonly answered: readonly Expr[];
  readonly score: number;
}

/** How much a form costs and how little it tells, beside how many chose the key. */
const WEIGHT: Readonly<Record<Classifier['form'], number>> = {
  text: 0,
  int: 0.5,
  elements: 1,
  net: 1,
  prefix: 1,
  suffix: 1.5,
  substring: 3,
  bits: 8,
  range: 8,
};

/**
 * @param candidates entries with their whole conditions, ascending
 * @param entries all entries
 */
export const choose = (candidates: readonly Candidate[], entries: readonly Entry[], accesses: Accesses): Step[] => {
  const popularity = count(candidates, accesses);
  const always: Candidate[] = [];
  const single = new Map<Access['classifier'], Map<number, Hung[]>>();
  for (const candidate of candidates) {
    const choice = best(choicesOf(candidate.condition, accesses, popularity));
    if (!choice) always.push(candidate);
    else for (const access of distinct(choice.cover.accesses)) hang(single, access, { candidate, choice, access });
  }
  const pairs = new Map<Classifier, Map<Classifier, Map<number, Map<number, Candidate[]>>>>();
  for (const keys of single.values()) {
    for (const [key, hung] of keys) {
      if (hung.length > LONG)
        keys.set(
          key,
          hung.filter((h) => !paired(h, pairs, accesses, popularity)),
        );
    }
  }
  const cut = (list: Candidate[]): Candidate[] => cutAfterDecision(list, entries);
  const steps: Step[] = [];
  for (const [a, keys] of single) {
    const lists = new Map<number, Candidate[]>();
    for (const [key, hung] of keys) if (hung.length > 0) lists.set(key, cut(hung.map(remaining)));
    if (lists.size > 0) steps.push({ op: 'join', a, lists });
  }
  for (const [a, others] of pairs) {
    for (const [b, lists] of others) {
      for (const inner of lists.values()) {
        for (const [key, list] of inner) inner.set(key, cut(list.sort((x, y) => x.entry - y.entry)));
      }
      steps.push({ op: 'pair', a, b, lists });
    }
  }
  if (always.length > 0) steps.push({ op: 'list', candidates: cut(always) });
  return steps;
};

interface Hung {
  readonly candidate: Candidate;
  readonly choice: Choice;
  readonly access: Access;
}

type Popularity = Map<Classifier, Map<number, number>>;

const distinct = (accesses: readonly Access[]): readonly Access[] => {
  const seen = new Map<Classifier, Set<number>>();
  return accesses.filter(({ classifier, key }) => {
    const keys = seen.get(classifier) ?? new Set();
    seen.set(classifier, keys);
    return !keys.has(key) && keys.add(key);
  });
};

const hang = (to: Map<Classifier, Map<number, Hung[]>>, access: Access, hung: Hung): void => {
  const keys = to.get(access.classifier) ?? new Map<number, Hung[]>();
  to.set(access.classifier, keys);
  const list = keys.get(access.key);
  if (list) list.push(hung);
  else keys.set(access.key, [hung]);
};

/** How many conditions could hang on each key. */
const count = (candidates: readonly Candidate[], accesses: Accesses): Popularity => {
  const popularity: Popularity = new Map();
  const visit = (e: Expr): void => {
    if (e.op === 'and' || e.op === 'or') for (const arg of e.args) visit(arg);
    else {
      for (const { classifier, key } of accesses.cover(e)?.accesses ?? []) {
        const keys = popularity.get(classifier) ?? new Map<number, number>();
        popularity.set(classifier, keys);
        keys.set(key, (keys.get(key) ?? 0) + 1);
      }
    }
  };
  for (const { condition } of candidates) visit(condition);
  return popularity;
};

const scoreOf = (cover: Cover, popularity: Popularity): number => {
  let most = 0;
  for (const { classifier, key } of cover.accesses) {
    most = Math.max(most, (popularity.get(classifier)?.get(key) ?? 0) + WEIGHT[classifier.form]);
  }
  return most + cover.accesses.length / 1024;
};

/** Each way to find a condition: for a conjunction those of each part, for a disjunction the union of its parts' best. */
const choicesOf = (e: Expr, accesses: Accesses, popularity: Popularity): Choice[] => {
  if (e.op === 'and') {
    const found = e.args.flatMap((arg) => choicesOf(arg, accesses, popularity));
    return [...found, ...intervals(e.args, accesses)];
  }
  if (e.op === 'or') {
    if (e.args.length === 0) return [];
    const parts = e.args.map((arg) => best(choicesOf(arg, accesses, popularity)));
    if (parts.some((part) => part === null)) return [];
    const cover = mergeCovers(parts.map((part, i) => ({ ...part!.cover, exact: answers(part!, e.args[i]) })));
    return cover ? [{ cover, answered: cover.exact ? [e] : [], score: scoreOf(cover, popularity) }] : [];
  }
  const cover = accesses.cover(e);
  return cover ? [{ cover, answered: cover.exact ? [e] : [], score: scoreOf(cover, popularity) }] : [];
};

/** Whether finding it leaves nothing of the condition to check. */
const answers = ({ answered }: Choice, e: Expr): boolean => answered.includes(e);

/** Lower and upper bounds on one operand, taken together. */
const intervals = (args: readonly Expr[], accesses: Accesses): Choice[] => {
  const byOperand = new Map<string, { tests: Expr[]; low: bigint; high: bigint }>();
  for (const e of args) {
    if (e.op !== 'compare' || e.cmp === '=' || e.left.is !== 'field' || e.right.is !== 'int') continue;
    const interval = intervalOf(e.cmp, e.left, BigInt(e.right.value));
    if (!interval) continue;
    const name = JSON.stringify(e.left);
    const all = byOperand.get(name) ?? { tests: [], low: interval[0], high: interval[1] };
    all.tests.push(e);
    if (interval[0] > all.low) all.low = interval[0];
    if (interval[1] < all.high) all.high = interval[1];
    byOperand.set(name, all);
  }
  return [...byOperand.values()].flatMap(({ tests, low, high }) => {
    const first = tests[0] as Extract<Expr, { op: 'compare' }>;
    if (tests.length < 2 || low > high || first.left.is !== 'field') return [];
    return [{ cover: accesses.range(first.left, low, high), answered: tests, score: WEIGHT.range / 2 }];
  });
};

const best = (choices: readonly Choice[]): Choice | null =>
  choices.reduce<Choice | null>((a, b) => (a === null || b.score < a.score ? b : a), null);

const without = (e: Expr, answered: readonly Expr[]): Expr => {
  if (answered.includes(e)) return { op: 'and', args: [] };
  return e.op === 'and'
    ? and(...e.args.map((arg) => (answered.includes(arg) ? ({ op: 'and', args: [] } as Expr) : arg)))
    : e;
};

const remaining = ({ candidate, choice }: Hung): Candidate => ({
  entry: candidate.entry,
  condition: without(candidate.condition, choice.answered),
});

/** Moves a candidate from a key on to pairs of it with its next best keys; false where it has none. */
const paired = (
  { candidate, choice, access }: Hung,
  pairs: Map<Classifier, Map<Classifier, Map<number, Map<number, Candidate[]>>>>,
  accesses: Accesses,
  popularity: Popularity,
): boolean => {
  const rest = without(candidate.condition, choice.answered);
  const others = choicesOf(rest, accesses, popularity).filter(
    ({ cover }) =>
      cover.accesses.length <= MAX_PAIRS && cover.accesses.every(({ classifier }) => classifier !== access.classifier),
  );
  const second = best(others);
  if (!second) return false;
  const condition = without(rest, second.answered);
  for (const other of distinct(second.cover.accesses)) {
    const swap = other.classifier.id < access.classifier.id;
    const [a, b] = swap ? [other, access] : [access, other];
    const byB = nested(pairs, a.classifier, () => new Map<Classifier, Map<number, Map<number, Candidate[]>>>());
    const byKey = nested(byB, b.classifier, () => new Map<number, Map<number, Candidate[]>>());
    const byOther = nested(byKey, a.key, () => new Map<number, Candidate[]>());
    nested(byOther, b.key, () => []).push({ entry: candidate.entry, condition });
  }
  return true;
};

const nested = <K, V>(map: Map<K, V>, key: K, make: () => V): V => {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
};

/** What follows an enforced decision that asks nothing more can never be first; one that is assumed may end its policy only. */
const cutAfterDecision = (list: Candidate[], entries: readonly Entry[]): Candidate[] => {
  const end = list.findIndex(
    ({ entry, condition }) =>
      isTrue(condition) &&
      !(entries[entry].flags & (ENTRY_FLAGS.continue | ENTRY_FLAGS.observed | ENTRY_FLAGS.assumed)),
  );
  return end < 0 ? list : list.slice(0, end + 1);
};
