/** Lists of candidates and what refers to them: a list of one entry without a condition is the ref itself. */
import { ACCEPT, CANDIDATE, REF } from '../../vm/spec/index.ts';
import type { Tests } from './tests.ts';
import type { Writer } from './writer.ts';

/** A list before it is written: entries ascending, and ids of tests. */
export type Draft = readonly { readonly entry: number; readonly test: number }[];

/** Writes lists one behind the other, each once. Nothing else may be written between the first and the last. */
export class Lists {
  readonly #w: Writer;
  readonly #tests: Tests;
  readonly #known = new Map<string, number>();
  readonly at: number;

  /** @param tests all of them: numbers of tests are known when there are no more */
  constructor(w: Writer, tests: Tests) {
    this.#w = w;
    this.#tests = tests;
    this.at = w.reserve(0);
  }

  /** Bytes of all lists. */
  get size(): number {
    return this.#w.length - this.at;
  }

  /** The ref of a list: 0 where it is empty. */
  ref(list: Draft): number {
    if (list.length === 0) return 0;
    if (list.length === 1 && list[0].test === ACCEPT) return REF.entry + list[0].entry;
    const name = list.map(({ entry, test }) => `${entry}:${test}`).join();
    let at = this.#known.get(name);
    if (at === undefined) this.#known.set(name, (at = this.#write(list)));
    return at;
  }

  #write(list: Draft): number {
    const at = this.#w.reserve(4 + list.length * CANDIDATE.size);
    this.#w.u32(at, list.length);
    list.forEach(({ entry, test }, i) => {
      const row = at + 4 + i * CANDIDATE.size;
      this.#w.u32(row + CANDIDATE.entry, entry);
      this.#w.u32(row + CANDIDATE.test, this.#tests.index(test));
    });
    return at;
  }
}
