/**
 * Facts of subjects and workloads by key, each with the classes that its values fall into.
 *
 *     map:    | rows u32 (address) | mask u32 | used u32 | 0 |              open addressing, linear
 *     row:    | key u64 | block u32 (address, 0: free) | 0 |                16 bytes
 *     block:  | {classes u32 (address), count u32} a classifier | classes | record |
 */
import { STATES, PROGRAM } from './bundles';
import { classesOf, classify, useClassifiers, useKeptClasses } from './classify';
import { beginEvent } from './fields';
import { keptFor } from './derive';
import * as S from './generated/spec';
import { operandRow, useOperands } from './operands';
import { takeFacts } from './record';
import { mix } from './text';

function slotOf(key: u64, mask: u32): u32 {
  return mix((<u32>key) ^ mix(<u32>(key >> 32))) & mask;
}

/** The block of a key, 0 if there is none. */
export function findFacts(map: usize, key: u64): usize {
  const rows = load<u32>(map);
  if (!rows) return 0;
  const mask = load<u32>(map, 4);
  let i = slotOf(key, mask);
  while (true) {
    const row = rows + i * 16;
    const block = load<u32>(row, 8);
    if (!block || load<u64>(row) == key) return block;
    i = (i + 1) & mask;
  }
}

/** The record of a block. */
export function recordOf(program: usize, block: usize): usize {
  return block + load<u32>(block + load<u32>(program, S.PROGRAM_CLASSIFIER_COUNT_AT) * 8);
}

/**
 * Keeps a well-formed record under a key, in place of an earlier one.
 * @returns a status
 */
export function putFacts(bundle: usize, map: usize, key: u64, record: usize, source: u32): i32 {
  const block = classified(bundle, record, source);
  if (!block) return S.ERROR_MEMORY;
  if (!load<u32>(map) || (load<u32>(map, 8) + 1) * 4 > (load<u32>(map, 4) + 1) * 3) {
    if (!grow(map)) {
      heap.free(block);
      return S.ERROR_MEMORY;
    }
  }
  const mask = load<u32>(map, 4);
  let i = slotOf(key, mask);
  let row = load<u32>(map) + i * 16;
  while (load<u32>(row, 8) && load<u64>(row) != key) {
    i = (i + 1) & mask;
    row = load<u32>(map) + i * 16;
  }
  const old = load<u32>(row, 8);
  if (old) heap.free(old);
  else store<u32>(map, load<u32>(map, 8) + 1, 8);
  store<u64>(row, key);
  store<u32>(row, <u32>block, 8);
  return S.ERROR_OK;
}

/** Forgets a key; the rows after it move up, so that no chain breaks (Knuth, volume 3, 6.4, algorithm R). */
export function dropFacts(map: usize, key: u64): i32 {
  const rows = load<u32>(map);
  if (!rows) return S.ERROR_KEY;
  const mask = load<u32>(map, 4);
  let i = slotOf(key, mask);
  while (load<u32>(rows + i * 16, 8) && load<u64>(rows + i * 16) != key) i = (i + 1) & mask;
  const block = load<u32>(rows + i * 16, 8);
  if (!block) return S.ERROR_KEY;
  heap.free(block);
  store<u32>(map, load<u32>(map, 8) - 1, 8);
  for (let j = (i + 1) & mask; load<u32>(rows + j * 16, 8); j = (j + 1) & mask) {
    const home = slotOf(load<u64>(rows + j * 16), mask);
    if (((j - home) & mask) < ((j - i) & mask)) continue;
    memory.copy(rows + i * 16, rows + j * 16, 16);
    i = j;
  }
  store<u32>(rows + i * 16, 0, 8);
  return S.ERROR_OK;
}

/** Forgets all keys. */
export function dropAllFacts(map: usize): void {
  const rows = load<u32>(map);
  if (!rows) return;
  for (let i: u32 = 0; i <= load<u32>(map, 4); i++) {
    const block = load<u32>(rows + i * 16, 8);
    if (block) heap.free(block);
  }
  heap.free(rows);
  memory.fill(map, 0, 16);
}

function grow(map: usize): bool {
  const old = load<u32>(map);
  const oldMask = load<u32>(map, 4);
  const size = old ? (oldMask + 1) * 2 : 16;
  if (size > 1 << 22) return false;
  const rows = heap.alloc(size * 16);
  memory.fill(rows, 0, size * 16);
  for (let i: u32 = 0; old && i <= oldMask; i++) {
    if (!load<u32>(old + i * 16, 8)) continue;
    let j = slotOf(load<u64>(old + i * 16), size - 1);
    while (load<u32>(rows + j * 16, 8)) j = (j + 1) & (size - 1);
    memory.copy(rows + j * 16, old + i * 16, 16);
  }
  if (old) heap.free(old);
  store<u32>(map, <u32>rows);
  store<u32>(map, size - 1, 4);
  return true;
}

/** A block with the record and the classes of all classifiers that read it alone. */
function classified(bundle: usize, record: usize, source: u32): usize {
  const program = <usize>load<u32>(bundle, PROGRAM);
  const classifiers = load<u32>(program, S.PROGRAM_CLASSIFIER_COUNT_AT);
  const rows = program + load<u32>(program, S.PROGRAM_CLASSIFIERS_AT);
  useOperands(program);
  useClassifiers(program, load<u32>(bundle, STATES));
  useKeptClasses(0, 0);
  beginEvent();
  takeFacts(record, source);
  let total: u32 = 0;
  for (let i: u32 = 0; i < classifiers; i++) {
    if (isKept(rows + i * S.CLASSIFIER_SIZE, source)) total += classify(i);
  }
  const size = load<u32>(record);
  const block = heap.alloc(classifiers * 8 + 8 + ((total * 4 + 7) & ~7) + size);
  let classes = block + classifiers * 8 + 8;
  for (let i: u32 = 0; i < classifiers; i++) {
    const n = isKept(rows + i * S.CLASSIFIER_SIZE, source) ? classify(i) : 0;
    store<u32>(block + i * 8, <u32>classes);
    store<u32>(block + i * 8, n, 4);
    if (n) memory.copy(classes, classesOf(i), n * 4);
    classes += n * 4;
  }
  const at = <u32>(((classes + 7) & ~7) - block);
  store<u32>(block + classifiers * 8, at);
  memory.copy(block + at, record, size);
  return block;
}

function isKept(classifier: usize, source: u32): bool {
  if (load<u8>(classifier) == S.CLASSIFIER_FORM_BOTH) return false;
  return keptFor(load<u16>(operandRow(load<u32>(classifier, S.CLASSIFIER_OPERAND)), S.OPERAND_FIELD)) == source;
}
