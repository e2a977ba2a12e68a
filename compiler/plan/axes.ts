/**
 * What a diagram can tell apart at once. An axis is an operand that tests compare with constants: these cut its values into
 * cells, in each of which every such test has one answer (Gouda and Liu 2007); or it is one test, whose cells are its answers.
 */
import type { Constant, Expr, FieldRef, Operand } from '../../vm/bundle/normal.ts';
import { LIMITS } from '../../vm/spec/index.ts';
import { isUnsigned } from './access.ts';

const MOST = LIMITS.diagramValues.value;

export interface Axis {
  /** Cells, in the order of their values; the last one holds events without the operand too. */
  readonly cells: number;
  /** Whether a test of the axis holds, cell by cell, and for events without the operand after the others. */
  answers(test: AxisTest): readonly boolean[];
  /** A test that holds in the cells before this one alone, and not for events without the operand. */
  before(cell: number): Expr;
  /** The cell of events without the operand, and what says whether it is there; null where the last cell has them too. */
  readonly absent: { readonly cell: number; readonly exists: Expr } | null;
}

/** A test with the axis that it belongs to: those of one name share it. */
export interface AxisTest {
  readonly name: string;
  readonly test: Expr;
  /** Null where the test is an axis alone. */
  readonly comparison: Comparison | null;
}

/** Null where the test is too dear to be asked before it has to be. */
export const axisTest = (test: Expr): AxisTest | null => {
  const comparison = comparisonOf(test);
  if (comparison) return { name: `${comparison.is} ${JSON.stringify(comparison.operand)}`, test, comparison };
  return isCheap(test) ? { name: JSON.stringify(test), test, comparison } : null;
};

/** The axis of tests that have one name; null where it has too many cells. */
export const axisOf = (tests: readonly AxisTest[]): Axis | null => {
  const [{ test, comparison: first }] = tests;
  if (!first) return { cells: 2, answers: () => [true, false], before: () => test, absent: null };
  const ends = tests.flatMap(({ comparison }) => comparison!.ends);
  const axis =
    first.is === 'text' ? textAxis(first.operand, ends as string[]) : intAxis(first.operand, ends as bigint[]);
  return axis.cells > 2 * MOST ? null : axis;
};

type FieldOperand = Extract<Operand, { is: 'field' }>;

interface Comparison {
  readonly is: 'text' | 'int';
  readonly operand: FieldRef;
  /** First values of cells: of the texts or integers for which the test holds, and of those after them. */
  readonly ends: readonly (string | bigint)[];
  holds(value: string | bigint): boolean;
}

const comparisonOf = (e: Expr): Comparison | null => {
  if ((e.op !== 'in' && e.op !== 'compare') || e.left.is !== 'field' || !isPlain(e.left)) return null;
  if (e.op === 'in') return equalTo(e.left, e.set);
  if (e.cmp === '=') return e.right.is === 'field' || e.right.is === 'element' ? null : equalTo(e.left, [e.right]);
  return e.right.is === 'int' ? ordered(e.left, e.cmp, BigInt(e.right.value)) : null;
};

const equalTo = (left: FieldOperand, set: readonly Constant[]): Comparison | null => {
  if (set.length === 0 || set.length > MOST) return null;
  const { is: _, ...operand } = left;
  if (set.every((c) => c.is === 'string')) {
    const texts = new Set(set.map((c) => c.value));
    return {
      is: 'text',
      operand,
      // nothing lies between a text and the same with a zero behind it
      ends: [...texts].flatMap((text) => [text, `${text}\0`]),
      holds: (value) => texts.has(value as string),
    };
  }
  if (!set.every((c) => c.is === 'int')) return null;
  const integers = new Set(set.map((c) => BigInt(c.value)));
  return {
    is: 'int',
    operand,
    ends: [...integers].flatMap((n) => [n, n + 1n]),
    holds: (value) => integers.has(value as bigint),
  };
};

const ordered = (left: FieldOperand, cmp: '<' | '<=' | '>' | '>=', n: bigint): Comparison => {
  const { is: _, ...operand } = left;
  const holds = {
    '<': (v: bigint) => v < n,
    '<=': (v: bigint) => v <= n,
    '>': (v: bigint) => v > n,
    '>=': (v: bigint) => v >= n,
  };
  return {
    is: 'int',
    operand,
    ends: [cmp === '<' || cmp === '>=' ? n : n + 1n],
    holds: (value) => holds[cmp](value as bigint),
  };
};

/** Texts in the order of their bytes. Tests hold for few of them, so that events without the operand are in the last cell. */
const textAxis = (operand: FieldRef, ends: readonly string[]): Axis => {
  const starts = [...new Set(['', ...ends])].sort(byBytes);
  return {
    cells: starts.length,
    answers: (test) => answersOf(test, starts),
    before: (cell) => less(operand, { is: 'string', value: starts[cell] }),
    absent: null,
  };
};

const answersOf = ({ comparison }: AxisTest, starts: readonly (string | bigint)[]): boolean[] =>
  starts.map((start) => comparison!.holds(start));

const byBytes = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

const intAxis = (operand: FieldRef, ends: readonly bigint[]): Axis => {
  const [least, most] = isUnsigned(operand) ? [0n, (1n << 64n) - 1n] : [-(1n << 63n), (1n << 63n) - 1n];
  const inside = [...new Set(ends)].filter((n) => n > least && n <= most);
  const starts = [least, ...inside.sort((a, b) => (a < b ? -1 : 1))];
  const absent = starts.length;
  return {
    cells: starts.length,
    answers: (test) => [...answersOf(test, starts), false],
    before: (cell) => less(operand, { is: 'int', value: String(starts[cell]) }),
    absent: { cell: absent, exists: { op: 'exists', field: operand } },
  };
};

const less = (operand: FieldRef, right: Constant): Expr => ({
  op: 'compare',
  cmp: '<',
  left: { is: 'field', ...operand },
  right,
});

/** Whether a test reads no more of a text than its own constant is long. */
const isCheap = (e: Expr): boolean => {
  switch (e.op) {
    case 'exists':
      return isPlain(e.field);
    case 'truth':
      return isPlain(e.of);
    case 'flag':
      return isPlain(e.field);
    case 'startswith':
    case 'endswith':
      return !e.fold && isField(e.left) && e.right.is === 'string';
    case 'within':
      return isField(e.left) && e.right.is === 'string';
    case 'compare':
      return isField(e.left) && e.right.is !== 'field' && e.right.is !== 'element';
    default:
      return false;
  }
};

/** A part of a list or of a map has to be looked for. */
const isPlain = ({ index, key }: FieldRef): boolean => index === undefined && key === undefined;
const isField = (o: Operand): boolean => o.is === 'field' && isPlain(o);
