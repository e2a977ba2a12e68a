/**
 * Tests that stand beside each other and go over one text, or over the elements of one list, as one that goes over it once.
 * Rules ask for one of many words; each asked for alone would be a pass, and the bound counts them all.
 */
import type { Expr, FieldRef, Operand } from '../../vm/bundle/normal.ts';
import { complement, type Dfa, product, textPattern, toDfa } from '../pattern/index.ts';
import { automatonOf } from '../plan/pattern.ts';
import { not, or } from '../plan/simplify.ts';
import { weightOf } from '../plan/weight.ts';

/** States that an automaton for several tests may have, and all of a program together. */
export const SCANS = { states: 512, all: 65_536 };
/** Texts that a list is asked for one by one: to look them up hashes each element. */
const FEW = 4;

/** Tests of one text as an automaton. */
export interface Scan {
  readonly op: 'scan';
  readonly left: Operand;
  /** Equal automata have one name. */
  readonly name: string;
  readonly dfa: Dfa;
  /** Whether the tests hold where the automaton does not accept, and where there is no text. */
  readonly inverted: boolean;
}

type Op = 'and' | 'or';
/** A test that reads a text from one end to the other, and one that goes over a list. */
type Reading = Extract<Expr, { op: 'glob' | 'matches' | 'startswith' | 'endswith' | 'contains' }>;
type Going = Extract<Expr, { op: 'has' | 'any' }>;

/** Finds what can be one scan, within a budget: past it tests stand alone, and the bound says so. */
export class Scans {
  readonly #automata = new Map<string, Dfa | null>();
  #left = SCANS.all;

  /** What there is to check of tests under `op`: those of one text, and those of one list, as one. */
  of(op: Op, args: readonly Expr[]): readonly (Expr | Scan)[] {
    const listOf = (e: Expr): FieldRef | undefined => goingOf(op, e)?.list;
    const tests = joined(args, listOf, (group) => oncePerList(op, group));
    return joined(tests, textOf, (group): readonly (Expr | Scan)[] => {
      const scan = this.#scan(group.length > 1 ? { op, args: group } : group[0]);
      return scan ? [scan] : group;
    });
  }

  #scan(e: Expr): Scan | null {
    const left = textOf(e)!;
    // one test of a whole text is one pass as it is
    if (weightOf(e) <= weightOf(passOver(left)) || (left.is !== 'element' && isReading(e))) return null;
    const dfa = this.#automaton(e);
    if (!dfa) return null;
    const inverted = holdsOfNothing(e);
    return { op: 'scan', left, name: JSON.stringify(e), dfa: inverted ? complement(dfa) : dfa, inverted };
  }

  #automaton(e: Expr): Dfa | null {
    const name = JSON.stringify(e);
    let dfa = this.#automata.get(name);
    if (dfa === undefined) this.#automata.set(name, (dfa = this.#make(e)));
    return dfa;
  }

  #make(e: Expr): Dfa | null {
    if (e.op === 'not') {
      const dfa = this.#automaton(e.arg);
      return dfa && complement(dfa);
    }
    return e.op === 'and' || e.op === 'or' ? this.#all(e.op, e.args) : readingOf(e as Reading);
  }

  /** Halves first: put together one by one, many words would be made again with each. */
  #all(op: Op, args: readonly Expr[]): Dfa | null {
    if (args.length === 1) return this.#automaton(args[0]);
    const middle = args.length >> 1;
    const a = this.#all(op, args.slice(0, middle));
    const b = a && this.#all(op, args.slice(middle));
    return a && b && this.#product(op, a, b);
  }

  #product(op: Op, a: Dfa, b: Dfa): Dfa | null {
    const most = Math.min(SCANS.states, this.#left);
    const dfa = product(op, a, b, most);
    this.#left -= dfa ? dfa.states : most;
    return dfa;
  }
}

/** Tests with what `join` makes of those of one subject, where the first of them stands. */
const joined = <T, R>(
  tests: readonly T[],
  subjectOf: (test: T) => Operand | FieldRef | null | undefined,
  join: (group: readonly T[]) => readonly R[],
): readonly (T | R)[] => {
  const groups = new Map<string, number[]>();
  tests.forEach((test, i) => {
    const subject = subjectOf(test);
    if (!subject) return;
    const name = JSON.stringify(subject);
    const group = groups.get(name);
    if (group) group.push(i);
    else groups.set(name, [i]);
  });
  if (groups.size === 0) return tests;
  const places: (readonly (T | R)[])[] = tests.map((test) => [test]);
  for (const group of groups.values()) {
    const made = join(group.map((i) => tests[i]));
    group.forEach((i, first) => (places[i] = first === 0 ? made : []));
  }
  return places.flat();
};

/** The test of a list that the whole condition holds with, or that it does not hold with. */
const goingOf = (op: Op, e: Expr): Going | null => {
  const test = op === 'or' ? e : e.op === 'not' ? e.arg : e;
  if (op === 'and' && e.op !== 'not') return null;
  return test.op === 'any' || (test.op === 'has' && test.value.is === 'string') ? test : null;
};

/** Whether an element passes one of several tests, as one test of all elements. */
const oncePerList = (op: Op, group: readonly Expr[]): readonly Expr[] => {
  const tests = group.map((e) => goingOf(op, e)!);
  const values = tests.flatMap((e) => (e.op === 'has' && e.value.is === 'string' ? [e.value] : []));
  if (tests.length === 1 || (values.length === tests.length && values.length <= FEW)) return group;
  const equal: Expr = { op: 'in', left: { is: 'element' }, set: values };
  const any: Expr = {
    op: 'any',
    list: tests[0].list,
    test: or(...tests.flatMap((e) => (e.op === 'any' ? [e.test] : [])), ...(values.length > 0 ? [equal] : [])),
  };
  return [op === 'or' ? any : not(any)];
};

const isReading = (e: Expr): e is Reading =>
  e.op === 'glob' ||
  e.op === 'matches' ||
  ((e.op === 'startswith' || e.op === 'endswith' || e.op === 'contains') && e.right.is === 'string');

/** The text that all tests of a condition read; null where they do anything else. */
const textOf = (e: Expr): Operand | null => {
  if (e.op === 'not') return textOf(e.arg);
  if (e.op !== 'and' && e.op !== 'or') return isReading(e) ? e.left : null;
  const [first, ...others] = e.args.map(textOf);
  const name = JSON.stringify(first ?? null);
  return first && others.every((other) => other && JSON.stringify(other) === name) ? first : null;
};

const passOver = (left: Operand): Expr => ({ op: 'matches', fold: false, left, pattern: '' });

/** Whether a condition holds where none of its tests does. */
const holdsOfNothing = (e: Expr): boolean => {
  if (e.op === 'and') return e.args.every(holdsOfNothing);
  return e.op === 'or' ? e.args.some(holdsOfNothing) : e.op === 'not' && !holdsOfNothing(e.arg);
};

const readingOf = (e: Reading): Dfa | null => {
  if (!('right' in e)) return automatonOf(e);
  return e.right.is === 'string' ? toDfa(textPattern(e.op, e.right.value, e.fold), SCANS.states) : null;
};
