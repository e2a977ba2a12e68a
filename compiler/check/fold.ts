/** Tests of two constants, which parameters make: decided here, once. */
import type { Bytes, Constant } from '../../vm/bundle/normal.ts';
import type { StringOperator } from '../expression/ast.ts';
import { toDfa, type Pattern } from '../pattern/index.ts';
import { isIpv4, type Network } from './address.ts';

type Cmp = '=' | '<' | '<=' | '>' | '>=';
type Comparable = Exclude<Constant, Network>;

const STATES = 4096;

const ordered = <T>(cmp: Cmp, a: T, b: T): boolean =>
  cmp === '=' ? a === b : cmp === '<' ? a < b : cmp === '<=' ? a <= b : cmp === '>' ? a > b : a >= b;

/** Both are of one type; addresses of different families have no order. */
export function compareConstants(cmp: Cmp, a: Comparable, b: Comparable): boolean {
  if (a.is === 'int' && b.is === 'int') return ordered(cmp, BigInt(a.value), BigInt(b.value));
  if (a.is === 'address' && cmp !== '=' && isIpv4(a.value) !== isIpv4(b.value as Bytes)) return false;
  return ordered(cmp, a.value, b.value);
}

export const foldCase = (bytes: Bytes): Bytes => bytes.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

/** Whether `right` is the directory `left`, or one above it; slashes at its end do not count. */
function isWithin(left: Bytes, right: Bytes): boolean {
  const directory = right.replace(/\/+$/, '');
  return left === directory || left.startsWith(`${directory}/`);
}

/** A test of two byte strings by an operator without a pattern. */
export function testConstants(
  op: Exclude<StringOperator, 'glob' | 'matches'>,
  fold: boolean,
  a: Bytes,
  b: Bytes,
): boolean {
  const [left, right] = fold ? [foldCase(a), foldCase(b)] : [a, b];
  switch (op) {
    case 'startswith':
      return left.startsWith(right);
    case 'endswith':
      return left.endsWith(right);
    case 'contains':
      return left.includes(right);
    case 'within':
      return isWithin(left, right);
  }
}

/** Whether the pattern matches the whole string; null where its automaton is too large to say. */
export function matchConstant(pattern: Pattern, bytes: Bytes): boolean | null {
  const dfa = toDfa(pattern, STATES);
  if (!dfa) return null;
  let state = dfa.start;
  for (let i = 0; i < bytes.length; i++) state = dfa.next[state * 256 + bytes.charCodeAt(i)];
  return dfa.accept[state] === 1;
}
