/**
 * Classifiers: from the value of an operand to the set of classes that it falls into. A classifier runs at most once an
 * event, and not at all where its operand comes from a subject's or workload's facts: those were classified when they
 * were put.
 *
 *     | generation u32 | classes u32 (address) | count u32 | own array u32 (address) | field's row u32 (address) | origins u32 |
 *
 * 24 bytes a classifier. The row is that of a field whose text is looked up as it stands, else 0. Origins are the fields
 * that the value can come from, a byte each.
 */
import { hashAhead } from './ahead';
import { zeroed } from './bundles';
import { count, countBytes } from './counting';
import { originsOf } from './derive';
import { NOT_FOUND, find } from './dictionary';
import { directories } from './directories';
import { INLINE, currentGeneration, fieldOfRow, hasFact, rowOf, subjectFacts, workloadFacts } from './fields';
import * as S from './generated/spec';
import { globs } from './globs';
import { findNetwork } from './networks';
import { foundLength, foundPointer, integer, operandRow, present, text } from './operands';
import { findPair } from './pairs';
import { findSubstrings, substringBytes } from './substrings';
import { foldInto } from './text';

const STATE_SIZE: u32 = 24;
/** In facts: for each classifier the class, or the address of several, and how many there are. */
export const KEPT: u32 = 32;
export const KEPT_SIZE: u32 = 8;

let program: usize = 0;
let classifiers: usize = 0;
let states: usize = 0;

const folded: usize = memory.data(16384 + 16, 8);
const key: usize = memory.data(8, 8);

/** Classifies by this program from now on; `rows` is the bundle's state of each classifier. */
export function useClassifiers(base: usize, rows: usize): void {
  program = base;
  classifiers = base + load<u32>(base, S.PROGRAM_CLASSIFIERS_AT);
  states = rows;
}

/** Address of the state of a classifier. */
export function stateOf(rows: usize, classifier: u32): usize {
  return rows + classifier * STATE_SIZE;
}

/** Number of the field that the classifier with this state looks up as it stands, 0 for none. */
export function fieldOf(state: usize): u32 {
  const row = load<u32>(state, 16);
  return row ? fieldOfRow(row) : 0;
}

/** Address of the classes of the classifier for the event at hand. */
export function classesOf(classifier: u32): usize {
  return load<u32>(states + classifier * STATE_SIZE, 4);
}

/** Finds the classes of the event at hand, and returns how many there are. Inlined (tools/inlining.mjs), so that a second asking costs no call. */
export function classify(classifier: u32): u32 {
  const state = states + classifier * STATE_SIZE;
  return load<u32>(state) == currentGeneration() ? load<u32>(state, 8) : classifyAnew(state, classifier);
}

function classifyAnew(state: usize, classifier: u32): u32 {
  const now = currentGeneration();
  count(1);
  store<u32>(state, now);
  const row = classifiers + classifier * S.CLASSIFIER_SIZE;
  const field = <usize>load<u32>(state, 16);
  let found: u32 = 0;
  if (field && load<u64>(field) == ((<u64>now) | ((<u64>INLINE) << 32))) {
    const own = <usize>load<u32>(state, 12);
    const p = <usize>load<u32>(field, 8);
    const n = load<u32>(field, 12);
    const table = load<u32>(row, S.CLASSIFIER_TABLE);
    const hashed = hashAhead(state);
    if (hashed) countBytes(n);
    const value = find(program, table, p, n, hashed);
    store<u32>(state, <u32>own, 4);
    store<u32>(own, value);
    found = value != NOT_FOUND ? 1 : 0;
  } else found = keptOrRun(state, classifier, row);
  store<u32>(state, found, 8);
  return found;
}

function keptOrRun(state: usize, classifier: u32, row: usize): u32 {
  const facts = subjectFacts || workloadFacts ? factsOf(load<u32>(state, 20)) : 0;
  if (facts) {
    const kept = facts + KEPT + classifier * KEPT_SIZE;
    const n = load<u32>(kept, 4);
    store<u32>(state, n == 1 ? <u32>kept : load<u32>(kept), 4);
    return n;
  }
  const own = load<u32>(state, 12);
  store<u32>(state, own, 4);
  const operand = load<u32>(row, S.CLASSIFIER_OPERAND);
  if (load<u8>(row) != S.CLASSIFIER_FORM_BOTH) return run(row, operand, own);
  return both(operand & 0xffff, operand >> 16, load<u32>(row, S.CLASSIFIER_TABLE), own);
}

/** The facts that alone give what is there of these fields: what was kept with them holds. 0 for none. */
function factsOf(origins: u32): usize {
  let facts: usize = 0;
  const inline = (<u64>currentGeneration()) | ((<u64>INLINE) << 32);
  for (; origins; origins >>= 8) {
    const field = origins & 0xff;
    if (!field) continue;
    if (load<u64>(rowOf(field)) == inline) return 0;
    let by: usize = 0;
    if (subjectFacts && hasFact(subjectFacts, field)) by = subjectFacts;
    else if (workloadFacts && hasFact(workloadFacts, field)) by = workloadFacts;
    if (!by) continue;
    if (facts && facts != by) return 0;
    facts = by;
  }
  return facts;
}

/** Whether the classes of a classifier follow from these facts, as far as the event gives nothing else. */
export function isOf(classifier: u32, facts: usize): bool {
  for (let origins = load<u32>(states + classifier * STATE_SIZE, 20); origins; origins >>= 8) {
    if (hasFact(facts, origins & 0xff)) return true;
  }
  return false;
}

/** Runs the classifier into `out` and returns the number of classes: none for an absent operand. */
function run(row: usize, operand: u32, out: usize): u32 {
  const table = load<u32>(row, S.CLASSIFIER_TABLE);
  const fold = load<u8>(row, S.CLASSIFIER_FOLD);
  const form = <u32>load<u8>(row);
  if (form == S.CLASSIFIER_FORM_INT || form == S.CLASSIFIER_FORM_RANGE) {
    if (!present(operand)) return 0;
    const value = integer(operand);
    if (form == S.CLASSIFIER_FORM_RANGE) return ranges(table, fold ? value ^ i64.MIN_VALUE : value, out);
    store<i64>(key, value);
    return one(find(program, table, key, 8, 0), out);
  }
  if (!text(operand)) return 0;
  let p = foundPointer;
  const n = foundLength;
  if (fold) {
    foldInto(folded, p, n);
    p = folded;
  }
  switch (form) {
    case S.CLASSIFIER_FORM_TEXT:
      return one(find(program, table, p, n, 0), out);
    case S.CLASSIFIER_FORM_PREFIX:
      return ends(table, p, n, false, out);
    case S.CLASSIFIER_FORM_SUFFIX:
      return ends(table, p, n, true, out);
    case S.CLASSIFIER_FORM_SUBSTRING:
      return findSubstrings(program + table, p, n, out, out + load<u32>(row, S.CLASSIFIER_CAP) * 4);
    case S.CLASSIFIER_FORM_NET:
      return networks(table, p, out);
    case S.CLASSIFIER_FORM_DIRECTORY:
      return directories(program, table, p, n, out);
    case S.CLASSIFIER_FORM_GLOB:
      return globs(program, table, p, n, out, 0);
    case S.CLASSIFIER_FORM_FLOATING:
      return globs(program, table, p, n, out, out + load<u32>(row, S.CLASSIFIER_CAP) * 4);
    default:
      return elements(table, p, out, load<u32>(row, S.CLASSIFIER_CAP));
  }
}

/** The class of a pair of classes: of two classifiers that find one at most. */
function both(a: u32, b: u32, table: u32, out: usize): u32 {
  if (!classify(a) || !classify(b)) return 0;
  const found = findPair(program + table, load<u32>(classesOf(a)), load<u32>(classesOf(b)));
  if (!found) return 0;
  store<u32>(out, found - 1);
  return 1;
}

function one(value: u32, out: usize): u32 {
  if (value == NOT_FOUND) return 0;
  store<u32>(out, value);
  return 1;
}

/** Texts that begin or end so: a probe at each length that the table has. */
function ends(table: u32, p: usize, n: u32, suffix: bool, out: usize): u32 {
  const lengths = load<u32>(program + table);
  const dict = load<u32>(program + table, S.LENGTHS_DICT);
  let found: u32 = 0;
  for (let i: u32 = 0; i < lengths; i++) {
    count(1);
    const length = load<u32>(program + table + S.LENGTHS_FIRST + i * 4);
    if (length > n) break;
    found += one(find(program, dict, suffix ? p + n - length : p, length, 0), out + found * 4);
  }
  return found;
}

/** The networks that hold the address, the smallest first. */
function networks(table: u32, p: usize, out: usize): u32 {
  let found: u32 = 0;
  for (let record = findNetwork(program, table, p); record;) {
    count(1);
    store<u32>(out + found++ * 4, load<u32>(program + record) & S.NETWORK_CLASS_MASK);
    record = load<u32>(program + record, S.NETWORK_PARENT);
  }
  return found;
}

/** The interval that holds the value, by halving; its classes are listed. */
function ranges(table: u32, value: i64, out: usize): u32 {
  const starts = program + table + S.RANGES_STARTS;
  const intervals = load<u32>(program + table);
  let low: u32 = 0;
  let high = intervals;
  while (high - low > 1) {
    count(1);
    const middle = (low + high) >> 1;
    if (load<i64>(starts + middle * 8) <= value) low = middle;
    else high = middle;
  }
  const row = starts + intervals * 8 + low * 8;
  const list = program + load<u32>(row);
  const n = load<u32>(row, 4);
  for (let i: u32 = 0; i < n; i++) {
    count(1);
    store<u32>(out + i * 4, load<u32>(list + i * 4));
  }
  return n;
}

/** The class of each element of a list, once. Behind the classes lies a stamp for each. */
function elements(table: u32, list: usize, out: usize, cap: u32): u32 {
  const stamps = out + cap * 4;
  const now = currentGeneration();
  const n = load<u32>(list);
  let at = list + 4;
  let found: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const length = load<u32>(at);
    const value = find(program, table, at + 4, length, 0);
    if (value != NOT_FOUND && load<u32>(stamps + value * 4) != now) {
      store<u32>(stamps + value * 4, now);
      store<u32>(out + found++ * 4, value);
    }
    at += 4 + ((length + 3) & ~3);
  }
  return found;
}

/** States of a program's classifiers, and behind them the array that each writes its classes into. */
export function newStates(base: usize): usize {
  const n = load<u32>(base, S.PROGRAM_CLASSIFIER_COUNT_AT);
  const rows = base + load<u32>(base, S.PROGRAM_CLASSIFIERS_AT);
  let size = n * STATE_SIZE;
  for (let i: u32 = 0; i < n; i++) size += arrayBytes(base, rows + i * S.CLASSIFIER_SIZE);
  const made = zeroed(size);
  let own = made + n * STATE_SIZE;
  for (let i: u32 = 0; i < n; i++) {
    const row = rows + i * S.CLASSIFIER_SIZE;
    store<u32>(made + i * STATE_SIZE, <u32>own, 12);
    store<u32>(made + i * STATE_SIZE, <u32>plainField(base, row), 16);
    store<u32>(made + i * STATE_SIZE, originsOfRow(base, made, row), 20);
    own += arrayBytes(base, row);
  }
  return made;
}

/** Clears what was kept for earlier events in the states of a program's classifiers. */
export function forgetStates(base: usize, made: usize): void {
  const rows = base + load<u32>(base, S.PROGRAM_CLASSIFIERS_AT);
  for (let i: u32 = 0; i < load<u32>(base, S.PROGRAM_CLASSIFIER_COUNT_AT); i++) {
    store<u32>(stateOf(made, i), 0);
    memory.fill(load<u32>(stateOf(made, i), 12), 0, arrayBytes(base, rows + i * S.CLASSIFIER_SIZE));
  }
}

/** Row of the field that a classifier looks up as it stands, else 0. */
function plainField(base: usize, row: usize): usize {
  if (load<u8>(row) != S.CLASSIFIER_FORM_TEXT || load<u8>(row, S.CLASSIFIER_FOLD)) return 0;
  const operand = operandOf(base, row);
  return load<u8>(operand) == S.OPERAND_KIND_FIELD ? rowOf(load<u16>(operand, S.OPERAND_FIELD)) : 0;
}

/** Origins of a classifier; 0, as of nothing that facts give, where they are more than four. */
function originsOfRow(base: usize, made: usize, row: usize): u32 {
  if (load<u8>(row) != S.CLASSIFIER_FORM_BOTH) return originsOf(load<u16>(operandOf(base, row), S.OPERAND_FIELD));
  const parts = load<u32>(row, S.CLASSIFIER_OPERAND);
  let all = load<u32>(made + (parts & 0xffff) * STATE_SIZE, 20);
  let more = load<u32>(made + (parts >> 16) * STATE_SIZE, 20);
  if (!all || !more) return 0;
  for (; more; more >>= 8) {
    const field = more & 0xff;
    if (!field) continue;
    let i: u32 = 0;
    while (i < 32 && ((all >> i) & 0xff) != 0 && ((all >> i) & 0xff) != field) i += 8;
    if (i == 32) return 0;
    all |= field << i;
  }
  return all;
}

function operandOf(base: usize, row: usize): usize {
  return base + load<u32>(base, S.PROGRAM_OPERANDS_AT) + load<u32>(row, S.CLASSIFIER_OPERAND) * S.OPERAND_SIZE;
}

/** Bytes of the array that a classifier writes its classes into, and what it needs beside them. */
export function arrayBytes(base: usize, row: usize): u32 {
  const classes = load<u32>(row, S.CLASSIFIER_CAP) * 4;
  const form = <u32>load<u8>(row);
  if (form == S.CLASSIFIER_FORM_ELEMENTS || form == S.CLASSIFIER_FORM_FLOATING) return classes * 2;
  return form == S.CLASSIFIER_FORM_SUBSTRING
    ? classes + substringBytes(base + load<u32>(row, S.CLASSIFIER_TABLE))
    : classes;
}
