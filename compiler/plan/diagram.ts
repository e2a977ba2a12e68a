/**
 * Diagrams: a list that keys cannot divide as tests that lead to short lists, one question an operand whatever the number of
 * rules (firewall decision diagrams, Gouda and Liu, Computer Networks 51, 2007). Their ends are lists of the candidates that
 * are left with what is left of their conditions, so that noted and observed rules, assumed policies and tests that no
 * diagram asks are what they are in any list.
 */
import type { Expr } from '../../vm/bundle/normal.ts';
import { type Axis, axisOf, type AxisTest, axisTest } from './axes.ts';
import { Conditions, NEVER } from './conditions.ts';
import { cutBy } from './cut.ts';
import type { Candidate, Diagram, Entry } from './types.ts';

/** Decisions of one list that later candidates are compared with: numbers compare fast. */
const MOST = 64;

/** A candidate with the number of its condition. */
interface Numbered {
  readonly entry: number;
  readonly condition: number;
}

/** An axis with the answers of its tests, cell by cell, and with what they leave of each condition. */
interface Asked extends Omit<Axis, 'answers'> {
  /** By test number; undefined for tests of other axes. */
  readonly answers: ReadonlyMap<number, readonly boolean[]>;
  readonly left: readonly Map<number, number>[];
}

/** An axis, for each of its cells the first one that is not to be told from it, and what is left of a list in each of those. */
interface Question {
  readonly axis: Asked;
  readonly same: readonly number[];
  readonly left: ReadonlyMap<number, readonly Numbered[]>;
}

/**
 * The diagram of a list.
 * @param list ascending, and cut
 * @param short candidates that an end may have
 * @param budget lists on the way that may still be made; is lowered
 * @returns null where an end would be longer, or where it takes more
 */
export const diagramOf = (
  list: readonly Candidate[],
  entries: readonly Entry[],
  short: number,
  budget: { lists: number },
): Diagram | null => new Maker(list, entries, short, budget).make();

class Maker {
  readonly #conditions = new Conditions();
  readonly #entries: readonly Entry[];
  readonly #short: number;
  readonly #budget: { lists: number };
  readonly #list: readonly Numbered[];
  /** The axis of each test, by number. */
  readonly #axes: Asked[] = [];
  readonly #known = new Map<string, Diagram | null>();

  constructor(list: readonly Candidate[], entries: readonly Entry[], short: number, budget: { lists: number }) {
    this.#entries = entries;
    this.#short = short;
    this.#budget = budget;
    this.#list = list.map(({ entry, condition }) => ({ entry, condition: this.#conditions.number(condition) }));
  }

  make(): Diagram | null {
    // what no question answers keys divide better
    return this.#findAxes() ? this.#of(this.#cut(this.#list)) : null;
  }

  /** Whether there is one for each test. */
  #findAxes(): boolean {
    const tests: AxisTest[] = [];
    const byName = new Map<string, number[]>();
    for (const [i, e] of this.#conditions.tests.entries()) {
      const test = axisTest(e);
      if (!test) return false;
      tests.push(test);
      const own = byName.get(test.name);
      if (own) own.push(i);
      else byName.set(test.name, [i]);
    }
    for (const own of byName.values()) {
      const axis = axisOf(own.map((i) => tests[i]));
      if (!axis) return false;
      const asked: Asked = {
        ...axis,
        answers: new Map(own.map((i) => [i, axis.answers(tests[i])])),
        left: Array.from({ length: axis.cells + Number(axis.absent !== null) }, () => new Map<number, number>()),
      };
      for (const i of own) this.#axes[i] = asked;
    }
    return true;
  }

  #of(list: readonly Numbered[]): Diagram | null {
    const name = list.map(({ entry, condition }) => `${entry} ${condition}`).join();
    let known = this.#known.get(name);
    if (known === undefined) this.#known.set(name, (known = this.#anew(list)));
    return known;
  }

  #anew(list: readonly Numbered[]): Diagram | null {
    if (list.length <= this.#short) {
      return list.map(({ entry, condition }) => ({ entry, condition: this.#conditions.expr(condition) }));
    }
    if (--this.#budget.lists < 0) return null;
    const question = this.#best(list);
    return question && this.#ask(question);
  }

  /** The question after which the fewest candidates are left on average. */
  #best(list: readonly Numbered[]): Question | null {
    let best: Question | null = null;
    let least = list.length;
    for (const [axis, tests] of this.#axesOf(list)) {
      const same = sameCells(axis, tests);
      const left = new Map<number, readonly Numbered[]>();
      let sum = 0;
      for (const cell of new Set(same)) {
        const own = this.#settled(axis, cell, list);
        left.set(cell, own);
        sum += own.length;
      }
      if (sum / left.size < least) [best, least] = [{ axis, same, left }, sum / left.size];
    }
    return best;
  }

  /** The axes of a list's conditions, with those of their tests that stand in them. */
  #axesOf(list: readonly Numbered[]): ReadonlyMap<Asked, ReadonlySet<number>> {
    const found = new Map<Asked, Set<number>>();
    for (const { condition } of list) {
      for (const test of this.#conditions.testsOf(condition)) {
        const axis = this.#axes[test];
        const tests = found.get(axis);
        if (tests) tests.add(test);
        else found.set(axis, new Set([test]));
      }
    }
    return found;
  }

  #settled(axis: Asked, cell: number, list: readonly Numbered[]): readonly Numbered[] {
    const answer = (test: number): boolean | null => axis.answers.get(test)?.[cell] ?? null;
    const known = axis.left[cell];
    const left: Numbered[] = [];
    for (const { entry, condition } of list) {
      const rest = this.#conditions.settle(condition, answer, known);
      if (rest !== NEVER) left.push({ entry, condition: rest });
    }
    return this.#cut(left);
  }

  #cut(list: readonly Numbered[]): readonly Numbered[] {
    return cutBy(list, this.#entries, ({ condition }) => this.#conditions.parts(condition), Object.is, MOST);
  }

  /** Tests that lead from the axis to the diagram of each of its cells. */
  #ask({ axis, same, left }: Question): Diagram | null {
    const ends = new Map<number, Diagram>();
    for (const [cell, own] of left) {
      const end = this.#of(own);
      if (!end) return null;
      ends.set(cell, end);
    }
    const firsts = same.flatMap((cell, i) => (i < axis.cells && (i === 0 || cell !== same[i - 1]) ? [i] : []));
    const ways = firsts.map((cell) => ends.get(same[cell])!);
    const inOrder = halve(ways, (way) => axis.before(firsts[way]));
    const missing = axis.absent && ends.get(same[axis.absent.cell])!;
    return missing && missing !== ways[ways.length - 1] ? join(axis.absent!.exists, inOrder, missing) : inOrder;
  }
}

/** For each cell, the first one in which these tests have the same answers. */
const sameCells = ({ answers, left }: Asked, tests: ReadonlySet<number>): readonly number[] => {
  const firsts = new Map<string, number>();
  const rows = [...tests].map((test) => answers.get(test)!);
  return left.map((_, cell) => {
    const own = rows.map((row) => Number(row[cell])).join('');
    const first = firsts.get(own) ?? cell;
    firsts.set(own, first);
    return first;
  });
};

/** Finds a way by halving. */
const halve = (ways: readonly Diagram[], before: (way: number) => Expr, from = 0, to = ways.length): Diagram => {
  if (to - from === 1) return ways[from];
  const middle = (from + to) >> 1;
  return join(before(middle), halve(ways, before, from, middle), halve(ways, before, middle, to));
};

const join = (test: Expr, yes: Diagram, no: Diagram): Diagram => (yes === no ? yes : { test, yes, no });
