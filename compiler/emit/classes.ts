/** Class in the program of each key that steps look up. Keys that none does have no class and are not written. */
import type { Bytes } from '../../vm/bundle/normal.ts';
import { type Classifier, type KindPlan, pairOf, type Step } from '../plan/index.ts';

export class Classes {
  readonly #numbers: Int32Array;
  #size = 0;

  constructor({ keys, pairs }: Classifier) {
    this.#numbers = new Int32Array(Math.max(keys.size, pairs.size)).fill(-1);
  }

  /** How many keys have a class. */
  get size(): number {
    return this.#size;
  }

  /** Gives a key a class if it has none. */
  use(key: number): void {
    if (this.#numbers[key] < 0) this.#numbers[key] = this.#size++;
  }

  /**
   * Numbers the classes anew in the order of their keys' texts, those below `middle` before the others: what an event finds
   * together, a network and those around it, then lies together in each table by class number.
   */
  arrange(texts: Iterable<readonly [Bytes, number]>, middle: number): void {
    let [low, high] = [0, middle];
    for (const [, key] of [...texts].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const number = this.#numbers[key];
      if (number >= 0) this.#numbers[key] = number < middle ? low++ : high++;
    }
  }

  /** The class of a key, -1 if it has none. */
  get(key: number): number {
    return this.#numbers[key];
  }
}

/**
 * Classes of all classifiers that steps use, the parts of a pair before it, in the order in which keys are met; those that
 * are looked up alone come first, so that arrays by class number have few gaps.
 */
export const usedClasses = (kinds: readonly KindPlan[]): [Classifier, Classes][] => {
  const used: ([Classifier, Classes] | undefined)[] = [];
  const of = (classifier: Classifier): Classes => (used[classifier.id] ??= [classifier, new Classes(classifier)])[1];
  const usePair = (pair: number, a: Classes, b: Classes): void => {
    const [first, second] = pairOf(pair);
    a.use(first);
    b.use(second);
  };
  const steps = new Set<Step>(kinds.flatMap(({ known, unknown }) => [...known, ...unknown]));
  for (const step of steps) {
    if (step.op !== 'join') continue;
    const a = of(step.a);
    for (const key of step.lists.keys()) a.use(key);
  }
  const joined = used.map((row) => row?.[1].size ?? 0);
  for (const step of steps) {
    if (step.op !== 'pair') continue;
    const [a, b] = [of(step.a), of(step.b)];
    for (const pair of step.lists.keys()) usePair(pair, a, b);
  }
  // parts have smaller ids than what they are parts of
  for (let id = used.length - 1; id >= 0; id--) {
    const [classifier, classes] = used[id] ?? [];
    if (!classifier?.parts || !classes) continue;
    const [a, b] = classifier.parts.map(of);
    for (const [pair, key] of classifier.pairs) if (classes.get(key) >= 0) usePair(pair, a, b);
  }
  const rows = used.flatMap((row) => (row ? [row] : []));
  for (const [{ id, form, keys }, classes] of rows) {
    if (form === 'net') classes.arrange(keys, joined[id] ?? 0);
  }
  return rows;
};
