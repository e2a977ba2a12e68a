/** The remaining condition of a candidate: short-circuit code whose jumps go forward only, so it ends. */
import { count } from './counting';
import { NOT_FOUND, find } from './dictionary';
import { isIPv4 } from './derive';
import * as S from './generated/spec';
import { findNetwork, isWithin } from './networks';
import { foundLength, foundPointer, integer, present, setElement, text } from './operands';
import { contains, equal, foldInto, isBefore } from './text';

let program: usize = 0;
let tests: usize = 0;
const foldedLeft: usize = memory.data(16384 + 16, 8);
const foldedRight: usize = memory.data(16384 + 16, 8);
const key: usize = memory.data(8, 8);

/** Runs tests of this program from now on. */
export function useTests(base: usize): void {
  program = base;
  tests = base + load<u32>(base, S.PROGRAM_TESTS_AT);
}

/** Whether the code that begins at `test` accepts the event. */
export function accepts(test: u32): bool {
  return endOf(test) == S.ACCEPT;
}

/** Where the code that begins at `test` ends: ACCEPT, REJECT, or an end of a diagram. */
export function endOf(test: u32): u32 {
  while (test < S.REF_NODE) {
    count(1);
    const row = tests + test * S.TEST_SIZE;
    test = holds(row) ? load<u32>(row, S.TEST_YES) : load<u32>(row, S.TEST_NO);
  }
  return test;
}

function holds(row: usize): bool {
  const head = load<u32>(row);
  const left = head >> S.TEST_LEFT_SHIFT;
  const right = load<u32>(row, S.TEST_RIGHT);
  const sub = (head >> S.TEST_SUB_SHIFT) & 15;
  switch (head & 255) {
    case S.TEST_OP_EXISTS:
      return present(left);
    case S.TEST_OP_TRUTH:
      return present(left) && integer(left) != 0;
    case S.TEST_OP_INT:
      return present(left) && present(right) && compare(sub, integer(left), integer(right));
    case S.TEST_OP_EQUAL:
      return twoTexts(left, right) && foundLength == otherLength && equal(foundPointer, otherPointer, foundLength);
    case S.TEST_OP_ORDER:
      return twoTexts(left, right) && ordered(sub, otherPointer, foundPointer);
    case S.TEST_OP_IN:
      return isIn(left, right, sub);
    case S.TEST_OP_BEFORE:
      return twoTexts(left, right) && isBefore(otherPointer, otherLength, foundPointer, foundLength);
    case S.TEST_OP_STARTSWITH:
      return twoFolded(left, right, sub) && leftLength >= rightLength && equal(leftPointer, rightPointer, rightLength);
    case S.TEST_OP_ENDSWITH:
      return (
        twoFolded(left, right, sub) &&
        leftLength >= rightLength &&
        equal(leftPointer + leftLength - rightLength, rightPointer, rightLength)
      );
    case S.TEST_OP_CONTAINS:
      return twoFolded(left, right, sub) && contains(leftPointer, leftLength, rightPointer, rightLength);
    case S.TEST_OP_AUTOMATON:
      return text(left) && runAutomaton(program + right, foundPointer, foundLength);
    case S.TEST_OP_BELOW:
      return twoTexts(left, right) && isBelow(otherPointer, otherLength, foundPointer, foundLength);
    case S.TEST_OP_FLAG:
      return present(left) && ((<u64>integer(left)) >> right) & 1;
    case S.TEST_OP_HAS:
      return hasElement(left, right);
    default:
      return anyElement(left, right);
  }
}

/** Left text, where two are at hand and `found` is the right one. */
let otherPointer: usize = 0;
let otherLength: u32 = 0;

function twoTexts(left: u32, right: u32): bool {
  if (!text(left)) return false;
  const p = foundPointer;
  const n = foundLength;
  if (!text(right)) return false;
  otherPointer = p;
  otherLength = n;
  return true;
}

let leftPointer: usize = 0;
let leftLength: u32 = 0;
let rightPointer: usize = 0;
let rightLength: u32 = 0;

function twoFolded(left: u32, right: u32, fold: u32): bool {
  if (!twoTexts(left, right)) return false;
  leftPointer = otherPointer;
  leftLength = otherLength;
  rightPointer = foundPointer;
  rightLength = foundLength;
  if (fold) {
    foldInto(foldedLeft, leftPointer, leftLength);
    leftPointer = foldedLeft;
    foldInto(foldedRight, rightPointer, rightLength);
    rightPointer = foldedRight;
  }
  return true;
}

function compare(sub: u32, a: i64, b: i64): bool {
  const unsigned = sub & S.COMPARISON_UNSIGNED;
  switch (sub & ~S.COMPARISON_UNSIGNED) {
    case S.COMPARISON_EQ:
      return a == b;
    case S.COMPARISON_LT:
      return unsigned ? <u64>a < <u64>b : a < b;
    case S.COMPARISON_LE:
      return unsigned ? <u64>a <= <u64>b : a <= b;
    case S.COMPARISON_GT:
      return unsigned ? <u64>a > <u64>b : a > b;
    default:
      return unsigned ? <u64>a >= <u64>b : a >= b;
  }
}

/** Addresses of different families have no order. */
function ordered(sub: u32, p: usize, q: usize): bool {
  if (isIPv4(p) != isIPv4(q)) return false;
  const high = bswap<u64>(load<u64>(p));
  const otherHigh = bswap<u64>(load<u64>(q));
  if (high != otherHigh) return compare(sub | S.COMPARISON_UNSIGNED, <i64>high, <i64>otherHigh);
  return compare(sub | S.COMPARISON_UNSIGNED, <i64>bswap<u64>(load<u64>(p, 8)), <i64>bswap<u64>(load<u64>(q, 8)));
}

function isIn(left: u32, table: u32, form: u32): bool {
  if (form == S.SET_FORM_INT) {
    if (!present(left)) return false;
    store<i64>(key, integer(left));
    return find(program, table, key, 8, 0) != NOT_FOUND;
  }
  if (!text(left)) return false;
  if (form == S.SET_FORM_NET) return findNetwork(program, table, foundPointer) != 0;
  if (form == S.SET_FORM_PREFIX) return isWithin(program + table, foundPointer);
  return find(program, table, foundPointer, foundLength, 0) != NOT_FOUND;
}

function runAutomaton(table: usize, p: usize, n: u32): bool {
  const classes = load<u32>(table, S.AUTOMATON_CLASSES);
  const accept = table + S.AUTOMATON_ACCEPT;
  const next = accept + ((load<u32>(table) + 3) & ~3);
  let state = load<u32>(table, S.AUTOMATON_START);
  count(n);
  for (let i: u32 = 0; i < n; i++) {
    const c = <u32>load<u8>(table + S.AUTOMATON_MAP + <u32>load<u8>(p + i));
    state = <u32>load<u16>(next + (state * classes + c) * 2);
  }
  return load<u8>(accept + state) != 0;
}

/** The path is the directory or below it; slashes at the end of the directory do not count. */
function isBelow(p: usize, n: u32, q: usize, m: u32): bool {
  while (m > 0 && load<u8>(q + m - 1) == 0x2f) m--;
  if (n < m || !equal(p, q, m)) return false;
  return n == m || load<u8>(p + m) == 0x2f;
}

function hasElement(list: u32, value: u32): bool {
  if (!text(value)) return false;
  const q = foundPointer;
  const m = foundLength;
  if (!text(list)) return false;
  const elements = load<u32>(foundPointer);
  let at = foundPointer + 4;
  for (let i: u32 = 0; i < elements; i++) {
    count(1);
    const n = load<u32>(at);
    if (n == m && equal(at + 4, q, m)) return true;
    at += 4 + ((n + 3) & ~3);
  }
  return false;
}

function anyElement(list: u32, test: u32): bool {
  if (!text(list)) return false;
  const elements = load<u32>(foundPointer);
  let at = foundPointer + 4;
  for (let i: u32 = 0; i < elements; i++) {
    count(1);
    const n = load<u32>(at);
    setElement(at + 4, n);
    if (accepts(test)) return true;
    at += 4 + ((n + 3) & ~3);
  }
  return false;
}
