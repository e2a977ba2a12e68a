/**
 * Lists of candidates and what refers to them: a list of one entry without a condition is the ref itself. Lists are gathered
 * here, each once, and written one behind the other when there are no more.
 */
import { ACCEPT, CANDIDATE, REF, REJECT } from '../../vm/spec/index.ts';
import { type Candidate, type Diagram, isNode } from '../plan/index.ts';
import { isTrue } from '../plan/simplify.ts';
import { candidateSteps } from './cost.ts';
import { Interned, combine } from './interned.ts';
import type { Tests } from './tests.ts';
import { Writer } from './writer.ts';

/**
 * A ref before lists have a place and tests a row: 0 and entries as in the program, REF.node plus the id of a test, else an
 * offset among the lists.
 */
export type DraftRef = number;

/** Offset of the first list: 0 is no ref. */
const FIRST = 4;

export class Lists {
  readonly #w = new Writer();
  readonly #tests: Tests;
  readonly #known = new Interned();
  readonly #targets = new WeakMap<Diagram, number>();
  /** By id of a test: steps of the dearest end that a diagram reaches from there. */
  readonly #ends: (number | undefined)[] = [];
  #at = 0;

  constructor(tests: Tests) {
    this.#tests = tests;
    this.#w.reserve(FIRST);
  }

  /** The ref of a list or a diagram: 0 where nothing in it can match. */
  ref(diagram: Diagram): DraftRef {
    if (!isNode(diagram)) return this.#list(diagram);
    const to = this.#target(diagram);
    if (to === REJECT) return 0;
    if (to >= REF.entry) return to;
    return to >= REF.node ? to - REF.node : to + REF.node;
  }

  /** Where a test of a diagram goes on. */
  #target(diagram: Diagram): number {
    let to = this.#targets.get(diagram);
    if (to === undefined) this.#targets.set(diagram, (to = this.#newTarget(diagram)));
    return to;
  }

  #newTarget(diagram: Diagram): number {
    if (isNode(diagram)) {
      return this.#tests.node(diagram.test, this.#target(diagram.yes), this.#target(diagram.no));
    }
    const ref = this.#list(diagram);
    if (ref === 0) return REJECT;
    return ref >= REF.entry ? ref : ref + REF.node;
  }

  #list(candidates: readonly Candidate[]): DraftRef {
    if (candidates.length === 1 && isTrue(candidates[0].condition)) return REF.entry + candidates[0].entry;
    const tests: number[] = [];
    const entries: number[] = [];
    for (const { entry, condition } of candidates) {
      const test = this.#tests.condition(condition);
      if (test === REJECT) continue;
      entries.push(entry);
      tests.push(test);
    }
    if (entries.length === 0) return 0;
    if (entries.length === 1 && tests[0] === ACCEPT) return REF.entry + entries[0];
    let hash = entries.length;
    for (let i = 0; i < entries.length; i++) hash = combine(combine(hash, entries[i]), tests[i]);
    return this.#known.id(
      hash,
      (at) => this.#is(at, entries, tests),
      () => this.#add(entries, tests),
    );
  }

  /** Steps of checking what a ref leads to. */
  steps(ref: DraftRef, testSteps: ArrayLike<number>): number {
    if (ref >= REF.entry) return candidateSteps(0);
    if (ref >= REF.node) return testSteps[ref - REF.node] + this.#endSteps(ref - REF.node, testSteps);
    let sum = 0;
    this.#each(ref, (_, test) => (sum += candidateSteps(test === ACCEPT ? 0 : testSteps[test])));
    return sum;
  }

  #endSteps(test: number, testSteps: ArrayLike<number>): number {
    let steps = this.#ends[test];
    if (steps === undefined) {
      const { yes, no } = this.#tests.rows[test];
      const of = (to: number): number => {
        if (to === REJECT) return 0;
        if (to < REF.node) return this.#endSteps(to, testSteps);
        return this.steps(to >= REF.entry ? to : to - REF.node, testSteps);
      };
      this.#ends[test] = steps = Math.max(of(yes), of(no));
    }
    return steps;
  }

  /** The entries of the dearest lists, with the steps of the dearest that each stands in. */
  dearest(testSteps: ArrayLike<number>, most: number): { readonly entry: number; readonly steps: number }[] {
    const lists: { readonly at: number; readonly steps: number }[] = [];
    for (let at = FIRST; at < this.#w.length; at = this.#next(at)) lists.push({ at, steps: this.steps(at, testSteps) });
    const found = new Map<number, number>();
    for (const { at, steps } of lists.sort((a, b) => b.steps - a.steps)) {
      this.#each(at, (entry) => {
        if (!found.has(entry)) found.set(entry, steps);
      });
      if (found.size >= most) break;
    }
    return [...found].slice(0, most).map(([entry, steps]) => ({ entry, steps }));
  }

  /**
   * Writes all lists, once there are no more tests.
   * @returns where they begin and end
   */
  write(w: Writer): { readonly at: number; readonly size: number } {
    const size = this.#w.length - FIRST;
    this.#at = w.copy(this.#w, FIRST);
    for (let at = FIRST; at < this.#w.length; at = this.#next(at)) {
      for (let row = at + 4; row < this.#next(at); row += CANDIDATE.size) {
        const test = this.#tests.index(this.#w.getU32(row + CANDIDATE.test));
        w.u32(this.placed(row + CANDIDATE.test), test);
      }
    }
    return { at: this.#at, size };
  }

  /** The ref in the program, once the lists are written. */
  placed(ref: DraftRef): number {
    if (ref === 0 || ref >= REF.entry) return ref;
    return ref >= REF.node ? REF.node + this.#tests.index(ref - REF.node) : ref - FIRST + this.#at;
  }

  #next(at: number): number {
    return at + 4 + this.#w.getU32(at) * CANDIDATE.size;
  }

  #each(at: number, visit: (entry: number, test: number) => void): void {
    for (let row = at + 4; row < this.#next(at); row += CANDIDATE.size) {
      visit(this.#w.getU32(row + CANDIDATE.entry), this.#w.getU32(row + CANDIDATE.test));
    }
  }

  #is(at: number, entries: readonly number[], tests: readonly number[]): boolean {
    if (this.#w.getU32(at) !== entries.length) return false;
    return entries.every((entry, i) => {
      const row = at + 4 + i * CANDIDATE.size;
      return this.#w.getU32(row + CANDIDATE.entry) === entry && this.#w.getU32(row + CANDIDATE.test) === tests[i];
    });
  }

  #add(entries: readonly number[], tests: readonly number[]): number {
    const at = this.#w.reserve(4 + entries.length * CANDIDATE.size);
    this.#w.u32(at, entries.length);
    for (let i = 0; i < entries.length; i++) {
      this.#w.u32(at + 4 + i * CANDIDATE.size + CANDIDATE.entry, entries[i]);
      this.#w.u32(at + 4 + i * CANDIDATE.size + CANDIDATE.test, tests[i]);
    }
    return at;
  }
}
