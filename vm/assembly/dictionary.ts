/**
 * Two-choice cuckoo dictionary: see DICT in the specification.
 *
 *     | buckets u32 | seed u32 | bucket 0: {tag, offset} × 4 | bucket 1 | ...
 *
 * Whatever the event says, a look-up reads two buckets and compares one text: nobody who chooses event texts can make it
 * slower. Offsets are from the program's start; 0 is an empty slot.
 */
import { count, countBytes } from './counting';
import * as S from './generated/spec';
import { equalHere, hashHere } from './text';

export const NOT_FOUND: u32 = 0xffffffff;

/**
 * @param program address of the program
 * @param dict offset of the dictionary
 * @param hashed address of the text's hash, which the caller computed as the compiler did and counted; 0 for none
 * @returns the value of the record that equals [p, n); NOT_FOUND if there is none
 */
export function find(program: usize, dict: u32, p: usize, n: u32, hashed: usize): u32 {
  const table = program + dict;
  if (!hashed) countBytes(n);
  const h = hashed ? load<u64>(hashed) : hashHere(p, n, load<u32>(table, S.DICT_SEED));
  const buckets = <u64>load<u32>(table);
  const tag = <u32>h;
  count(1);
  const first = bucketOf(table, h >> 32, buckets);
  let offset = offsetOf(first, tag);
  if (!offset) {
    if (!(load<u32>(first, 4) & S.DICT_OVERFLOW)) return NOT_FOUND;
    count(1);
    offset = offsetOf(bucketOf(table, secondPlace(h), buckets), tag);
    if (!offset) return NOT_FOUND;
  }
  const record = program + offset;
  if (<u32>load<u16>(record, S.DICT_RECORD_LENGTH) != n) return NOT_FOUND;
  return equalHere(p, record + S.DICT_RECORD_BYTES, n) ? load<u32>(record) : NOT_FOUND;
}

/** Offset of the record that a look-up by this hash will compare, 0 for none: to read ahead, so that no step is counted. */
export function peek(table: usize, h: u64): u32 {
  const buckets = <u64>load<u32>(table);
  const first = bucketOf(table, h >> 32, buckets);
  const offset = offsetOf(first, <u32>h);
  if (offset || !(load<u32>(first, 4) & S.DICT_OVERFLOW)) return offset;
  return offsetOf(bucketOf(table, secondPlace(h), buckets), <u32>h);
}

/** What stands for the upper half of a hash where the second bucket is asked for. */
export function secondPlace(h: u64): u64 {
  return <u64>((<u32>h * S.DICT_SECOND) ^ (<u32>(h >> 32)));
}

function bucketOf(table: usize, place: u64, buckets: u64): usize {
  return table + S.DICT_HEADER + <usize>((place * buckets) >> 32) * S.DICT_BUCKET;
}

/** Offset behind the tag in the bucket, 0 if it is not there. Without branches: which slot it is cannot be foreseen. */
function offsetOf(bucket: usize, tag: u32): u32 {
  let offset: u32 = 0;
  offset = select<u32>(load<u32>(bucket, 28), offset, load<u32>(bucket, 24) == tag);
  offset = select<u32>(load<u32>(bucket, 20), offset, load<u32>(bucket, 16) == tag);
  offset = select<u32>(load<u32>(bucket, 12), offset, load<u32>(bucket, 8) == tag);
  offset = select<u32>(load<u32>(bucket, 4), offset, load<u32>(bucket) == tag);
  return offset & ~S.DICT_OVERFLOW;
}
