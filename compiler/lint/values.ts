/** Constants and tests of them. Everything here is exact: what it says, every event obeys. */
import type { Bytes, Constant, Expr } from '../../vm/bundle/normal.ts';
import { fieldTest, refKey, type FieldTest } from './terms.ts';

/** Known values of fields, by `refKey`. */
export type Known = ReadonlyMap<string, Constant>;

export const constantKey = (constant: Constant): string =>
  constant.is === 'cidr' ? `cidr ${constant.bits} ${constant.value}` : `${constant.is} ${constant.value}`;

/** The finite set of values that a test allows its field, or null where it is none. */
export function allowedValues(expr: Expr): { readonly ref: string; readonly values: readonly Constant[] } | null {
  const test = fieldTest(expr);
  if (test === null) return null;
  if (test.op === '=') return { ref: test.ref, values: [test.constant] };
  return test.op === 'in' && test.set.every(({ is }) => is !== 'cidr') ? { ref: test.ref, values: test.set } : null;
}

/** Whether an expression holds for every event with these values (true), for none (false), or depends (null). */
export function holds(expr: Expr, known: Known): boolean | null {
  switch (expr.op) {
    case 'and':
    case 'or': {
      const decisive = expr.op === 'or';
      let open = false;
      for (const arg of expr.args) {
        const part = holds(arg, known);
        if (part === decisive) return decisive;
        open ||= part === null;
      }
      return open ? null : !decisive;
    }
    case 'not': {
      const part = holds(expr.arg, known);
      return part === null ? null : !part;
    }
    case 'exists':
      return known.has(refKey(expr.field)) ? true : null;
    default: {
      const test = fieldTest(expr);
      const value = test === null ? undefined : known.get(test.ref);
      return test === null || value === undefined ? null : testHolds(test, value);
    }
  }
}

function testHolds(test: FieldTest, value: Constant): boolean | null {
  switch (test.op) {
    case '=':
      return constantKey(test.constant) === constantKey(value);
    case 'in':
      return test.set.some((member) => contains(member, value));
    case 'startswith':
    case 'endswith':
    case 'contains':
      if (value.is !== 'string' || test.constant.is !== 'string') return null;
      return textHolds(test.op, test.fold, value.value, test.constant.value);
    case 'within':
      if (test.constant.is === 'string')
        return value.is === 'string' ? isBelow(value.value, test.constant.value) : null;
      return contains(test.constant, value);
    default: {
      if (value.is !== 'int' || test.constant.is !== 'int') return null;
      const [low, high] = interval(test)!;
      const number = BigInt(value.value);
      return (low === null || number >= low) && (high === null || number <= high);
    }
  }
}

const foldAscii = (text: Bytes): Bytes => text.replace(/[A-Z]+/g, (upper) => upper.toLowerCase());

/** `text op part`, as bytes. */
export function textHolds(
  op: 'startswith' | 'endswith' | 'contains',
  fold: boolean,
  text: Bytes,
  part: Bytes,
): boolean {
  const [whole, piece] = fold ? [foldAscii(text), foldAscii(part)] : [text, part];
  return op === 'startswith'
    ? whole.startsWith(piece)
    : op === 'endswith'
      ? whole.endsWith(piece)
      : whole.includes(piece);
}

/** A path is the directory or below it; a trailing `/` of the directory does not count. */
export function isBelow(path: Bytes, directory: Bytes): boolean {
  const base = directory.replace(/\/+$/, '');
  return path === base || path === directory || path.startsWith(`${base}/`);
}

/** Whether every value that the one means, an address or a network, is among those of the other. */
export function contains(outer: Constant, inner: Constant): boolean {
  if (outer.is !== 'cidr') return constantKey(outer) === constantKey(inner);
  if (inner.is !== 'address' && inner.is !== 'cidr') return false;
  if (inner.is === 'cidr' && inner.bits < outer.bits) return false;
  for (let bit = 0; bit < outer.bits; bit += 8) {
    const mask = 0xff << Math.max(0, 8 - (outer.bits - bit));
    if (((outer.value.charCodeAt(bit / 8) ^ inner.value.charCodeAt(bit / 8)) & mask & 0xff) !== 0) return false;
  }
  return true;
}

/** The integers that a test allows, bounds included; null stands for no bound, and for a test that is not of integers. */
export function interval(test: FieldTest): readonly [bigint | null, bigint | null] | null {
  if (!('constant' in test) || test.constant.is !== 'int') return null;
  const value = BigInt(test.constant.value);
  switch (test.op) {
    case '=':
      return [value, value];
    case '<':
      return [null, value - 1n];
    case '<=':
      return [null, value];
    case '>':
      return [value + 1n, null];
    case '>=':
      return [value, null];
    default:
      return null;
  }
}
