/** Dictionaries, lengths, intervals and automata: whether every offset and state in them stays inside. */
import * as S from '../generated/spec';
import { areBytes, at, isInside, passes, program } from './bounds';

/** What the values of a dictionary mean, and so what they may be. */
export const ANY_VALUE: u32 = 0;
export const CLASS_BELOW_LIMIT: u32 = 1;

/** A text: u32 length and bytes padded to 4. */
export function isText(offset: u32): bool {
  if (!isInside(offset, 1, 4)) return false;
  const n = at(offset);
  return n <= S.LIMIT_TEXT_BYTES && isInside(offset, 1, 4 + ((n + 3) & ~3));
}

/**
 * @param values what its values may be; for CLASS_BELOW_LIMIT, less than `limit`
 * @returns whether all of the dictionary may be read
 */
export function isDictionary(offset: u32, values: u32, limit: u32): bool {
  if (!isInside(offset, 1, S.DICT_HEADER)) return false;
  const buckets = at(offset);
  if (buckets == 0 || buckets > S.DICT_MAX_BUCKETS) return false;
  if (!isInside(offset + S.DICT_HEADER, buckets, S.DICT_BUCKET)) return false;
  const end = offset + S.DICT_HEADER + buckets * S.DICT_BUCKET;
  for (let slot = offset + S.DICT_HEADER; slot < end; slot += S.DICT_SLOT) {
    const record = at(slot + 4) & ~S.DICT_OVERFLOW;
    if (!record) continue;
    if (!isRecord(record)) return false;
    if (values == CLASS_BELOW_LIMIT && at(record) >= limit) return false;
  }
  return true;
}

/** A record of a dictionary, which is not aligned. */
function isRecord(offset: u32): bool {
  if (!areBytes(offset, S.DICT_RECORD_BYTES)) return false;
  const n = <u32>load<u16>(program() + offset, S.DICT_RECORD_LENGTH);
  return n <= S.LIMIT_TEXT_BYTES && areBytes(offset + S.DICT_RECORD_BYTES, n);
}

/** Steps of a look-up of a text of `n` bytes: the hash, two buckets, and one compare. */
export function probeSteps(n: u64): u64 {
  return 2 + 2 * passes(n);
}

/** Ascending lengths (or bits) up to `most`, and their dictionary. */
export function isLengths(offset: u32, most: u32): bool {
  if (!isInside(offset, 1, S.LENGTHS_FIRST)) return false;
  const n = at(offset);
  if (!isInside(offset + S.LENGTHS_FIRST, n, 4) || !isDictionary(at(offset + S.LENGTHS_DICT), ANY_VALUE, 0))
    return false;
  let last: i64 = -1;
  for (let i: u32 = 0; i < n; i++) {
    const length = at(offset + S.LENGTHS_FIRST + i * 4);
    if (length > most || <i64>length <= last) return false;
    last = length;
  }
  return true;
}

/** Intervals and their class lists, each of `cap` classes at most. */
export function isRanges(offset: u32, cap: u32): bool {
  if (!isInside(offset, 1, S.RANGES_STARTS)) return false;
  const n = at(offset);
  if (n == 0 || n > 0x1000000 || !isInside(offset + S.RANGES_STARTS, n, 16)) return false;
  for (let i: u32 = 0; i < n; i++) {
    const row = offset + S.RANGES_STARTS + n * 8 + i * 8;
    const classes = at(row + 4);
    if (classes > cap || (classes && !isInside(at(row), classes, 4))) return false;
  }
  return true;
}

/** A whole-text automaton. */
export function isAutomaton(offset: u32): bool {
  if (!isInside(offset, 1, S.AUTOMATON_ACCEPT)) return false;
  const states = at(offset);
  const classes = at(offset + S.AUTOMATON_CLASSES);
  if (states == 0 || states > S.AUTOMATON_MAX_STATES || at(offset + S.AUTOMATON_START) >= states) return false;
  if (!isClassMap(offset + S.AUTOMATON_MAP, classes)) return false;
  const next = offset + S.AUTOMATON_ACCEPT + ((states + 3) & ~3);
  if (!isInside(offset + S.AUTOMATON_ACCEPT, states, 1) || !isInside(next, states * classes, 2)) return false;
  for (let i: u32 = 0; i < states * classes; i++) {
    if (<u32>load<u16>(program() + next + i * 2) >= states) return false;
  }
  return true;
}

function isClassMap(offset: u32, classes: u32): bool {
  if (classes == 0 || classes > 256) return false;
  for (let i: u32 = 0; i < 256; i++) {
    if (<u32>load<u8>(program() + offset + i) >= classes) return false;
  }
  return true;
}
