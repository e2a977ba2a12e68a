/**
 * What checking a condition takes at most, in steps and roughly: enough to tell a dear one from a cheap one. The bound
 * itself is computed from what is emitted (`emit/cost.ts`).
 */
import type { Expr, Operand } from '../../vm/bundle/normal.ts';
import { FIELDS, LIMITS } from '../../vm/spec/index.ts';

const TEXT = LIMITS.textBytes.value;
/** Elements that a list can have: each has a length of four bytes. */
export const ELEMENTS = TEXT / 4;
const MAX = new Map<number, number>(FIELDS.map((f) => [f.id, f.max]));

/** Bytes at most of an operand's text; an element's are counted with its list. */
export const lengthAtMost = (o: Operand): number => {
  if (o.is === 'string' || o.is === 'address' || o.is === 'cidr') return o.value.length;
  if (o.is !== 'field' || o.mask !== undefined) return 0;
  if (o.index !== undefined || o.key !== undefined) return TEXT;
  return MAX.get(o.field) ?? LIMITS.stringBytes.value;
};

/** Steps at most of a condition, were all of its tests checked. */
export const weightOf = (e: Expr): number => {
  switch (e.op) {
    case 'and':
    case 'or':
      return e.args.reduce((sum, arg) => sum + weightOf(arg), 0);
    case 'not':
      return weightOf(e.arg);
    case 'any':
      return ELEMENTS + weightOf(e.test);
    case 'has':
      return 2 * ELEMENTS + TEXT / 16;
    case 'glob':
    case 'matches':
      return reading(16, e.left);
    case 'contains':
      return reading(32, e.left, e.right);
    case 'in':
      return reading(2, e.left);
    case 'compare':
    case 'within':
    case 'startswith':
    case 'endswith':
      // no more is read than the shorter one has
      return e.right.is === 'field' ? reading(1, e.left, e.right) : reading(1, e.right) * timesOf(e.left);
    default:
      return 1;
  }
};

/** A test that takes so many steps for each 16 bytes of its operands. */
const reading = (each: number, ...operands: readonly Operand[]): number => {
  const times = Math.max(...operands.map(timesOf));
  return operands.reduce((sum, o) => sum + each * passes(o, times), times);
};

/** How often an operand is looked at. */
const timesOf = (o: Operand): number => (o.is === 'element' ? ELEMENTS : 1);

/** Elements have the bytes of their list together, and each begins anew. */
const passes = (o: Operand, times: number): number =>
  o.is === 'element' ? ELEMENTS + TEXT / 16 : times * Math.ceil(lengthAtMost(o) / 16);
