/**
 * Tests: that they read what there is and jump forward only, and the steps that each can take to the end of its condition.
 * One pass from the last test to the first, since jumps go forward.
 *
 *     steps   u64 a test: to the end, the element that `any` is at being empty
 *     bytes   u64 a test: more steps for each 16 bytes of that element, were every test of the path to read them
 *     loops   u8 a test: whether an `any` follows, which must not stand inside another
 */
import * as S from '../generated/spec';
import { at, passes, plus, program, times } from './bounds';
import { isNetworks, isPrefix } from './networks';
import { ADDRESS, FLAGS, LIST, NUMBER, TEXTUAL, isElement, lengthAtMost, reachSteps, shapeOf } from './operands';
import { ANY_VALUE, isAutomaton, isDictionary, probeSteps } from './tables';

/** Elements that a list can have at most: each has a length of four bytes. */
const ELEMENTS: u64 = S.LIMIT_TEXT_BYTES / 4;

let steps: usize = 0;
let bytes: usize = 0;
let loops: usize = 0;

let fixed: u64 = 0;
let linear: u64 = 0;

/** Bytes of working memory for `n` tests. */
export function workBytes(n: u32): u32 {
  return n * 17 + 8;
}

/**
 * Verifies all tests; leaves at `work` the steps that each can take to the end.
 * @returns a status
 */
export function verifyTests(work: usize): i32 {
  const n = load<u32>(program(), S.PROGRAM_TEST_COUNT_AT);
  steps = work;
  bytes = work + n * 8;
  loops = bytes + n * 8;
  for (let i = n; i > 0; i--) {
    const status = verifyTest(i - 1, n);
    if (status != S.ERROR_OK) return status;
  }
  // a candidate's condition that reads an element outside any `any` finds the last one: at most a whole list's bytes
  for (let i: u32 = 0; i < n; i++) {
    const all = plus(load<u64>(steps + i * 8), times(load<u64>(bytes + i * 8), S.LIMIT_TEXT_BYTES / 16));
    store<u64>(steps + i * 8, all);
  }
  return S.ERROR_OK;
}

function verifyTest(i: u32, n: u32): i32 {
  const row = program() + load<u32>(program(), S.PROGRAM_TESTS_AT) + i * S.TEST_SIZE;
  const yes = load<u32>(row, S.TEST_YES);
  const no = load<u32>(row, S.TEST_NO);
  if (!goesForward(yes, i, n) || !goesForward(no, i, n)) return S.ERROR_CONTROL;
  fixed = 1;
  linear = 0;
  const status = verifyOperation(row, i, n);
  if (status != S.ERROR_OK) return status;
  store<u64>(steps + i * 8, plus(fixed, max(stepsOf(yes), stepsOf(no))));
  store<u64>(bytes + i * 8, plus(linear, max(bytesOf(yes), bytesOf(no))));
  store<u8>(loops + i, <u8>(load<u8>(row) == S.TEST_OP_ANY || loopsIn(yes) || loopsIn(no)));
  return S.ERROR_OK;
}

function goesForward(to: u32, i: u32, n: u32): bool {
  return to >= S.REF_NODE || (to > i && to < n);
}
function stepsOf(test: u32): u64 {
  return test >= S.REF_NODE ? 0 : load<u64>(steps + test * 8);
}
function bytesOf(test: u32): u64 {
  return test >= S.REF_NODE ? 0 : load<u64>(bytes + test * 8);
}
function loopsIn(test: u32): bool {
  return test < S.REF_NODE && load<u8>(loops + test) != 0;
}

function verifyOperation(row: usize, i: u32, n: u32): i32 {
  const head = load<u32>(row);
  const op = head & 255;
  const sub = (head >> S.TEST_SUB_SHIFT) & 15;
  const left = head >> S.TEST_LEFT_SHIFT;
  const right = load<u32>(row, S.TEST_RIGHT);
  const shape = shapeOf(left, 0);
  if (op == S.TEST_OP_EXISTS) {
    fixed += reach(left);
    return left < load<u32>(program(), S.PROGRAM_OPERAND_COUNT_AT) ? S.ERROR_OK : S.ERROR_BOUNDS;
  }
  if (!shape) return S.ERROR_BOUNDS;
  fixed += reach(left);
  switch (op) {
    case S.TEST_OP_TRUTH:
      return shape & NUMBER ? S.ERROR_OK : S.ERROR_OPCODE;
    case S.TEST_OP_FLAG:
      return shape & FLAGS && right < 64 ? S.ERROR_OK : S.ERROR_OPCODE;
    case S.TEST_OP_INT:
      return shape & NUMBER && shapeOf(right, NUMBER) & NUMBER && isComparison(sub) ? S.ERROR_OK : S.ERROR_OPCODE;
    case S.TEST_OP_ORDER:
      return shape & ADDRESS && shapeOf(right, TEXTUAL) & ADDRESS && isComparison(sub) ? S.ERROR_OK : S.ERROR_OPCODE;
    case S.TEST_OP_IN:
      return verifySet(left, shape, right, sub);
    case S.TEST_OP_AUTOMATON:
      add(left, 16);
      return shape & TEXTUAL && isAutomaton(right) ? S.ERROR_OK : S.ERROR_BOUNDS;
    case S.TEST_OP_HAS:
      if (!(shape & LIST) || !(shapeOf(right, TEXTUAL) & TEXTUAL)) return S.ERROR_OPCODE;
      // a step an element, and a compare of those that are as long
      fixed = plus(fixed, plus(ELEMENTS * 2 + S.LIMIT_TEXT_BYTES / 16, reach(right)));
      return S.ERROR_OK;
    case S.TEST_OP_ANY:
      if (!(shape & LIST) || !goesForward(right, i, n) || loopsIn(right)) return S.ERROR_CONTROL;
      fixed = plus(fixed, times(ELEMENTS, plus(1, stepsOf(right))));
      fixed = plus(fixed, times(bytesOf(right), S.LIMIT_TEXT_BYTES / 16));
      return S.ERROR_OK;
    default:
      return verifyTexts(op, sub, left, shape, right);
  }
}

/** Tests of two texts: each pass reads the shorter, folding reads both before. */
function verifyTexts(op: u32, sub: u32, left: u32, shape: u32, right: u32): i32 {
  const other = shapeOf(right, TEXTUAL);
  if (!other) return S.ERROR_BOUNDS;
  fixed += reach(right);
  if (op == S.TEST_OP_EQUAL) {
    if (!(shape & (TEXTUAL | ADDRESS)) || !(other & (TEXTUAL | ADDRESS))) return S.ERROR_OPCODE;
  } else if (!(shape & TEXTUAL) || !(other & TEXTUAL) || sub > 1) return S.ERROR_OPCODE;
  if (sub) {
    add(left, 1);
    add(right, 1);
  }
  switch (op) {
    case S.TEST_OP_EQUAL:
    case S.TEST_OP_BEFORE:
    case S.TEST_OP_STARTSWITH:
    case S.TEST_OP_ENDSWITH:
    case S.TEST_OP_BELOW:
      add(right, 1);
      return S.ERROR_OK;
    case S.TEST_OP_CONTAINS:
      // each byte of either text is gone over twice at most
      add(left, 32);
      add(right, 32);
      return S.ERROR_OK;
    default:
      return S.ERROR_OPCODE;
  }
}

function verifySet(left: u32, shape: u32, table: u32, form: u32): i32 {
  if (form == S.SET_FORM_NET) {
    if (!(shape & ADDRESS) || !isNetworks(table)) return S.ERROR_BOUNDS;
    fixed = plus(fixed, at(table + S.NETWORKS_WALK));
    return S.ERROR_OK;
  }
  if (form == S.SET_FORM_PREFIX) {
    fixed += 1;
    return shape & ADDRESS && isPrefix(table) ? S.ERROR_OK : S.ERROR_BOUNDS;
  }
  if (form > S.SET_FORM_INT) return S.ERROR_OPCODE;
  if (!(shape & (form == S.SET_FORM_INT ? NUMBER : TEXTUAL | ADDRESS))) return S.ERROR_OPCODE;
  if (!isDictionary(table, ANY_VALUE, 0)) return S.ERROR_BOUNDS;
  fixed += 2;
  if (form == S.SET_FORM_INT) fixed += probeSteps(8);
  else add(left, 2);
  return S.ERROR_OK;
}

/** Adds `each` steps for each 16 bytes of the operand's text. */
function add(operand: u32, each: u64): void {
  if (isElement(operand)) {
    linear = plus(linear, each);
    fixed = plus(fixed, each); // the begun 16 bytes
  } else fixed = plus(fixed, times(each, passes(lengthAtMost(operand))));
}

function reach(operand: u32): u64 {
  const isRow = operand < load<u32>(program(), S.PROGRAM_OPERAND_COUNT_AT);
  return isRow ? reachSteps(operand) : 0;
}

function isComparison(sub: u32): bool {
  return (sub & ~S.COMPARISON_UNSIGNED) <= S.COMPARISON_GE && sub < 16;
}
