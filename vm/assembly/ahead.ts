/**
 * Looking ahead: where a program is larger than the caches, an event waits for memory at each of its look-ups. So some
 * events of a batch are gone through together before they are decided one by one, stage by stage: the keys (keys.ts) of all
 * are hashed, then all buckets are read, then all records, then all pairs. What one waits for comes while the others' is
 * asked for (group prefetching: Chen, Ailamaki, Gibbons and Mowry, ICDE 2004). Nothing is decided here and no step is
 * counted: a classifier that comes to ask for a key takes its hash from here, and finds near what it reads.
 *
 *     | hash u64 | offset u32 | class u32 | dictionary u32 (address) | classifier's state u32 (address), 0: free |
 */
import { peek } from './dictionary';
import * as S from './generated/spec';
import { KEY_DICT, KEY_SIZE, PAIRS, PAIR_SECOND, PAIR_SIZE, PAIR_TABLE } from './keys';
import { firstBucket } from './pairs';
import { hash } from './text';

/** Events that are gone through together at most: what is kept of them stays in the nearest cache. */
export const TOGETHER: u32 = 16;
/** Keys of an event at most: further ones are not looked ahead for. */
const KEYS_MOST: u32 = 4;

const OFFSET: u32 = 8;
const CLASS: u32 = 12;
const DICT: u32 = 16;
const STATE: u32 = 20;
const SIZE: u32 = 24;
const EVENT: u32 = KEYS_MOST * SIZE;
const rows: usize = memory.data(16 * 4 * 24, 8);
/** Takes what was read, so that it is read. */
const sink: usize = memory.data(4, 4);

/** Rows of the event at hand, 0 if it was not looked ahead for. */
let current: usize = 0;

/** Takes up the event of that number of those that are gone through together; `isAhead` says whether they were. */
export function useAhead(number: u32, isAhead: bool): void {
  current = isAhead ? rows + number * EVENT : 0;
}

/** Address of the hash of the text that the classifier with this state looks up, 0 if it was not looked ahead for. */
export function hashAhead(state: usize): usize {
  return current ? rowOf(current, state) : 0;
}

/** The row of a classifier's state among those of an event, 0 if there is none. */
function rowOf(own: usize, state: usize): usize {
  for (let row = own; row < own + EVENT; row += SIZE) if (load<u32>(row, STATE) == <u32>state) return row;
  return 0;
}

/** Hashes the keys of an event. The record, of `room` bytes at most, may not be well formed: what it does not hold is left out. */
export function hashKeys(number: u32, record: usize, room: u32, keys: usize): void {
  let row = rows + number * EVENT;
  const last = row + EVENT;
  memory.fill(row, 0, EVENT);
  if (room < S.RECORD_HEADER) return;
  const end = S.RECORD_HEADER + <u32>load<u16>(record, S.RECORD_SLOTS) * S.RECORD_SLOT;
  if (end > room) return;
  for (let slot = record + S.RECORD_HEADER; slot < record + end && row < last; slot += S.RECORD_SLOT) {
    const field = load<u32>(slot);
    const key = keys + min(field, S.FIELD_COUNT - 1) * KEY_SIZE;
    const length = load<u32>(slot, S.SLOT_LENGTH);
    const value = load<u64>(slot, S.SLOT_VALUE);
    const most = min<u32>(room, S.LIMIT_TEXT_BYTES);
    if (!load<u32>(key) || length > most || value > <u64>(room - length)) continue;
    const dict = load<u32>(key, KEY_DICT);
    store<u64>(row, hash(record + <u32>value, length, load<u32>(dict, S.DICT_SEED)));
    store<u32>(row, dict, DICT);
    store<u32>(row, load<u32>(key), STATE);
    row += SIZE;
  }
}

/** Reads what the keys of that many events will be compared with, and where their pairs are. */
export function readAhead(program: usize, events: u32, keys: usize): void {
  const end = rows + events * EVENT;
  for (let row = rows; row < end; row += SIZE) {
    if (load<u32>(row, STATE)) store<u32>(row, peek(load<u32>(row, DICT), load<u64>(row)), OFFSET);
  }
  let read: u32 = 0;
  for (let row = rows; row < end; row += SIZE) {
    const record = program + load<u32>(row, OFFSET);
    store<u32>(row, load<u32>(record), CLASS);
    read += load<u8>(record + S.DICT_RECORD_BYTES - 1 + <u32>load<u16>(record, S.DICT_RECORD_LENGTH));
  }
  for (let own = rows; own < end; own += EVENT) {
    for (let pair = keys + PAIRS; load<u32>(pair); pair += PAIR_SIZE) {
      const a = rowOf(own, load<u32>(pair));
      const b = rowOf(own, load<u32>(pair, PAIR_SECOND));
      if (!a || !b || !load<u32>(a, OFFSET) || !load<u32>(b, OFFSET)) continue;
      read += load<u32>(firstBucket(load<u32>(pair, PAIR_TABLE), load<u32>(a, CLASS), load<u32>(b, CLASS)));
    }
  }
  store<u32>(sink, read);
}
