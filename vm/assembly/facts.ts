/**
 * Facts of subjects and workloads by key, prepared for the events that name them (prepare.ts).
 *
 *     map:    | rows u32 (address) | mask u32 | used u32 | 0 |      open addressing, linear, at most half full
 *     row:    | hash u32 | facts u32 (address, 0: free) |           8 bytes; the key stands in the facts
 */
import { FACTS_BLOCK, FACTS_KEY } from './fields';
import * as S from './generated/spec';
import { prepare } from './prepare';

const ROW: u32 = 8;
const FACTS: u32 = 4;

/** Keys that follow each other lie apart (Knuth, volume 3, 6.4: multiplicative hashing). */
function hashOf(key: u64): u32 {
  return <u32>(((key ^ (key >> 32)) * 0x9e3779b97f4a7c15) >> 32);
}

/** The facts of a key, 0 if there are none. */
export function findFacts(map: usize, key: u64): usize {
  const rows = load<u32>(map);
  if (!rows) return 0;
  return load<u32>(rowOf(rows, load<u32>(map, 4), hashOf(key), key), FACTS);
}

/** The row of a key, or the free one where it would stand. */
function rowOf(rows: usize, mask: u32, hash: u32, key: u64): usize {
  let i = hash & mask;
  while (true) {
    const row = rows + i * ROW;
    const facts = <usize>load<u32>(row, FACTS);
    if (!facts || (load<u32>(row) == hash && load<u64>(facts, FACTS_KEY) == key)) return row;
    i = (i + 1) & mask;
  }
}

/**
 * Keeps the record whose values were taken last under a key, in place of an earlier one.
 * @returns a status
 */
export function putFacts(bundle: usize, map: usize, key: u64, record: usize): i32 {
  const facts = prepare(bundle, record);
  if (!facts) return S.ERROR_MEMORY;
  store<u64>(facts, key, FACTS_KEY);
  if (!load<u32>(map) || (load<u32>(map, 8) + 1) * 2 > load<u32>(map, 4) + 1) {
    if (!grow(map)) {
      free(facts);
      return S.ERROR_MEMORY;
    }
  }
  const hash = hashOf(key);
  const row = rowOf(load<u32>(map), load<u32>(map, 4), hash, key);
  const old = load<u32>(row, FACTS);
  if (old) free(old);
  else store<u32>(map, load<u32>(map, 8) + 1, 8);
  store<u32>(row, hash);
  store<u32>(row, <u32>facts, FACTS);
  return S.ERROR_OK;
}

/** Forgets a key; the rows after it move up, so that no chain breaks (Knuth, volume 3, 6.4, algorithm R). */
export function dropFacts(map: usize, key: u64): i32 {
  const rows = load<u32>(map);
  if (!rows) return S.ERROR_KEY;
  const mask = load<u32>(map, 4);
  const row = rowOf(rows, mask, hashOf(key), key);
  const facts = load<u32>(row, FACTS);
  if (!facts) return S.ERROR_KEY;
  free(facts);
  store<u32>(map, load<u32>(map, 8) - 1, 8);
  let i = <u32>(row - rows) / ROW;
  for (let j = (i + 1) & mask; load<u32>(rows + j * ROW, FACTS); j = (j + 1) & mask) {
    const home = load<u32>(rows + j * ROW) & mask;
    if (((j - home) & mask) < ((j - i) & mask)) continue;
    store<u64>(rows + i * ROW, load<u64>(rows + j * ROW));
    i = j;
  }
  store<u64>(rows + i * ROW, 0);
  return S.ERROR_OK;
}

function free(facts: usize): void {
  heap.free(load<u32>(facts, FACTS_BLOCK));
}

/** Forgets all keys. */
export function dropAllFacts(map: usize): void {
  const rows = load<u32>(map);
  if (!rows) return;
  for (let i: u32 = 0; i <= load<u32>(map, 4); i++) {
    const facts = load<u32>(rows + i * ROW, FACTS);
    if (facts) free(facts);
  }
  heap.free(rows);
  memory.fill(map, 0, 16);
}

function grow(map: usize): bool {
  const old = load<u32>(map);
  const oldMask = load<u32>(map, 4);
  const size = old ? (oldMask + 1) * 2 : 16;
  if (size > 1 << 23) return false;
  const rows = heap.alloc(size * ROW);
  memory.fill(rows, 0, size * ROW);
  for (let i: u32 = 0; old && i <= oldMask; i++) {
    const row = load<u64>(old + i * ROW);
    if (!(row >> 32)) continue;
    let j = (<u32>row) & (size - 1);
    while (load<u32>(rows + j * ROW, FACTS)) j = (j + 1) & (size - 1);
    store<u64>(rows + j * ROW, row);
  }
  if (old) heap.free(old);
  store<u32>(map, <u32>rows);
  store<u32>(map, size - 1, 4);
  return true;
}
