/**
 * What tables refer to: entries, lists of candidates, and diagrams, which are tests that end in either. The lists stand one
 * behind the other in their section, so that one pass verifies each once, however many refs lead to it; and so do tests.
 *
 *     steps   u32 for each word of the section: of the list that begins there, 0 where none does
 *     ends    u32 for each test: steps of the dearest end of a diagram that it leads to
 */
import * as S from '../generated/spec';
import { at, isInside, plus, program, times } from './bounds';

/** Steps of one candidate: it, its note, and the walk over what was noted in an unknown workload. */
export const CANDIDATE_STEPS: u64 = 3;

let steps: usize = 0;
let first: u32 = 0;
let size: u32 = 0;
let entries: u32 = 0;
let ends: usize = 0;
let tests: u32 = 0;
let testSteps: usize = 0;

/** Bytes of working memory for the program, whose sections are inside. */
export function listWorkBytes(): u32 {
  return load<u32>(program(), S.PROGRAM_LISTS_SIZE_AT) + load<u32>(program(), S.PROGRAM_TEST_COUNT_AT) * 4 + 8;
}

/**
 * Verifies all lists, and what diagrams end in.
 * @param work zeroed memory, which the other functions here read until the next call
 * @param ofTests steps of each test to the end of its condition; they are read likewise
 */
export function areLists(work: usize, ofTests: usize): bool {
  steps = work;
  testSteps = ofTests;
  tests = load<u32>(program(), S.PROGRAM_TEST_COUNT_AT);
  first = load<u32>(program(), S.PROGRAM_LISTS_AT);
  size = load<u32>(program(), S.PROGRAM_LISTS_SIZE_AT);
  entries = load<u32>(program(), S.PROGRAM_ENTRY_COUNT_AT);
  const end = first + size;
  for (let list = first; list < end; list += 4 + at(list) * S.CANDIDATE_SIZE) {
    const n = at(list);
    if (n == 0 || <u64>n * S.CANDIDATE_SIZE > <u64>(end - list - 4)) return false;
    const sum = listSteps(list + 4, n);
    if (!sum) return false;
    store<u32>(steps + (list - first), <u32>min(sum, <u64>u32.MAX_VALUE));
  }
  ends = work + size;
  for (let i = tests; i > 0; i--) {
    const row = program() + load<u32>(program(), S.PROGRAM_TESTS_AT) + (i - 1) * S.TEST_SIZE;
    const most = max(endSteps(load<u32>(row, S.TEST_YES)), endSteps(load<u32>(row, S.TEST_NO)));
    if (most > <u64>u32.MAX_VALUE) return false;
    store<u32>(ends + (i - 1) * 4, <u32>most);
  }
  return true;
}

/** Steps of the dearest end that a jump leads to; more than a u32 holds if it leads to none that there is. */
function endSteps(to: u32): u64 {
  if (to < S.REF_NODE) return load<u32>(ends + to * 4);
  if (to >= S.REJECT) return 0;
  const ref = to & ~S.REF_NODE;
  return isRef(ref) ? refSteps(ref) : u64.MAX_VALUE;
}

/** Steps of a list's candidates and of what each goes on to check; 0 unless entries ascend and tests exist. */
function listSteps(candidates: u32, n: u32): u64 {
  let sum: u64 = 0;
  let last: i64 = -1;
  for (let i: u32 = 0; i < n; i++) {
    const entry = at(candidates + i * S.CANDIDATE_SIZE);
    const test = at(candidates + i * S.CANDIDATE_SIZE + S.CANDIDATE_TEST);
    if (entry >= entries || <i64>entry <= last) return 0;
    if (test >= tests && test != S.ACCEPT) return 0;
    last = entry;
    sum = plus(sum, CANDIDATE_STEPS);
    if (test != S.ACCEPT) sum = plus(sum, load<u64>(testSteps + test * 8));
  }
  return sum;
}

/** Whether a ref leads to something that there is. */
export function isRef(ref: u32): bool {
  if (ref & S.REF_ENTRY) return (ref ^ S.REF_ENTRY) < entries;
  if (ref & S.REF_NODE) return (ref ^ S.REF_NODE) < tests;
  return ref >= first && ref - first < size && !(ref & 3) && load<u32>(steps + (ref - first)) != 0;
}

/** Steps of checking what a ref leads to; the largest u32 stands for all beyond it. */
export function refSteps(ref: u32): u64 {
  if ((ref & (S.REF_ENTRY | S.REF_NODE)) == S.REF_NODE) {
    const test = ref ^ S.REF_NODE;
    return plus(load<u64>(testSteps + test * 8), load<u32>(ends + test * 4));
  }
  return ref & S.REF_ENTRY ? CANDIDATE_STEPS : <u64>load<u32>(steps + (ref - first));
}

/** Steps of so many times what is the dearest, as bounds have them. */
export function allowedSteps(lookUps: u64, dearest: u64): u64 {
  const sum = times(lookUps, dearest);
  return dearest > CANDIDATE_STEPS ? max(sum, S.REF_ALLOWED) : sum;
}

/** Steps of all that the last table of refs leads to together, and of the dearest. */
let together: u64 = 0;
let dearest: u64 = 0;
export function togetherSteps(): u64 {
  return together;
}
export function dearestSteps(): u64 {
  return dearest;
}

function addRef(ref: u32): bool {
  if (!ref) return true;
  if (!isRef(ref)) return false;
  dearest = max(dearest, refSteps(ref));
  together += refSteps(ref);
  return true;
}

/** Whether this is an array of refs. */
export function areRefs(offset: u32): bool {
  if (!isInside(offset, 1, 4)) return false;
  const n = at(offset);
  if (!isInside(offset + 4, n, S.REF_SIZE)) return false;
  dearest = 0;
  together = 0;
  for (let i: u32 = 0; i < n; i++) {
    if (!addRef(at(offset + 4 + i * S.REF_SIZE))) return false;
  }
  return true;
}

/** Whether this is a table of pairs that leads to what there is. */
export function arePairs(offset: u32): bool {
  if (!isPairTable(offset)) return false;
  dearest = 0;
  together = 0;
  for (let i: u32 = 0; i < at(offset); i++) {
    const refs = offset + S.PAIRS_HEADER + i * S.PAIRS_BUCKET + S.PAIRS_REFS;
    for (let j: u32 = 0; j < S.PAIRS_SLOTS; j++) {
      if (!addRef(at(refs + j * S.REF_SIZE))) return false;
    }
  }
  return true;
}

/** Steps of a look-up of a pair: the hash, two buckets. */
export const PAIR_STEPS: u64 = 3;

/** A table of pairs that may be read, whatever it leads to. */
export function isPairTable(offset: u32): bool {
  if (!isInside(offset, 1, S.PAIRS_HEADER)) return false;
  const buckets = at(offset);
  return buckets > 0 && buckets <= S.PAIRS_MAX_BUCKETS && isInside(offset + S.PAIRS_HEADER, buckets, S.PAIRS_BUCKET);
}
