/**
 * Hangs each candidate on what finds it: all of its tests for one value together as one key (`tuple.ts`), else its rarest
 * selective test (content-based matching by access predicates, Fabret et al., SIGMOD 2001). Where a key still collects many,
 * its candidates move on to pairs of it with a further test.
 */
import { BOTH_DEPTH } from '../../vm/spec/index.ts';
import type { Accesses } from './access.ts';
import { best, type Choice, Choices, type Disjunction, Popularity, without } from './choices.ts';
import { cut } from './cut.ts';
import { diagramOf } from './diagram.ts';
import { type KeyedList, Lists } from './lists.ts';
import { and } from './simplify.ts';
import { halvesOf, isOfWorkload, pointsOf, wholeOf } from './tuple.ts';
import { type Access, type Candidate, depthOf, type Diagram, type Entry, isFew, isSingle, type Step } from './types.ts';

/** Candidates that a key may collect before they move on to pairs. */
export const LONG = 4;
/**
 * The same for a network: each table of pairs more costs a look-up for every network around the address, and an event asks
 * only the list of its own, so that a table pays late.
 */
export const LONG_NETWORK = 32;
/** Parts of disjunctions, and of disjunctions in these, that one candidate may be taken apart into. */
export const MOST_PARTS = 64;
/** Pairs that one candidate may take. */
export const MAX_PAIRS = 64;
/**
 * Places that candidates may move to: so many each, and so many more. A test for one of many values copies its candidate to
 * each of them, and lists there may split again: without an end the copies multiply.
 */
export const MOVES = { each: 8, more: 1024 };

/** Lists that diagrams may be made of likewise: where rules leave their fields free, their product would appear. */
export const DIAGRAMS = { each: 4, more: 65_536 };

/** What is left of both, and the diagrams that were made. */
interface Budget {
  moves: number;
  lists: number;
}

/**
 * @param candidates entries with their whole conditions, ascending
 * @param entries all entries
 */
export const choose = (candidates: readonly Candidate[], entries: readonly Entry[], accesses: Accesses): Step[] => {
  const choices = new Choices(accesses, new Popularity(candidates, accesses));
  const lists = new Lists();
  for (const candidate of candidates) place(candidate, choices, lists, accesses, MOST_PARTS);
  const budget: Budget = {
    moves: candidates.length * MOVES.each + MOVES.more,
    lists: candidates.length * DIAGRAMS.each + DIAGRAMS.more,
  };
  const diagrams = new Map<readonly Candidate[], Diagram>();
  // pairs that are made on the way are visited too
  for (const list of lists.longer(LONG)) {
    const kept = cut(list.candidates, entries);
    refill(list.candidates, kept);
    if (kept.length <= LONG) continue;
    const diagram = diagramOf(kept, entries, LONG, budget);
    if (diagram) diagrams.set(list.candidates, diagram);
    else split(list, lists, accesses, budget);
  }
  const always = cut(lists.always, entries);
  const diagram = always.length > LONG && diagramOf(always, entries, LONG, budget);
  if (diagram) diagrams.set(lists.always, diagram);
  return lists.steps((list) => diagrams.get(list) ?? cut(list, entries));
};

/**
 * Where the candidate is found, and what is left to check there. Where that is by a disjunction each part of it takes its own
 * way, as a rule of its own would, so that its keys lead to nothing of the others.
 * @param room parts that it may come to
 */
const place = (candidate: Candidate, choices: Choices, lists: Lists, accesses: Accesses, room: number): void => {
  const ways = choices.of(candidate.condition);
  const points = pointsOf(ways);
  const networks = networksOf(ways);
  if (networks.length > 0) {
    placeNetworks(candidate, networks, points.filter(isOfWorkload), lists, accesses);
    return;
  }
  const answered = points.flatMap((point) => point.answered);
  const few = points.length > 0 ? best(ways.filter(isFewChoice)) : null;
  if (few) {
    const rest = restOf(candidate, [...answered, ...few.answered]);
    const whole = wholeOf(points, accesses);
    for (const access of distinct(few.cover.accesses)) lists.pair(whole, access, rest);
  } else if (points.length > 1) {
    lists.pair(...halvesOf(points, accesses), restOf(candidate, answered));
  } else if (points.length === 1) {
    lists.join(points[0].cover.accesses[0], restOf(candidate, answered));
  } else {
    const way = best(ways);
    if (!way) lists.add(candidate);
    else if (way.either && way.either.args.length <= room) {
      for (const part of partsOf(candidate, way.either)) {
        place(part, choices, lists, accesses, Math.floor(room / way.either.args.length));
      }
    } else {
      const rest = restOf(candidate, way.answered);
      for (const access of distinct(way.cover.accesses)) lists.join(access, rest);
    }
  }
};

/** The candidate with each part of a disjunction in its place: it is one of the tests of its condition, or all of it. */
const partsOf = ({ entry, condition }: Candidate, either: Disjunction): readonly Candidate[] =>
  either.args.map((part) => ({
    entry,
    condition: condition.op === 'and' ? and(...condition.args.map((test) => (test === either ? part : test))) : part,
  }));

/**
 * Behind one network or two. Facts of workloads go before them: the policies of all workloads name the same few networks, and
 * a scope is there in few ways.
 */
const placeNetworks = (
  candidate: Candidate,
  networks: readonly Choice[],
  scope: readonly Choice[],
  lists: Lists,
  accesses: Accesses,
): void => {
  const used = scope.length > 0 ? [best(networks)!] : networks;
  const [one, other] = used.map(({ cover }) => cover.accesses[0]);
  const answered = [...scope, ...used].flatMap((way) => way.answered);
  const rest = restOf(candidate, answered);
  if (scope.length > 0) lists.pair(wholeOf(scope, accesses), one, rest);
  else if (other) lists.pair(one, other, rest);
  else lists.join(one, rest);
};

const restOf = ({ entry, condition }: Candidate, answered: Choice['answered']): Candidate => ({
  entry,
  condition: without(condition, answered),
});

/**
 * The tests for one network each, of one or both ends. Rules for traffic say most with these; if each took what is rarest
 * for itself, an event would have to try all sorts of pairs, each with all networks around its addresses.
 */
const networksOf = (ways: readonly Choice[]): readonly Choice[] => {
  const networks = ways.filter(
    ({ cover }) => cover.exact && cover.accesses.length === 1 && cover.accesses[0].classifier.form === 'net',
  );
  if (networks.length < 2) return networks;
  const [one, other] = networks.map(({ cover }) => cover.accesses[0].classifier);
  return networks.length === 2 && one !== other ? networks : [];
};

/** Directories, globs: as many classes as stand inside each other, or as there are shapes, so that they pair well with a key. */
const isFewChoice = ({ cover, answered }: Choice): boolean =>
  answered.length > 0 &&
  cover.accesses.length <= 2 &&
  cover.accesses.some(isFewAccess) &&
  cover.accesses.every(isFewOrText);
const isFewAccess = ({ classifier }: Access): boolean => isFew(classifier);
const isFewOrText = ({ classifier }: Access): boolean => isFew(classifier) || classifier.form === 'text';

const distinct = (accesses: readonly Access[]): Iterable<Access> =>
  accesses.length < 2 ? accesses : new Set(accesses);

/** Moves what further tests tell apart from a long list to pairs of its key with these. */
const split = (list: KeyedList, lists: Lists, accesses: Accesses, budget: Budget): void => {
  const { classifiers, keys, candidates } = list;
  const multiple = classifiers.some((classifier) => !isSingle(classifier));
  if (multiple && classifiers.length > 1) return;
  if (classifiers.some((classifier) => depthOf(classifier) >= BOTH_DEPTH - 1)) return;
  if (candidates.length <= (classifiers[0].form === 'net' ? LONG_NETWORK : LONG)) return;
  const whole = keys.map((key, i) => accesses.at(classifiers[i], key)).reduce((a, b) => accesses.both(a, b));
  const choices = new Choices(accesses, new Popularity(candidates, accesses));
  const found = candidates.map((candidate) =>
    best(choices.of(candidate.condition).filter(({ cover }) => mayPair(cover.accesses, whole, multiple))),
  );
  const moves = found.reduce((sum, way) => sum + (way?.cover.accesses.length ?? 0), 0);
  if (moves > budget.moves) return;
  budget.moves -= moves;
  const staying: Candidate[] = [];
  for (const [i, candidate] of candidates.entries()) {
    const way = found[i];
    if (!way) staying.push(candidate);
    else {
      const rest = restOf(candidate, way.answered);
      for (const access of distinct(way.cover.accesses)) lists.pair(whole, access, rest);
    }
  }
  refill(candidates, staying);
};

const refill = (list: Candidate[], candidates: readonly Candidate[]): void => {
  candidates.forEach((candidate, i) => (list[i] = candidate));
  list.length = candidates.length;
};

/** Pairs of two classifiers that find many classes each would multiply. */
const mayPair = (accesses: readonly Access[], { classifier: own }: Access, multiple: boolean): boolean =>
  accesses.length <= MAX_PAIRS &&
  accesses.every(({ classifier }) => classifier !== own && (!multiple || isSingle(classifier)));
