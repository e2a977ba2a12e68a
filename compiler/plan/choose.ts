/**
 * Hangs each candidate on its rarest selective test (semantics of the idea: content-based matching by access predicates,
 * Fabret et al., SIGMOD 2001): a key that few others chose. Two tests for one value each make a pair of keys at once, and
 * where a key still collects many, its candidates move on to pairs: tuple space search (Srinivasan, Suri, Varghese,
 * SIGCOMM 1999) over predicates.
 */
import { ENTRY_FLAGS } from '../../vm/spec/index.ts';
import type { Accesses } from './access.ts';
import { best, type Choice, Choices, Popularity, without } from './choices.ts';
import { isTrue } from './simplify.ts';
import { type Access, type Candidate, type Classifier, type Entry, isSingle, pairKey, type Step } from './types.ts';

/** Candidates that a key may collect before they move on to pairs. */
const LONG = 4;
/** Pairs that one candidate may take. */
const MAX_PAIRS = 64;

/**
 * @param candidates entries with their whole conditions, ascending
 * @param entries all entries
 */
export const choose = (candidates: readonly Candidate[], entries: readonly Entry[], accesses: Accesses): Step[] => {
  const choices = new Choices(accesses, new Popularity(candidates, accesses));
  const always: Candidate[] = [];
  const single = new Map<Classifier, Map<number, Hung[]>>();
  const pairs: Pairs = new Map();
  for (const candidate of candidates) {
    const ways = choices.of(candidate.condition);
    const points = twoPoints(ways);
    if (points) hangPair(candidate, points, pairs);
    else hang(candidate, best(ways), single, always);
  }
  for (const keys of single.values()) {
    for (const [key, hung] of keys) {
      if (hung.length > LONG)
        keys.set(
          key,
          hung.filter((h) => !paired(h, pairs, choices)),
        );
    }
  }
  return stepsOf(single, pairs, always, (list) => cut(list, entries));
};

interface Hung {
  readonly candidate: Candidate;
  readonly choice: Choice;
  readonly access: Access;
}

type Pairs = Map<Classifier, Map<Classifier, Map<number, Candidate[]>>>;

/** The two rarest tests for one value each of different operands: a pair of them finds all of it with one probe. */
const twoPoints = (ways: readonly Choice[]): readonly [Choice, Choice] | null => {
  const points = ways.filter(isPoint);
  const first = best(points);
  const second =
    first && best(points.filter((p) => p.cover.accesses[0].classifier !== first.cover.accesses[0].classifier));
  return second && [first, second];
};

const isPoint = ({ cover }: Choice): boolean =>
  cover.exact && cover.accesses.length === 1 && isSingle(cover.accesses[0].classifier);

const hangPair = (candidate: Candidate, [first, second]: readonly [Choice, Choice], pairs: Pairs): void => {
  const condition = without(candidate.condition, [...first.answered, ...second.answered]);
  addPair(pairs, first.cover.accesses[0], second.cover.accesses[0], { entry: candidate.entry, condition });
};

const hang = (
  candidate: Candidate,
  choice: Choice | null,
  single: Map<Classifier, Map<number, Hung[]>>,
  always: Candidate[],
): void => {
  if (!choice) {
    always.push(candidate);
    return;
  }
  for (const access of distinct(choice.cover.accesses)) {
    const keys = nested(single, access.classifier, () => new Map<number, Hung[]>());
    nested(keys, access.key, () => []).push({ candidate, choice, access });
  }
};

const distinct = (accesses: readonly Access[]): Iterable<Access> =>
  accesses.length < 2 ? accesses : new Set(accesses);

/** Moves a candidate from a key on to pairs of it with its next best keys; false where it has none. */
const paired = ({ candidate, choice, access }: Hung, pairs: Pairs, choices: Choices): boolean => {
  const rest = without(candidate.condition, choice.answered);
  const others = choices
    .of(rest)
    .filter(
      ({ cover }) =>
        cover.accesses.length <= MAX_PAIRS &&
        cover.accesses.every(({ classifier }) => classifier !== access.classifier),
    );
  const second = best(others);
  if (!second) return false;
  const condition = without(rest, second.answered);
  for (const other of distinct(second.cover.accesses)) {
    addPair(pairs, access, other, { entry: candidate.entry, condition });
  }
  return true;
};

const addPair = (pairs: Pairs, one: Access, other: Access, candidate: Candidate): void => {
  const [a, b] = other.classifier.id < one.classifier.id ? [other, one] : [one, other];
  const byB = nested(pairs, a.classifier, () => new Map<Classifier, Map<number, Candidate[]>>());
  const lists = nested(byB, b.classifier, () => new Map<number, Candidate[]>());
  nested(lists, pairKey(a.key, b.key), () => []).push(candidate);
};

const nested = <K, V>(map: Map<K, V>, key: K, make: () => V): V => {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
};

const stepsOf = (
  single: ReadonlyMap<Classifier, ReadonlyMap<number, readonly Hung[]>>,
  pairs: Pairs,
  always: readonly Candidate[],
  finish: (list: readonly Candidate[]) => readonly Candidate[],
): Step[] => {
  const steps: Step[] = [];
  for (const [a, keys] of single) {
    const lists = new Map<number, readonly Candidate[]>();
    for (const [key, hung] of keys) if (hung.length > 0) lists.set(key, finish(hung.map(remaining)));
    if (lists.size > 0) steps.push({ op: 'join', a, lists });
  }
  for (const [a, others] of pairs) {
    for (const [b, given] of others) {
      const lists = new Map<number, readonly Candidate[]>();
      for (const [key, list] of given) lists.set(key, finish(list.sort((x, y) => x.entry - y.entry)));
      steps.push({ op: 'pair', a, b, lists });
    }
  }
  if (always.length > 0) steps.push({ op: 'list', candidates: finish(always) });
  return steps;
};

const remaining = ({ candidate, choice }: Hung): Candidate => ({
  entry: candidate.entry,
  condition: without(candidate.condition, choice.answered),
});

/**
 * Leaves out what can no longer matter: all that follows an enforced decision that asks nothing more, and what follows such a
 * decision of an observed policy in observed policies. One that is assumed may end its policy only.
 */
const cut = (list: readonly Candidate[], entries: readonly Entry[]): readonly Candidate[] => {
  if (list.length === 1) return list;
  const kept: Candidate[] = [];
  let observedDecided = false;
  for (const candidate of list) {
    const { flags } = entries[candidate.entry];
    const observed = (flags & ENTRY_FLAGS.observed) !== 0;
    if (observed && observedDecided) continue;
    kept.push(candidate);
    if (!isTrue(candidate.condition) || flags & (ENTRY_FLAGS.continue | ENTRY_FLAGS.assumed)) continue;
    if (!observed) break;
    observedDecided = true;
  }
  return kept;
};
