/**
 * Two-choice cuckoo dictionary: see DICT in the specification.
 *
 *     | mask u32 | seed u32 | bucket 0: {tag, offset} × 4 | bucket 1 | ...
 *
 * Whatever the event says, a probe reads two buckets and compares at most DICT.maxSame texts: nobody who chooses event
 * texts can make it slower. Offsets are from the program's start; 0 is an empty slot.
 */
import { count } from './counting';
import { DICT_BUCKET, DICT_HEADER, DICT_MAX_SAME, DICT_RECORD_BYTES, DICT_RECORD_LENGTH } from './generated/spec';
import { equal, hash, mix } from './text';

/**
 * @param program address of the program
 * @param dict offset of the dictionary
 * @returns the value of the record that equals [p, n); NOT_FOUND if there is none
 */
export function find(program: usize, dict: u32, p: usize, n: u32): u32 {
  const table = program + dict;
  const mask = load<u32>(table);
  const h = hash(p, n, load<u32>(table, 4));
  const first = h & mask;
  const second = mix(h) & mask;
  let same: u32 = 0;
  let bucket = table + DICT_HEADER + first * DICT_BUCKET;
  for (let turn = 0; turn < 2; turn++) {
    count(1);
    for (let slot = bucket; slot < bucket + DICT_BUCKET; slot += 8) {
      if (load<u32>(slot) != h) continue;
      const offset = load<u32>(slot, 4);
      if (!offset) continue;
      const record = program + offset;
      if (load<u32>(record, DICT_RECORD_LENGTH) == n && equal(record + DICT_RECORD_BYTES, p, n))
        return load<u32>(record);
      if (++same == DICT_MAX_SAME) return NOT_FOUND;
    }
    if (first == second) break;
    bucket = table + DICT_HEADER + second * DICT_BUCKET;
  }
  return NOT_FOUND;
}

export const NOT_FOUND: u32 = 0xffffffff;
