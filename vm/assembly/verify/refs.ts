/**
 * What tables refer to: entries and lists of candidates. The lists stand one behind the other in their section, so that
 * one pass verifies each once, however many refs lead to it.
 *
 *     steps   u32 for each word of the section: of the list that begins there, 0 where none does
 */
import * as S from '../generated/spec';
import { at, isInside, plus, program } from './bounds';

/** Steps of one candidate: it, its note, and the walk over what was noted in an unknown workload. */
export const CANDIDATE_STEPS: u64 = 3;

let steps: usize = 0;
let first: u32 = 0;
let size: u32 = 0;
let entries: u32 = 0;

/** Bytes of working memory for the program, whose sections are inside. */
export function listWorkBytes(): u32 {
  return load<u32>(program(), S.PROGRAM_LISTS_SIZE_AT) + 8;
}

/**
 * Verifies all lists.
 * @param work zeroed memory, which the other functions here read until the next call
 * @param testSteps steps of each test to the end of its condition
 */
export function areLists(work: usize, testSteps: usize): bool {
  steps = work;
  first = load<u32>(program(), S.PROGRAM_LISTS_AT);
  size = load<u32>(program(), S.PROGRAM_LISTS_SIZE_AT);
  entries = load<u32>(program(), S.PROGRAM_ENTRY_COUNT_AT);
  const end = first + size;
  for (let list = first; list < end; list += 4 + at(list) * S.CANDIDATE_SIZE) {
    const n = at(list);
    if (n == 0 || <u64>n * S.CANDIDATE_SIZE > <u64>(end - list - 4)) return false;
    const sum = listSteps(list + 4, n, testSteps);
    if (!sum) return false;
    store<u32>(steps + (list - first), <u32>min(sum, <u64>u32.MAX_VALUE));
  }
  return true;
}

/** Steps of a list's candidates and of what each goes on to check; 0 unless entries ascend and tests exist. */
function listSteps(candidates: u32, n: u32, testSteps: usize): u64 {
  const tests = load<u32>(program(), S.PROGRAM_TEST_COUNT_AT);
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
  if (ref & S.REF_ENTRY) return (ref & ~S.REF_ENTRY) < entries;
  return ref >= first && ref - first < size && !(ref & 3) && load<u32>(steps + (ref - first)) != 0;
}

/** Steps of checking what a ref leads to; the largest u32 stands for all beyond it. */
export function refSteps(ref: u32): u64 {
  return ref & S.REF_ENTRY ? CANDIDATE_STEPS : <u64>load<u32>(steps + (ref - first));
}

/** Steps of all that the last table of refs leads to together. */
let together: u64 = 0;
export function togetherSteps(): u64 {
  return together;
}

/** Steps of a look-up in an array of refs and of its dearest; 0 if the array is not well formed. */
export function refArraySteps(offset: u32): u64 {
  if (!isInside(offset, 1, 4)) return 0;
  const n = at(offset);
  if (!isInside(offset + 4, n, S.REF_SIZE)) return 0;
  let most: u64 = 0;
  together = 0;
  for (let i: u32 = 0; i < n; i++) {
    const ref = at(offset + 4 + i * S.REF_SIZE);
    if (!ref) continue;
    if (!isRef(ref)) return 0;
    most = max(most, refSteps(ref));
    together += refSteps(ref);
  }
  return 1 + most;
}

/** Steps of a look-up in a table of pairs and of its dearest ref; 0 if it is not well formed. */
export function pairTableSteps(offset: u32): u64 {
  if (!isPairTable(offset)) return 0;
  let most: u64 = 0;
  together = 0;
  for (let i: u32 = 0; i < at(offset); i++) {
    const refs = offset + S.PAIRS_HEADER + i * S.PAIRS_BUCKET + S.PAIRS_REFS;
    for (let j: u32 = 0; j < S.PAIRS_SLOTS; j++) {
      const ref = at(refs + j * S.REF_SIZE);
      if (!ref) continue;
      if (!isRef(ref)) return 0;
      most = max(most, refSteps(ref));
      together += refSteps(ref);
    }
  }
  return PAIR_STEPS + most;
}

/** Steps of a look-up of a pair: the hash, two buckets. */
export const PAIR_STEPS: u64 = 3;

/** A table of pairs that may be read, whatever it leads to. */
export function isPairTable(offset: u32): bool {
  if (!isInside(offset, 1, S.PAIRS_HEADER)) return false;
  const buckets = at(offset);
  return buckets > 0 && buckets <= S.PAIRS_MAX_BUCKETS && isInside(offset + S.PAIRS_HEADER, buckets, S.PAIRS_BUCKET);
}
