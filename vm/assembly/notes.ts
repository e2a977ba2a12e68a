/**
 * What events noted beside their verdict: rules with `continue`, and policies that were assumed to hold. Kept for the
 * last batch in one array that is made when the bundle is loaded.
 *
 *     | verdict u32 | matches u32 (count) | marks u32 (count) | assumed u32 (address) | matches … | marks … |
 *
 * for each verdict that has some. Policies are assumed by a mark that matched, or by the kind's list in the program, which is
 * referred to.
 */
import { BATCH, BATCH_ROOM } from './bundles';

/** A match carries in its top bits for which decisions it was noted. */
export const NOTED_ACTUAL: u32 = 0x80000000;
export const NOTED_AS_IF: u32 = 0x40000000;

/** Numbers before the notes of a verdict. */
export const HEADER_NUMBERS: u32 = 4;
const HEADER: u32 = HEADER_NUMBERS * 4;

let start: usize = 0;
let end: usize = 0;
let limit: usize = 0;
let owner: usize = 0;
/** Where the last look-up stopped: asking in order costs no search. */
let cursor: usize = 0;

/** Forgets the last batch. */
export function beginBatch(bundle: usize): void {
  owner = bundle;
  start = load<u32>(bundle, BATCH);
  end = start;
  cursor = start;
  limit = start + load<u32>(bundle, BATCH_ROOM) * 4;
}

/** Forgets the batch of a bundle that goes. */
export function endBatch(bundle: usize): void {
  if (owner == bundle) owner = 0;
}

/** Whether `n` more numbers fit. */
export function hasRoom(n: u32): bool {
  return <u64>end + <u64>HEADER + <u64>n * 4 <= <u64>limit;
}

/** Begins the notes of a verdict; the numbers follow. `assumed` is the address of a u32 count and its numbers, or 0. */
export function beginNotes(verdict: u32, matches: u32, marks: u32, assumed: usize): void {
  store<u32>(end, verdict);
  store<u32>(end, matches, 4);
  store<u32>(end, marks, 8);
  store<u32>(end, <u32>assumed, 12);
  end += HEADER;
}
export function note(number: u32): void {
  store<u32>(end, number);
  end += 4;
}

/**
 * Copies the matches or the assumed policies of the `verdict`-th verdict of the bundle's last batch.
 * @returns their number, which may be more than the `cap` that were copied; -1 if the last batch was another bundle's
 */
export function copyNotes(bundle: usize, verdict: u32, assumed: bool, out: usize, cap: u32): i32 {
  if (owner != bundle) return -1;
  if (cursor >= end || load<u32>(cursor) > verdict) cursor = start;
  for (; cursor < end; cursor += HEADER + (load<u32>(cursor, 4) + load<u32>(cursor, 8)) * 4) {
    if (load<u32>(cursor) > verdict) return 0;
    if (load<u32>(cursor) == verdict) return assumed ? copyAssumed(out, cap) : copyMatches(out, cap);
  }
  return 0;
}

function copyMatches(out: usize, cap: u32): u32 {
  const n = load<u32>(cursor, 4);
  memory.copy(out, cursor + HEADER, min(n, cap) * 4);
  return n;
}

function copyAssumed(out: usize, cap: u32): u32 {
  const marks = load<u32>(cursor, 8);
  const first = min(marks, cap);
  memory.copy(out, cursor + HEADER + load<u32>(cursor, 4) * 4, first * 4);
  const list = <usize>load<u32>(cursor, 12);
  const listed = list ? load<u32>(list) : 0;
  memory.copy(out + first * 4, list + 4, min(listed, cap - first) * 4);
  return marks + listed;
}
