/** Tuple space search over the components of a text: see GLOBS in the specification. */
import {
  componentLength,
  componentPointer,
  findLastSlashes,
  findSlashes,
  firstComponent,
  lastComponent,
} from './components';
import { count, countBytes } from './counting';
import { NOT_FOUND, find } from './dictionary';
import * as S from './generated/spec';
import { hash } from './text';

/** The tuples that the filters have left, and the key of the one that is looked up. */
const left: usize = memory.data(S.GLOBS_MAX_TUPLES / 8, 4);
const key: usize = memory.data(S.GLOBS_MAX_KEY + 16, 8);

/**
 * @param out where the classes go
 * @returns how many there are
 */
export function globs(program: usize, table: u32, p: usize, n: u32, out: usize): u32 {
  const at = program + table;
  const words = load<u32>(at, S.GLOBS_WORDS);
  const slashes = findSlashes(p, n, load<u32>(at, S.GLOBS_SLASHES));
  const fromEnd = load<u32>(at, S.GLOBS_FROM_END);
  if (fromEnd) findLastSlashes(fromEnd);
  if (!filter(program, at, words, slashes)) return 0;
  const dict = load<u32>(at);
  const longest = load<u32>(at, S.GLOBS_LONGEST);
  let found: u32 = 0;
  for (let word: u32 = 0; word < words; word++) {
    for (let tuples = load<u32>(left + word * 4); tuples; tuples &= tuples - 1) {
      count(1);
      const tuple = word * 32 + ctz(tuples);
      const bytes = writeKey(at + S.GLOBS_FIRST + tuple * S.GLOB_TUPLE_SIZE, tuple, longest);
      if (!bytes) continue;
      const value = find(program, dict, key, bytes);
      if (value != NOT_FOUND) store<u32>(out + found++ * 4, value);
    }
  }
  return found;
}

/** Leaves the tuples that every filter allows; false where there are none. */
function filter(program: usize, at: usize, words: u32, slashes: u32): bool {
  const filters = load<u32>(at, S.GLOBS_FILTERS);
  const rows = load<u32>(at, S.GLOBS_ROWS);
  const longest = load<u32>(at, S.GLOBS_LONGEST);
  let row = at + S.GLOBS_FIRST + load<u32>(at, S.GLOBS_TUPLES) * S.GLOB_TUPLE_SIZE;
  const allowed = row + filters * S.GLOB_FILTER_SIZE + min(slashes + 1, rows - 1) * words * 4;
  count(words);
  let any: u32 = 0;
  for (let word: u32 = 0; word < words; word++) {
    const tuples = load<u32>(allowed + word * 4);
    store<u32>(left + word * 4, tuples);
    any |= tuples;
  }
  for (let i: u32 = 0; i < filters && any; i++) {
    const place = load<u32>(row);
    const there = place & S.GLOB_FILTER_END ? lastComponent(place & 0xff) : firstComponent(place);
    if (there) {
      const mask = load<u32>(row, S.GLOB_FILTER_MASK);
      const set =
        componentLength > longest ? mask + 1 : (<u32>(hash(componentPointer, componentLength, 0) >> 32)) & mask;
      any = intersect(program + load<u32>(row, S.GLOB_FILTER_SETS) + set * words * 4, words);
    }
    row += S.GLOB_FILTER_SIZE;
  }
  return any != 0;
}

function intersect(set: usize, words: u32): u32 {
  count(words);
  let any: u32 = 0;
  for (let word: u32 = 0; word < words; word++) {
    const tuples = load<u32>(left + word * 4) & load<u32>(set + word * 4);
    store<u32>(left + word * 4, tuples);
    any |= tuples;
  }
  return any;
}

/** Writes the text's key for a tuple and returns its length; 0 where it would be longer than any key, or has no such component. */
function writeKey(row: usize, tuple: u32, longest: u32): u32 {
  store<u16>(key, <u16>tuple);
  let bytes: u32 = 2;
  for (let places = load<u32>(row); places; places &= places - 1) {
    if (!firstComponent(ctz(places))) return 0;
    bytes = append(bytes, longest);
    if (!bytes) return 0;
  }
  for (let places = load<u32>(row, S.GLOB_TUPLE_TAIL); places; places &= places - 1) {
    if (!lastComponent(ctz(places))) return 0;
    bytes = append(bytes, longest);
    if (!bytes) return 0;
  }
  countBytes(bytes);
  return bytes;
}

function append(bytes: u32, longest: u32): u32 {
  const end = bytes + componentLength;
  if (end >= longest) return 0;
  memory.copy(key + bytes, componentPointer, componentLength);
  store<u8>(key + end, 0x2f);
  return end + 1;
}
