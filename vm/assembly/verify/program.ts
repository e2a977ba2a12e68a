/**
 * The verifier: reads every byte of a program that the evaluator may follow, once, and computes the worst case of each
 * kind anew. It shares no code with the compiler. What passes can be run without checks.
 */
import { arrayBytes } from '../classify';
import { deriveSteps } from '../derive';
import * as S from '../generated/spec';
import { at, beginProgram, isInside, passes, plus, times } from './bounds';
import { isNetworks } from './networks';
import { ADDRESS, LIST, NUMBER, TEXTUAL, areOperands, fieldOf, lengthAtMost, reachSteps, shapeOf } from './operands';
import { directorySteps, floatingSteps, globSteps, isDirectories, isGlobs } from './paths';
import {
  CANDIDATE_STEPS,
  PAIR_STEPS,
  allowedSteps,
  areLists,
  arePairs,
  areRefs,
  dearestSteps,
  isPairTable,
  isRef,
  listWorkBytes,
  refSteps,
  togetherSteps,
} from './refs';
import { ANY_VALUE, CLASS_BELOW_LIMIT, isDictionary, isLengths, isRanges, probeSteps } from './tables';
import { isSubstrings, substringSteps } from './substrings';
import { verifyTests, workBytes } from './tests';

let base: usize = 0;

/**
 * @param program address, aligned to 8
 * @param size bytes that may be read there
 * @returns ERROR_OK, or what is wrong
 */
export function verify(program: usize, size: u32): i32 {
  if (size < S.PROGRAM_HEADER || load<u32>(program) != S.PROGRAM_MAGIC) return S.ERROR_MAGIC;
  if (load<u32>(program, S.PROGRAM_VERSION_AT) != S.PROGRAM_VERSION) return S.ERROR_VERSION;
  if (load<u32>(program, S.PROGRAM_SIZE_AT) != size) return S.ERROR_BOUNDS;
  base = program;
  beginProgram(program, size);
  if (!areSections() || !areEntries() || !areOperands()) return S.ERROR_BOUNDS;
  const tests = header(S.PROGRAM_TEST_COUNT_AT);
  const classifiers = header(S.PROGRAM_CLASSIFIER_COUNT_AT);
  const work = heap.alloc(workBytes(tests) + listWorkBytes() + classifiers * 4);
  const lists = work + workBytes(tests);
  const used = lists + listWorkBytes();
  memory.fill(lists, 0, listWorkBytes() + classifiers * 4);
  let status = verifyTests(work);
  if (status == S.ERROR_OK && (!areLists(lists, work) || !areClassifiers(used))) status = S.ERROR_BOUNDS;
  if (status == S.ERROR_OK) status = verifyKinds(used);
  heap.free(work);
  return status;
}

function header(offset: u32): u32 {
  return load<u32>(base + offset);
}

function areSections(): bool {
  return (
    header(S.PROGRAM_RULE_COUNT_AT) <= S.LIMIT_RULES &&
    header(S.PROGRAM_POLICY_COUNT_AT) <= S.LIMIT_POLICIES &&
    header(S.PROGRAM_CLASSIFIER_COUNT_AT) <= 0xffff &&
    header(S.PROGRAM_KIND_COUNT_AT) <= 256 &&
    isInside(header(S.PROGRAM_ENTRIES_AT), header(S.PROGRAM_ENTRY_COUNT_AT), S.ENTRY_SIZE) &&
    isInside(header(S.PROGRAM_OPERANDS_AT), header(S.PROGRAM_OPERAND_COUNT_AT), S.OPERAND_SIZE) &&
    isInside(header(S.PROGRAM_TESTS_AT), header(S.PROGRAM_TEST_COUNT_AT), S.TEST_SIZE) &&
    isInside(header(S.PROGRAM_CLASSIFIERS_AT), header(S.PROGRAM_CLASSIFIER_COUNT_AT), S.CLASSIFIER_SIZE) &&
    isInside(header(S.PROGRAM_KINDS_AT), header(S.PROGRAM_KIND_COUNT_AT), S.KIND_ROW_SIZE) &&
    isInside(header(S.PROGRAM_LISTS_AT), header(S.PROGRAM_LISTS_SIZE_AT), 1) &&
    !(header(S.PROGRAM_LISTS_SIZE_AT) & 3)
  );
}

/** Entries name rules and policies that there are; marks come first. */
function areEntries(): bool {
  const rules = header(S.PROGRAM_RULE_COUNT_AT);
  const n = header(S.PROGRAM_ENTRY_COUNT_AT);
  let marks = true;
  for (let i: u32 = 0; i < n; i++) {
    const entry = header(S.PROGRAM_ENTRIES_AT) + i * S.ENTRY_SIZE;
    const rule = at(entry);
    const bits = <u32>load<u8>(base + entry, S.ENTRY_BITS);
    const mark = (bits & S.ENTRY_FLAG_MARK) != 0;
    if (mark && !marks) return false;
    marks = mark;
    if (rule >= rules && rule != S.NO_RULE) return false;
    if (<u32>load<u16>(base + entry, S.ENTRY_POLICY) >= header(S.PROGRAM_POLICY_COUNT_AT)) return false;
    if ((bits & S.ENTRY_ACTIONS) > S.ACTION_STOP) return false;
  }
  return true;
}

/** Classifiers read what they can classify, and their arrays together stay small. */
function areClassifiers(depths: usize): bool {
  const n = header(S.PROGRAM_CLASSIFIER_COUNT_AT);
  let arrays: u64 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const row = base + header(S.PROGRAM_CLASSIFIERS_AT) + i * S.CLASSIFIER_SIZE;
    const cap = load<u32>(row, S.CLASSIFIER_CAP);
    const form = <u32>load<u8>(row);
    const isGood = form == S.CLASSIFIER_FORM_BOTH ? isBoth(row, i, depths) : isClassifier(row, form, cap);
    if (cap > 0x400000 || !isGood) return false;
    arrays += arrayBytes(base, row);
  }
  memory.fill(depths, 0, n * 4);
  return arrays <= 0x8000000;
}

/** Two classifiers before this one that find one class at most, and not too many inside each other. */
function isBoth(row: usize, i: u32, depths: usize): bool {
  const a = <u32>load<u16>(row, S.CLASSIFIER_OPERAND);
  const b = <u32>load<u16>(row, S.CLASSIFIER_OPERAND + 2);
  if (a >= i || b >= i || capOf(a) != 1 || capOf(b) != 1) return false;
  const depth = max(load<u32>(depths + a * 4), load<u32>(depths + b * 4)) + 1;
  store<u32>(depths + i * 4, depth);
  return (
    depth <= S.BOTH_DEPTH &&
    load<u32>(row, S.CLASSIFIER_CAP) == 1 &&
    load<u8>(row, S.CLASSIFIER_FOLD) == 0 &&
    isPairTable(load<u32>(row, S.CLASSIFIER_TABLE))
  );
}

function isClassifier(row: usize, form: u32, cap: u32): bool {
  const table = load<u32>(row, S.CLASSIFIER_TABLE);
  const shape = shapeOf(load<u32>(row, S.CLASSIFIER_OPERAND), 0);
  if (load<u8>(row, S.CLASSIFIER_FOLD) > 1) return false;
  switch (form) {
    case S.CLASSIFIER_FORM_TEXT:
      return shape & (TEXTUAL | ADDRESS) && cap == 1 && isDictionary(table, ANY_VALUE, 0);
    case S.CLASSIFIER_FORM_PREFIX:
    case S.CLASSIFIER_FORM_SUFFIX:
      return shape & TEXTUAL && isLengths(table, S.LIMIT_TEXT_BYTES) && at(table) <= cap;
    case S.CLASSIFIER_FORM_SUBSTRING:
      return shape & TEXTUAL && isSubstrings(table, cap);
    case S.CLASSIFIER_FORM_ELEMENTS:
      return shape & LIST && isDictionary(table, CLASS_BELOW_LIMIT, cap);
    case S.CLASSIFIER_FORM_INT:
      return shape & NUMBER && cap == 1 && isDictionary(table, ANY_VALUE, 0);
    case S.CLASSIFIER_FORM_RANGE:
      return shape & NUMBER && isRanges(table, cap);
    case S.CLASSIFIER_FORM_NET:
      return shape & ADDRESS && isNetworks(table) && at(table + S.NETWORKS_CHAIN) <= cap;
    case S.CLASSIFIER_FORM_DIRECTORY:
      return shape & TEXTUAL && isDirectories(table, cap);
    case S.CLASSIFIER_FORM_GLOB:
    case S.CLASSIFIER_FORM_FLOATING:
      return shape & TEXTUAL && isGlobs(table, cap, form == S.CLASSIFIER_FORM_FLOATING);
    default:
      return false;
  }
}

/** Steps of running a classifier that passed. */
function classifierSteps(classifier: u32): u64 {
  const row = base + header(S.PROGRAM_CLASSIFIERS_AT) + classifier * S.CLASSIFIER_SIZE;
  if (load<u8>(row) == S.CLASSIFIER_FORM_BOTH) return 1 + PAIR_STEPS;
  const operand = load<u32>(row, S.CLASSIFIER_OPERAND);
  const table = load<u32>(row, S.CLASSIFIER_TABLE);
  const cap = <u64>load<u32>(row, S.CLASSIFIER_CAP);
  const length = lengthAtMost(operand);
  const folding = load<u8>(row, S.CLASSIFIER_FOLD) ? passes(length) : 0;
  const begin = 1 + reachSteps(operand) + folding;
  switch (<u32>load<u8>(row)) {
    case S.CLASSIFIER_FORM_TEXT:
      return begin + probeSteps(length);
    case S.CLASSIFIER_FORM_PREFIX:
    case S.CLASSIFIER_FORM_SUFFIX: {
      let sum = begin;
      for (let i: u32 = 0; i < at(table); i++) sum += 1 + probeSteps(at(table + S.LENGTHS_FIRST + i * 4));
      return sum;
    }
    case S.CLASSIFIER_FORM_SUBSTRING:
      return begin + substringSteps(table, length);
    case S.CLASSIFIER_FORM_ELEMENTS: // each element at least: two buckets, and a begun 16 bytes to hash and to compare
      return begin + (length / 4) * probeSteps(1) + 2 * passes(length);
    case S.CLASSIFIER_FORM_INT:
      return begin + probeSteps(8);
    case S.CLASSIFIER_FORM_RANGE:
      return begin + (32 - clz<u32>(at(table))) + cap;
    case S.CLASSIFIER_FORM_NET:
      return begin + <u64>at(table + S.NETWORKS_WALK) + <u64>at(table + S.NETWORKS_CHAIN);
    case S.CLASSIFIER_FORM_DIRECTORY:
      return begin + directorySteps(table, cap);
    case S.CLASSIFIER_FORM_FLOATING:
      return begin + floatingSteps(table, length);
    default:
      return begin + globSteps(table, length, cap);
  }
}

/** Steps of joining the records, and of deriving every field that the program reads and no record gives. */
function joinSteps(): u64 {
  let sum: u64 = 2 * S.LIMIT_RECORD_SLOTS;
  const n = header(S.PROGRAM_OPERAND_COUNT_AT);
  let low: u64 = 0;
  let high: u64 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const field = fieldOf(i);
    const bit = (<u64>1) << (field & 63);
    if ((field < 64 ? low : high) & bit) continue;
    if (field < 64) low |= bit;
    else high |= bit;
    sum += deriveSteps(field);
  }
  return sum;
}

function verifyKinds(used: usize): i32 {
  const n = header(S.PROGRAM_KIND_COUNT_AT);
  const join = joinSteps();
  for (let kind: u32 = 0; kind < n; kind++) {
    const row = header(S.PROGRAM_KINDS_AT) + kind * S.KIND_ROW_SIZE;
    const known = stepsOf(at(row), at(row + S.KIND_ROW_STEP_COUNT), used, kind * 2 + 1);
    const unknown = stepsOf(
      at(row + S.KIND_ROW_UNKNOWN_STEPS),
      at(row + S.KIND_ROW_UNKNOWN_STEP_COUNT),
      used,
      kind * 2 + 2,
    );
    if (known == u64.MAX_VALUE || unknown == u64.MAX_VALUE) return S.ERROR_BOUNDS;
    if (!isStated(plus(join, known), row + S.KIND_ROW_BOUND)) return S.ERROR_COST;
    if (!isStated(plus(join, unknown), row + S.KIND_ROW_UNKNOWN_BOUND)) return S.ERROR_COST;
    if (!isPolicyList(at(row + S.KIND_ROW_ASSUMED))) return S.ERROR_BOUNDS;
  }
  return S.ERROR_OK;
}

/** Whether so many steps are no more than what is stated: the largest number there stands for all beyond it. */
function isStated(steps: u64, bound: u32): bool {
  return min(steps, <u64>u32.MAX_VALUE) <= <u64>at(bound);
}

/** Steps of a kind's steps, each classifier counted once; the largest number for steps that are not well formed. */
function stepsOf(offset: u32, count: u32, used: usize, round: u32): u64 {
  if (count == 0) return 0;
  if (!isInside(offset, count, S.STEP_SIZE)) return u64.MAX_VALUE;
  const classifiers = header(S.PROGRAM_CLASSIFIER_COUNT_AT);
  let sum: u64 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const step = base + offset + i * S.STEP_SIZE;
    const op = <u32>load<u8>(step);
    const table = load<u32>(step, S.STEP_TABLE);
    sum = plus(sum, 1);
    if (op == S.STEP_OP_LIST) {
      if (!isRef(table)) return u64.MAX_VALUE;
      sum = plus(sum, allowedSteps(1, refSteps(table)));
      continue;
    }
    if (op < S.STEP_OP_JOIN || op > S.STEP_OP_PAIR) return u64.MAX_VALUE;
    const a = <u32>load<u16>(step, S.STEP_A);
    const b = op == S.STEP_OP_PAIR ? <u32>load<u16>(step, S.STEP_B) : a;
    if (a >= classifiers || b >= classifiers) return u64.MAX_VALUE;
    if (!(op == S.STEP_OP_JOIN ? areRefs(table) : arePairs(table))) return u64.MAX_VALUE;
    let lookUps = capOf(a);
    if (op == S.STEP_OP_PAIR) lookUps = times(lookUps, capOf(b));
    let checks = allowedSteps(lookUps, dearestSteps());
    // where each class is found once, all lists together are the most there is to check, however few they are
    if (lookUps > 1 && isDistinct(a) && isDistinct(b)) {
      checks = min(checks, max(togetherSteps(), times(lookUps, CANDIDATE_STEPS)));
    }
    sum = plus(sum, plus(checks, times(lookUps, isByPlace(op, a) ? 1 : PAIR_STEPS)));
    const filter = load<u32>(step, S.STEP_FILTER);
    if (filter) {
      if (op != S.STEP_OP_PAIR || !isFilter(filter)) return u64.MAX_VALUE;
      sum = plus(sum, plus(capOf(a), lookUps)); // a mask of each class, and one of the other for each pair
    }
    sum = plus(sum, once(a, used, round));
    sum = plus(sum, once(b, used, round));
  }
  return sum;
}

function formOf(classifier: u32): u32 {
  return load<u8>(base + header(S.PROGRAM_CLASSIFIERS_AT) + classifier * S.CLASSIFIER_SIZE);
}

/** Whether a classifier finds each of its classes once at most. */
function isDistinct(classifier: u32): bool {
  const form = formOf(classifier);
  return capOf(classifier) == 1 || form == S.CLASSIFIER_FORM_SUBSTRING || form == S.CLASSIFIER_FORM_FLOATING;
}

/** Whether a look-up counts as one in an array: of forms that can find all of their keys. For others an array counts as hashed. */
function isByPlace(op: u32, classifier: u32): bool {
  const form = formOf(classifier);
  return op == S.STEP_OP_JOIN && (form == S.CLASSIFIER_FORM_SUBSTRING || form == S.CLASSIFIER_FORM_ELEMENTS);
}

function isFilter(offset: u32): bool {
  if (!isInside(offset, 1, S.FILTER_MASKS)) return false;
  const classes = <u64>at(offset) + <u64>at(offset + S.FILTER_OTHERS);
  return classes <= 0x10000000 && isInside(offset + S.FILTER_MASKS, <u32>classes, S.FILTER_EACH);
}

function capOf(classifier: u32): u64 {
  return load<u32>(base + header(S.PROGRAM_CLASSIFIERS_AT) + classifier * S.CLASSIFIER_SIZE, S.CLASSIFIER_CAP);
}

function once(classifier: u32, used: usize, round: u32): u64 {
  if (load<u32>(used + classifier * 4) == round) return 0;
  store<u32>(used + classifier * 4, round);
  const row = base + header(S.PROGRAM_CLASSIFIERS_AT) + classifier * S.CLASSIFIER_SIZE;
  const own = classifierSteps(classifier);
  if (load<u8>(row) != S.CLASSIFIER_FORM_BOTH) return own;
  const a = once(load<u16>(row, S.CLASSIFIER_OPERAND), used, round);
  return plus(own, plus(a, once(load<u16>(row, S.CLASSIFIER_OPERAND + 2), used, round)));
}

function isPolicyList(offset: u32): bool {
  if (offset == 0) return true;
  if (!isInside(offset, 1, 4)) return false;
  const n = at(offset);
  if (n > header(S.PROGRAM_POLICY_COUNT_AT) || !isInside(offset + 4, n, 4)) return false;
  for (let i: u32 = 0; i < n; i++) {
    if (at(offset + 4 + i * 4) >= header(S.PROGRAM_POLICY_COUNT_AT)) return false;
  }
  return true;
}
