/** One event: candidates are found by the steps of its kind, checked, and the smallest entry that passes decides. */
import { ENDED, NOTES, PROGRAM, STAMPS, STATES, SUBJECTS, WORKLOADS } from './bundles';
import { classesOf, classify, useClassifiers } from './classify';
import { count } from './counting';
import { isUnknownWorkload } from './derive';
import { findFacts } from './facts';
import { beginEvent, currentGeneration, useFacts } from './fields';
import { bitOf, mayPair, partners } from './filters';
import * as S from './generated/spec';
import { HEADER_NUMBERS, NOTED_ACTUAL, NOTED_AS_IF, beginNotes, hasRoom, note } from './notes';
import { useOperands } from './operands';
import { findPair } from './pairs';
import { takeRecord } from './record';
import { sort } from './sort';
import { accepts, endOf, useTests } from './tests';

const NONE: u32 = 0xffffffff;

let bundle: usize = 0;
let program: usize = 0;
let entries: usize = 0;
let notes: usize = 0;
let stamps: usize = 0;

/** Smallest entry that decided: of enforced policies, and of all. */
let actual: u32 = NONE;
let asIf: u32 = NONE;
let noted: u32 = 0;

/** Decides by this bundle from now on. */
export function useBundle(state: usize): void {
  bundle = state;
  program = load<u32>(state, PROGRAM);
  entries = program + load<u32>(program, S.PROGRAM_ENTRIES_AT);
  notes = load<u32>(state, NOTES);
  stamps = load<u32>(state, STAMPS);
  useOperands(program);
  useTests(program);
  useClassifiers(program, load<u32>(state, STATES));
}

/** The verdict on a record that is not well formed: refused, and said so. */
function writeMalformed(out: usize): void {
  writeVerdict(out, NONE, NONE, S.VERDICT_FLAG_MALFORMED);
  store<u8>(out, <u8>S.ACTION_DENY);
  store<u8>(out, <u8>S.DEFAULT_ERRNO, S.VERDICT_ERRNO);
  store<u8>(out, <u8>S.ACTION_DENY, S.VERDICT_AS_IF_ACTION);
}

/**
 * Decides on a record, of `room` bytes at most, and writes its verdict.
 * @param index number of the verdict in its batch
 * @returns false if the batch has no room for what this event noted: evaluate the rest in another batch
 */
export function decide(record: usize, room: u32, index: u32, out: usize): bool {
  beginEvent();
  // a kind that the program does not know has no bound: it is asked for first
  const kind: u32 = room < S.RECORD_HEADER ? 0 : <u32>load<u8>(record, S.RECORD_KIND);
  if (kind == 0 || kind >= load<u32>(program, S.PROGRAM_KIND_COUNT_AT) || !takeRecord(record, room)) {
    writeMalformed(out);
    return true;
  }
  join(record);
  actual = NONE;
  asIf = NONE;
  noted = 0;
  const row = program + load<u32>(program, S.PROGRAM_KINDS_AT) + kind * S.KIND_ROW_SIZE;
  const assumed = load<u32>(row, S.KIND_ROW_ASSUMED);
  // where nothing is assumed and the steps, and how many they are, are the same, it does not matter
  const matters = assumed || load<u64>(row, S.KIND_ROW_STEPS) != load<u64>(row, S.KIND_ROW_UNKNOWN_STEPS);
  const isUnknown = matters && isUnknownWorkload();
  if (isUnknown) runSteps(load<u32>(row, S.KIND_ROW_UNKNOWN_STEPS), load<u32>(row, S.KIND_ROW_UNKNOWN_STEP_COUNT));
  else runSteps(load<u32>(row, S.KIND_ROW_STEPS), load<u32>(row, S.KIND_ROW_STEP_COUNT));
  if (noted) sort(notes, noted);
  const marks = isUnknown ? resolveUnknown() : 0;
  return finish(index, out, isUnknown ? assumed : 0, marks);
}

/** Finds the facts that the event names. */
function join(record: usize): void {
  const subject = load<u64>(record, S.RECORD_SUBJECT);
  const workload = load<u64>(record, S.RECORD_WORKLOAD);
  if (!(subject | workload)) return;
  useFacts(subject ? findFacts(bundle + SUBJECTS, subject) : 0, workload ? findFacts(bundle + WORKLOADS, workload) : 0);
}

/** Action and flags of an entry. */
function bitsOf(entry: usize): u32 {
  return load<u8>(entry, S.ENTRY_BITS);
}

function runSteps(at: u32, steps: u32): void {
  const end = program + at + steps * S.STEP_SIZE;
  for (let step = program + at; step < end; step += S.STEP_SIZE) {
    count(1);
    const table = load<u32>(step, S.STEP_TABLE);
    const op = <u32>load<u8>(step);
    if (op == S.STEP_OP_LIST) {
      check(table);
      continue;
    }
    const a = <u32>load<u16>(step, S.STEP_A);
    const found = classify(a);
    if (!found) continue;
    if (op == S.STEP_OP_JOIN) runJoin(program + table, classesOf(a), found);
    else if (op == S.STEP_OP_SPARSE) {
      for (let i: u32 = 0; i < found; i++) checkPair(table, load<u32>(classesOf(a) + i * 4), 0);
    } else {
      const b = <u32>load<u16>(step, S.STEP_B);
      const others = classify(b);
      const filter = load<u32>(step, S.STEP_FILTER);
      if (filter) {
        runFiltered(program + filter, table, classesOf(a), found, classesOf(b), others);
        continue;
      }
      for (let i: u32 = 0; i < found; i++) {
        const first = load<u32>(classesOf(a) + i * 4);
        for (let j: u32 = 0; j < others; j++) checkPair(table, first, load<u32>(classesOf(b) + j * 4));
      }
    }
  }
}

function runJoin(table: usize, classes: usize, found: u32): void {
  const size = load<u32>(table);
  for (let i: u32 = 0; i < found; i++) {
    const c = load<u32>(classes + i * 4);
    count(1);
    if (c >= size) continue;
    const ref = load<u32>(table + 4 + c * S.REF_SIZE);
    if (ref) check(ref);
  }
}

function runFiltered(filter: usize, table: u32, classes: usize, found: u32, others: usize, otherFound: u32): void {
  let any: u64 = 0;
  for (let j: u32 = 0; j < otherFound; j++) any |= bitOf(load<u32>(others + j * 4));
  for (let i: u32 = 0; any && i < found; i++) {
    const a = load<u32>(classes + i * 4);
    const masks = partners(filter, a);
    if (!(masks & any)) continue;
    const own = bitOf(a);
    for (let j: u32 = 0; j < otherFound; j++) {
      const b = load<u32>(others + j * 4);
      if (masks & bitOf(b) && mayPair(filter, b, own)) checkPair(table, a, b);
    }
  }
}

function checkPair(table: u32, a: u32, b: u32): void {
  const ref = findPair(program + table, a, b);
  if (ref) check(ref);
}

/** Checks the candidates that a ref other than 0 leads to. */
function check(ref: u32): void {
  if ((ref & (S.REF_ENTRY | S.REF_NODE)) == S.REF_NODE) {
    ref = endOf(ref ^ S.REF_NODE);
    if (ref >= S.REJECT) return;
    ref &= ~S.REF_NODE;
  }
  if (ref & S.REF_ENTRY) {
    const entry = ref & ~S.REF_ENTRY;
    if (entry < actual) checkEntry(entry, S.ACCEPT);
  } else checkList(program + ref);
}

/** Checks the candidates of a list, which are in order, as long as they can still matter. */
function checkList(list: usize): void {
  const end = list + 4 + load<u32>(list) * S.CANDIDATE_SIZE;
  for (let at = list + 4; at < end; at += S.CANDIDATE_SIZE) {
    const entry = load<u32>(at);
    if (entry >= actual) return;
    checkEntry(entry, load<u32>(at, S.CANDIDATE_TEST));
  }
}

/** Takes an entry that comes before what decided so far, if its tests accept the event. */
function checkEntry(entry: u32, test: u32): void {
  count(1);
  const flags = bitsOf(entries + entry * S.ENTRY_SIZE);
  if (flags & S.ENTRY_FLAG_OBSERVED && entry >= asIf) return;
  const notes = flags & (S.ENTRY_FLAG_CONTINUE | S.ENTRY_FLAG_ASSUMED);
  if (notes && load<u32>(stamps + entry * 4) == currentGeneration()) return;
  if (!accepts(test)) return;
  if (notes) remember(entry);
  else {
    if (entry < asIf) asIf = entry;
    if (!(flags & S.ENTRY_FLAG_OBSERVED)) actual = entry;
  }
}

function remember(entry: u32): void {
  count(1);
  store<u32>(stamps + entry * 4, currentGeneration());
  store<u32>(notes + noted * 4, entry);
  noted++;
}

/**
 * Walks the matching entries of assumed policies, which waited for each other, up to what has decided at once (semantics,
 * section 5.7): a matching rule that lets pass ends its policy only; defaults count as any. Leaves in `notes` the marks of assumed policies
 * first, then the `continue` rules.
 * @returns the number of marks
 */
function resolveUnknown(): u32 {
  const ended = <usize>load<u32>(bundle, ENDED);
  const now = currentGeneration();
  let kept: u32 = 0;
  let marks: u32 = 0;
  for (let i: u32 = 0; i < noted; i++) {
    const entry = load<u32>(notes + i * 4);
    const row = entries + entry * S.ENTRY_SIZE;
    const flags = bitsOf(row);
    const policy = <u32>load<u16>(row, S.ENTRY_POLICY);
    count(1);
    if (flags & S.ENTRY_FLAG_MARK) marks++;
    else if (load<u32>(ended + policy * 4) == now || entry >= actual) continue;
    else if (!(flags & S.ENTRY_FLAG_CONTINUE)) {
      const passes = (flags & S.ENTRY_ACTIONS) <= S.ACTION_AUDIT;
      if (passes && (flags & (S.ENTRY_FLAG_ASSUMED | S.ENTRY_FLAG_DEFAULT)) == S.ENTRY_FLAG_ASSUMED) {
        store<u32>(ended + policy * 4, now);
      } else {
        if (entry < asIf) asIf = entry;
        if (!(flags & S.ENTRY_FLAG_OBSERVED)) actual = entry;
      }
      continue;
    }
    store<u32>(notes + kept * 4, entry);
    kept++;
  }
  noted = kept;
  return marks;
}

/** Marks are the smallest entries, so that they come first in `notes`. */
function finish(index: u32, out: usize, assumedList: u32, marks: u32): bool {
  let flags: u32 = asIf != actual ? S.VERDICT_FLAG_WOULD : 0;
  if (noted | assumedList) {
    let matches: u32 = 0;
    for (let i = marks; i < noted; i++) {
      const planes = planesOf(load<u32>(notes + i * 4));
      if (!planes) continue;
      matches++;
      flags |= S.VERDICT_FLAG_MATCHES;
      if (planes != (NOTED_ACTUAL | NOTED_AS_IF)) flags |= S.VERDICT_FLAG_WOULD;
    }
    if (marks | assumedList) flags |= S.VERDICT_FLAG_ASSUMED;
    if (flags & (S.VERDICT_FLAG_MATCHES | S.VERDICT_FLAG_ASSUMED)) {
      if (!hasRoom(matches + marks)) return false;
      beginNotes(index, matches, marks, assumedList ? program + assumedList : 0);
      noteAll(marks);
    }
  }
  writeVerdict(out, actual, asIf, flags);
  return true;
}

/** Notes the matches, then the marked policies. */
function noteAll(marks: u32): void {
  for (let i = marks; i < noted; i++) {
    const entry = load<u32>(notes + i * 4);
    const planes = planesOf(entry);
    if (planes) note(load<u32>(entries + entry * S.ENTRY_SIZE) | planes);
  }
  for (let i: u32 = 0; i < marks; i++) {
    note(load<u16>(entries + load<u32>(notes + i * 4) * S.ENTRY_SIZE, S.ENTRY_POLICY));
  }
}

/** For which decisions a `continue` rule was noted: those whose deciding entry comes after it. */
function planesOf(entry: u32): u32 {
  const observed = bitsOf(entries + entry * S.ENTRY_SIZE) & S.ENTRY_FLAG_OBSERVED;
  return (!observed && entry < actual ? NOTED_ACTUAL : 0) | (entry < asIf ? NOTED_AS_IF : 0);
}

function writeVerdict(out: usize, entry: u32, other: u32, flags: u32): void {
  const row = rowOf(entry);
  const otherRow = other == entry ? row : rowOf(other);
  const bits = <u32>(row >> (S.ENTRY_BITS * 8));
  const otherBits = <u32>(otherRow >> (S.ENTRY_BITS * 8));
  if (bits & S.ENTRY_FLAG_DEFAULT) flags |= S.VERDICT_FLAG_DEFAULT;
  if (otherBits & S.ENTRY_FLAG_DEFAULT) flags |= S.VERDICT_FLAG_AS_IF_DEFAULT;
  const errno = <u8>(row >> (S.ENTRY_ERRNO * 8));
  const policy = <u16>(row >> (S.ENTRY_POLICY * 8));
  const otherPolicy = <u16>(otherRow >> (S.ENTRY_POLICY * 8));
  const head =
    (bits & S.ENTRY_ACTIONS) |
    (flags << (S.VERDICT_FLAGS * 8)) |
    ((<u32>errno) << (S.VERDICT_ERRNO * 8)) |
    ((otherBits & S.ENTRY_ACTIONS) << (S.VERDICT_AS_IF_ACTION * 8));
  store<u64>(out, (<u64>head) | (row << (S.VERDICT_RULE * 8)));
  const policies = (<u32>policy) | ((<u32>otherPolicy) << 16);
  store<u64>(out, (otherRow & 0xffffffff) | ((<u64>policies) << 32), S.VERDICT_AS_IF_RULE);
}

/** An entry's row as one number; that of no entry allows, by no rule of no policy. */
function rowOf(entry: u32): u64 {
  return entry == NONE ? NO_ENTRY : load<u64>(entries + entry * S.ENTRY_SIZE);
}
const NO_ENTRY: u64 = (<u64>S.NO_RULE) | ((<u64>S.NO_POLICY) << (S.ENTRY_POLICY * 8));

/** Numbers that one event can note at most, for the batch's array. */
export function notesAtMost(base: usize): u32 {
  return load<u32>(base, S.PROGRAM_ENTRY_COUNT_AT) + HEADER_NUMBERS;
}
