/** Whether two conditions can hold for one event, as far as constants that both compare one operand with tell. */
import type { Bytes, Constant, Expr, FieldRef, Operand } from '../../vm/bundle/normal.ts';

/** Texts that an operand must equal one of, or begin with one of. */
interface Fact {
  readonly operand: string;
  readonly equals: readonly Bytes[];
  readonly begins: readonly Bytes[];
}

/** What a condition says of single operands, whatever else it asks. */
export type Facts = readonly Fact[];

/** Values of one test that are looked at. */
const MOST = 16;

/** The facts of a condition. */
export const factsOf = (e: Expr): Facts =>
  (e.op === 'and' ? e.args : [e]).flatMap((arg) => {
    const fact = factOf(arg);
    return fact ? [fact] : [];
  });

const factOf = (e: Expr): Fact | null => {
  switch (e.op) {
    case 'compare':
      return e.cmp === '=' ? (equal(e.left, [e.right]) ?? equal(e.right, [e.left])) : null;
    case 'in':
      return equal(e.left, e.set);
    case 'startswith':
      if (e.fold || e.left.is !== 'field' || e.right.is !== 'string') return null;
      return { operand: nameOf(e.left), equals: [], begins: [e.right.value] };
    case 'within': {
      if (e.left.is !== 'field' || e.right.is !== 'string') return null;
      const directory = e.right.value.replace(/\/+$/, '');
      return { operand: nameOf(e.left), equals: [directory], begins: [`${directory}/`] };
    }
    default:
      return null;
  }
};

const equal = (left: Operand, values: readonly Operand[]): Fact | null => {
  if (left.is !== 'field' || values.length > MOST) return null;
  const equals = values.map(valueOf);
  return equals.includes(null) ? null : { operand: nameOf(left), equals: equals as Bytes[], begins: [] };
};

const valueOf = (o: Operand | Constant): Bytes | null => {
  if (o.is === 'string') return o.value;
  return o.is === 'int' ? String(BigInt(o.value)) : null;
};

const nameOf = ({ field, index, key, mask }: FieldRef): string => `${field} ${index} ${mask} ${key}`;

/** False only where no event meets both. */
export const canMeet = (a: Facts, b: Facts): boolean =>
  a.every((x) => b.every((y) => x.operand !== y.operand || overlaps(x, y)));

const overlaps = (x: Fact, y: Fact): boolean =>
  x.equals.some((value) => admits(y, value)) ||
  y.equals.some((value) => admits(x, value)) ||
  x.begins.some((one) => y.begins.some((other) => one.startsWith(other) || other.startsWith(one)));

const admits = ({ equals, begins }: Fact, value: Bytes): boolean =>
  equals.includes(value) || begins.some((text) => value.startsWith(text));
