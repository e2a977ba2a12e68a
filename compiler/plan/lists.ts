/** The lists that lookups lead to, while they are filled. */
import { or } from './simplify.ts';
import { type Access, type Candidate, type Classifier, type Diagram, pairKey, pairOf, type Step } from './types.ts';

/** The lists behind keys of one classifier, or behind pairs of keys of two, by `pairKey`. */
interface Table {
  readonly a: Classifier;
  readonly b: Classifier | null;
  readonly lists: Map<number, Candidate[]>;
}

/** A list, and the keys that lead to it: one or two. */
export interface KeyedList {
  readonly classifiers: readonly Classifier[];
  readonly keys: readonly number[];
  /** May be changed in place. */
  readonly candidates: Candidate[];
}

/** More than there are classifiers. */
const CLASSIFIERS = 2 ** 20;

export class Lists {
  readonly #tables = new Map<number, Table>();
  /** What no key finds. */
  readonly always: Candidate[] = [];

  /** Adds a candidate that no key finds. */
  add(candidate: Candidate): void {
    append(this.always, candidate);
  }

  /** Adds a candidate that one key finds. */
  join({ classifier, key }: Access, candidate: Candidate): void {
    push(this.#table(classifier, null).lists, key, candidate);
  }

  /** Adds a candidate that two keys find together. */
  pair(one: Access, other: Access, candidate: Candidate): void {
    const [a, b] = other.classifier.id < one.classifier.id ? [other, one] : [one, other];
    push(this.#table(a.classifier, b.classifier).lists, pairKey(a.key, b.key), candidate);
  }

  /** The lists behind keys of more candidates than so many, in the order in which they were made; those made meanwhile too. */
  *longer(most: number): Iterable<KeyedList> {
    for (const { a, b, lists } of this.#tables.values()) {
      for (const [key, candidates] of lists) {
        if (candidates.length <= most) continue;
        yield b
          ? { classifiers: [a, b], keys: pairOf(key), candidates }
          : { classifiers: [a], keys: [key], candidates };
      }
    }
  }

  /** Lookups that lead to the lists; takes them from here. */
  steps(finish: (list: readonly Candidate[]) => Diagram): Step[] {
    const steps: Step[] = [];
    for (const { a, b, lists } of this.#tables.values()) {
      const finished: Map<number, Diagram> = lists;
      for (const [key, list] of lists) {
        if (list.length > 0) finished.set(key, finish(list));
        else finished.delete(key);
      }
      if (finished.size === 0) continue;
      steps.push(b ? { op: 'pair', a, b, lists: finished } : { op: 'join', a, lists: finished });
    }
    if (this.always.length > 0) steps.push({ op: 'list', list: finish(this.always) });
    return steps;
  }

  #table(a: Classifier, b: Classifier | null): Table {
    const id = a.id * CLASSIFIERS + (b ? b.id + 1 : 0);
    let table = this.#tables.get(id);
    if (!table) this.#tables.set(id, (table = { a, b, lists: new Map() }));
    return table;
  }
}

const push = (lists: Map<number, Candidate[]>, key: number, candidate: Candidate): void => {
  const list = lists.get(key);
  if (list) append(list, candidate);
  else lists.set(key, [candidate]);
};

/** Parts of a disjunction that meet again are one. */
export const append = (list: Candidate[], candidate: Candidate): void => {
  const last = list[list.length - 1] as Candidate | undefined;
  if (last?.entry !== candidate.entry) list.push(candidate);
  else if (last.condition !== candidate.condition) {
    list[list.length - 1] = { entry: last.entry, condition: or(last.condition, candidate.condition) };
  }
};
