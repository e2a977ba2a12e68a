/** Records: whether one is well formed, and its values as those of the event at hand. */
import { count } from './counting';
import { INLINE, currentGeneration, isGiven, rowOf, setValue } from './fields';
import * as S from './generated/spec';

/**
 * Takes the values of a record of `room` bytes at most, in one pass that checks what it takes. Nothing else may have been
 * taken for the event before: a field that is there already stands in the record twice.
 * Sensors are trusted to tell the truth, not to be free of faults.
 * @returns whether it is well formed; if not, nothing of it counts
 */
export function takeRecord(record: usize, room: u32): bool {
  if (room < S.RECORD_HEADER) return false;
  const size = load<u32>(record, S.RECORD_SIZE);
  if (size > room || size < S.RECORD_HEADER || size & 7 || size > S.LIMIT_RECORD_BYTES) return false;
  if (load<u8>(record, S.RECORD_VERSION) != S.RECORD_FORMAT || load<u32>(record, S.RECORD_RESERVED)) return false;
  if (<i64>load<u64>(record, S.RECORD_TIME) < 0) return false;
  const slots = <u32>load<u16>(record, S.RECORD_SLOTS);
  const data = S.RECORD_HEADER + slots * S.RECORD_SLOT;
  if (slots > S.LIMIT_RECORD_SLOTS || data > size) return false;
  const rest = size - data;
  const generation = currentGeneration();
  const end = record + data;
  for (let slot = record + S.RECORD_HEADER; slot < end; slot += S.RECORD_SLOT) {
    count(1);
    const field = load<u32>(slot); // and what is reserved behind it, so that it is too large a number where that is not 0
    if (field == 0) continue;
    if (field >= S.FIELD_COUNT || load<u32>(rowOf(field)) == generation) return false;
    const length = load<u32>(slot, S.SLOT_LENGTH);
    const value = load<u64>(slot, S.SLOT_VALUE);
    const type = load<u8>(S.FIELD_TYPES + field);
    if (isNumber(type)) {
      if (length != 8 || (type == S.TYPE_BOOL && value > 1)) return false;
      setValue(field, INLINE, value);
      continue;
    }
    // fields that no record has are not longer than 0, and no text begins behind the end
    if (length > rest || value - <u64>data > <u64>(rest - length)) return false;
    if (length > load<u32>(S.FIELD_MAX + field * 4)) return false;
    if (type != S.TYPE_STRING && !isWellFormed(type, record + <u32>value, length)) return false;
    setValue(field, INLINE, (<u64>record + value) | ((<u64>length) << 32));
  }
  // no facts are there yet, so that these stand in the record if anywhere
  if (load<u32>(rowOf(S.FIELD_EVENT_KIND)) == generation || load<u32>(rowOf(S.FIELD_EVENT_TIME)) == generation)
    return false;
  const time = load<u64>(record, S.RECORD_TIME);
  if (time) setValue(S.FIELD_EVENT_TIME, INLINE, time);
  return true;
}

/** Whether values of the type stand in the slot itself. */
export function isNumber(type: u8): bool {
  return <u32>type - S.TYPE_INT <= S.TYPE_FLAGS - S.TYPE_INT;
}

/** What is more to check of values other than strings. */
function isWellFormed(type: u8, value: usize, length: u32): bool {
  if (type == S.TYPE_ADDRESS) return length == 16;
  if (type == S.TYPE_LIST) return isList(value, length, false);
  return type == S.TYPE_MAP && isList(value, length, true);
}

/** A list is a u32 count and that many texts, each a u32 length and bytes padded to 4, and nothing else. */
function isList(list: usize, length: u32, pairs: bool): bool {
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
