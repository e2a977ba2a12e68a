/** Conditions by number, equal ones by the same, and what is left of them once some of their tests are answered. */
import type { Expr } from '../../vm/bundle/normal.ts';
import { FALSE, TRUE } from '../../vm/bundle/normal.ts';
import { and, not, or } from './simplify.ts';

/** A condition: a test, or one that does not hold, or several together. */
type Row =
  | { readonly op: 'test' | 'not'; readonly test: number }
  | { readonly op: 'and' | 'or'; readonly args: readonly number[] };

/** The numbers of what always holds, and of what never does. */
export const ALWAYS = 0;
export const NEVER = 1;

/** Conditions in negation normal form. */
export class Conditions {
  readonly #numbers = new Map<string, number>();
  readonly #rows: Row[] = [];
  readonly #exprs: Expr[] = [];
  readonly #testsOf: (readonly number[] | undefined)[] = [];
  readonly #testNumbers = new Map<string, number>();
  /** Tests without `not`, by number. */
  readonly tests: Expr[] = [];

  constructor() {
    this.#add('and', { op: 'and', args: [] }, () => TRUE);
    this.#add('or', { op: 'or', args: [] }, () => FALSE);
  }

  /** The number of a condition. */
  number(e: Expr): number {
    if (e.op === 'and' || e.op === 'or')
      return this.#join(
        e.op,
        e.args.map((arg) => this.number(arg)),
      );
    if (e.op === 'not') return this.#literal('not', e.arg);
    return this.#literal('test', e);
  }

  /** The condition of a number. */
  expr(condition: number): Expr {
    return this.#exprs[condition];
  }

  /** What must all hold for a condition to hold. */
  parts(condition: number): readonly number[] {
    const row = this.#rows[condition];
    return row.op === 'and' ? row.args : [condition];
  }

  /** The tests of a condition, each once. */
  testsOf(condition: number): readonly number[] {
    return (this.#testsOf[condition] ??= [...this.#collect(condition)]);
  }

  /**
   * What is left of a condition.
   * @param answer whether a test holds; null where that is not known
   * @param known answers to the same, which are added to
   */
  settle(condition: number, answer: (test: number) => boolean | null, known: Map<number, number>): number {
    const before = known.get(condition);
    if (before !== undefined) return before;
    const row = this.#rows[condition];
    let left = condition;
    if ('test' in row) {
      const holds = answer(row.test);
      if (holds !== null) left = holds === (row.op === 'test') ? ALWAYS : NEVER;
    } else {
      let args: number[] | null = null;
      for (const [i, arg] of row.args.entries()) {
        const rest = this.settle(arg, answer, known);
        if (rest !== arg) (args ??= [...row.args])[i] = rest;
      }
      if (args) left = this.#join(row.op, args);
    }
    known.set(condition, left);
    return left;
  }

  #collect(condition: number): Set<number> {
    const row = this.#rows[condition];
    return new Set('test' in row ? [row.test] : row.args.flatMap((arg) => this.testsOf(arg)));
  }

  #literal(op: 'test' | 'not', e: Expr): number {
    const name = JSON.stringify(e);
    let test = this.#testNumbers.get(name);
    if (test === undefined) this.#testNumbers.set(name, (test = this.tests.push(e) - 1));
    return this.#add(`${op} ${test}`, { op, test }, () => (op === 'test' ? e : not(e)));
  }

  #join(op: 'and' | 'or', args: readonly number[]): number {
    const [neutral, decisive] = op === 'and' ? [ALWAYS, NEVER] : [NEVER, ALWAYS];
    if (args.includes(decisive)) return decisive;
    const flat = args.flatMap((arg) => {
      const row = this.#rows[arg];
      return 'args' in row && row.op === op ? row.args : [arg];
    });
    const left = [...new Set(flat)].filter((arg) => arg !== neutral);
    if (left.length < 2) return left[0] ?? neutral;
    return this.#add(`${op} ${left.join()}`, { op, args: left }, () =>
      (op === 'and' ? and : or)(...left.map((arg) => this.#exprs[arg])),
    );
  }

  #add(name: string, row: Row, expr: () => Expr): number {
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.#rows.push(row) - 1;
      this.#exprs.push(expr());
      this.#numbers.set(name, number);
    }
    return number;
  }
}
