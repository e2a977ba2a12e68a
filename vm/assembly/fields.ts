/**
 * The values of the event at hand, by field number, joined from its record and from the facts of its workload and subject.
 *
 *     | generation u32 | source u32 | pointer u32 | length u32 | value u64 |     24 bytes a field
 *
 * A field is there if its generation is the event's: nothing is cleared between events.
 */
import { count } from './counting';
import * as S from './generated/spec';

const ROW: u32 = 24;
const table: usize = memory.data(24 * 128, 8);
/** For each field the event that it was found to be absent in: a derived field is derived at most once. */
const absences: usize = memory.data(4 * 128, 8);

/** Where a value came from: what was classified once for a subject or workload holds only for values of their facts. */
export const INLINE: u32 = 0;
export const SUBJECT: u32 = 1;
export const WORKLOAD: u32 = 2;
export const MIXED: u32 = 3;

let generation: u32 = 0;

/** Forgets all values. */
export function beginEvent(): void {
  generation += 1;
  if (generation == 0) {
    memory.fill(table, 0, ROW * S.FIELD_COUNT);
    memory.fill(absences, 0, 4 * S.FIELD_COUNT);
    generation = 1;
  }
}

/** Number of the event at hand: what was computed under another one is stale. */
export function currentGeneration(): u32 {
  return generation;
}

export function isGiven(field: u32): bool {
  return load<u32>(table + field * ROW) == generation;
}
/** Whether deriving the field was tried in vain. */
export function isAbsent(field: u32): bool {
  return load<u32>(absences + field * 4) == generation;
}
export function setAbsent(field: u32): void {
  store<u32>(absences + field * 4, generation);
}
export function sourceOf(field: u32): u32 {
  return load<u32>(table + field * ROW, 4);
}
export function pointerOf(field: u32): usize {
  return load<u32>(table + field * ROW, 8);
}
export function lengthOf(field: u32): u32 {
  return load<u32>(table + field * ROW, 12);
}
export function valueOf(field: u32): u64 {
  return load<u64>(table + field * ROW, 16);
}

export function setText(field: u32, source: u32, pointer: usize, length: u32): void {
  const row = table + field * ROW;
  store<u32>(row, generation);
  store<u32>(row, source, 4);
  store<u32>(row, <u32>pointer, 8);
  store<u32>(row, length, 12);
}
export function setValue(field: u32, source: u32, value: u64): void {
  const row = table + field * ROW;
  store<u32>(row, generation);
  store<u32>(row, source, 4);
  store<u64>(row, value, 16);
}

/** Takes the values of a record that `checkRecord` found well formed; they win over those taken before. */
export function takeRecord(record: usize, source: u32): void {
  const end = record + S.RECORD_HEADER + <u32>load<u16>(record, S.RECORD_SLOTS) * S.RECORD_SLOT;
  for (let slot = record + S.RECORD_HEADER; slot < end; slot += S.RECORD_SLOT) {
    count(1);
    const field = <u32>load<u16>(slot, S.SLOT_FIELD);
    if (field == 0) continue;
    const type = load<u8>(S.FIELD_TYPES + field);
    if (isNumber(type)) setValue(field, source, load<u64>(slot, S.SLOT_VALUE));
    else setText(field, source, record + load<u32>(slot, S.SLOT_VALUE), load<u32>(slot, S.SLOT_LENGTH));
    if (field == S.FIELD_HOST_CLASS) {
      setText(S.INTERNAL_GIVEN_CLASS, source, pointerOf(field), lengthOf(field));
    }
  }
}

/** Whether values of the type stand in the slot itself. */
export function isNumber(type: u8): bool {
  return type == S.TYPE_INT || type == S.TYPE_UINT || type == S.TYPE_BOOL || type == S.TYPE_FLAGS;
}

/** Whether a record, of `room` bytes at most, is well formed. Sensors are trusted to tell the truth, not to be free of faults. */
export function checkRecord(record: usize, room: u32): bool {
  if (room < S.RECORD_HEADER) return false;
  const size = load<u32>(record, S.RECORD_SIZE);
  if (size > room || size < S.RECORD_HEADER || size & 7 || size > S.LIMIT_RECORD_BYTES) return false;
  if (load<u8>(record, S.RECORD_VERSION) != S.RECORD_FORMAT || load<u32>(record, S.RECORD_RESERVED)) return false;
  if (<i64>load<u64>(record, S.RECORD_TIME) < 0) return false;
  const slots = <u32>load<u16>(record, S.RECORD_SLOTS);
  const data = S.RECORD_HEADER + slots * S.RECORD_SLOT;
  if (slots > S.LIMIT_RECORD_SLOTS || data > size) return false;
  let low: u64 = 0; // fields seen, 0..63 and 64..127
  let high: u64 = 0;
  for (let at = S.RECORD_HEADER; at < data; at += S.RECORD_SLOT) {
    const slot = record + at;
    const field = <u32>load<u16>(slot, S.SLOT_FIELD);
    if (load<u16>(slot, S.SLOT_RESERVED)) return false;
    if (field == 0) continue;
    if (field >= S.FIELD_COUNT) return false;
    const bit = (<u64>1) << (field & 63);
    if ((field < 64 ? low : high) & bit) return false;
    if (field < 64) low |= bit;
    else high |= bit;
    const type = load<u8>(S.FIELD_TYPES + field);
    if (type == S.TYPE_UNASSIGNED || field == S.FIELD_EVENT_KIND || field == S.FIELD_EVENT_TIME) return false;
    const length = load<u32>(slot, S.SLOT_LENGTH);
    if (isNumber(type)) {
      if (length != 8 || (type == S.TYPE_BOOL && load<u64>(slot, S.SLOT_VALUE) > 1)) return false;
      continue;
    }
    const offset = load<u64>(slot, S.SLOT_VALUE);
    if (offset < <u64>data || offset > <u64>size || <u64>length > <u64>size - offset) return false;
    if (length > load<u32>(S.FIELD_MAX + field * 4)) return false;
    if (type == S.TYPE_ADDRESS && length != 16) return false;
    if (type == S.TYPE_LIST && !checkList(record + <u32>offset, length, false)) return false;
    if (type == S.TYPE_MAP && !checkList(record + <u32>offset, length, true)) return false;
  }
  return true;
}

/** A list is a u32 count and that many texts, each a u32 length and bytes padded to 4, and nothing else. */
function checkList(list: usize, length: u32, pairs: bool): bool {
  if (length < 4) return false;
  const elements = load<u32>(list);
  if (pairs && elements & 1) return false;
  let rest = length - 4;
  let at = list + 4;
  for (let i: u32 = 0; i < elements; i++) {
    if (rest < 4) return false;
    const n = load<u32>(at);
    rest -= 4;
    if (n > rest || ((n + 3) & ~3) > rest) return false;
    at += 4 + ((n + 3) & ~3);
    rest -= (n + 3) & ~3;
  }
  return rest == 0;
}
