/** Tuple space search over the components of a text: see GLOBS in the specification. */
import { componentLength, componentPointer, findComponent, findPiece, findSlashes } from './components';
import { count, countBytes } from './counting';
import { NOT_FOUND, find } from './dictionary';
import { currentGeneration } from './fields';
import * as S from './generated/spec';
import { hash } from './text';

/** The tuples that the filters have left, and the key of the one that is looked up. */
const left: usize = memory.data(S.GLOBS_MAX_TUPLES / 8, 4);
const key: usize = memory.data(S.GLOBS_MAX_KEY + 16, 8);

let program: usize = 0;
let at: usize = 0;
let longest: u32 = 0;
let slashes: u32 = 0;
/** Where the next class goes. */
let to: usize = 0;
/** Stamps of floating tuples' classes, else 0. */
let found: usize = 0;

/**
 * @param out where the classes go
 * @param stamps of floating tuples, one for each class, so that each is found once; else 0
 * @returns how many there are
 */
export function globs(base: usize, table: u32, p: usize, n: u32, out: usize, stamps: usize): u32 {
  program = base;
  at = base + table;
  longest = load<u32>(at, S.GLOBS_LONGEST);
  slashes = findSlashes(p, n, u32.MAX_VALUE);
  to = out;
  found = stamps;
  const words = load<u32>(at, S.GLOBS_WORDS);
  if (!filter(words)) return 0;
  if (stamps) float(load<u32>(left));
  else for (let word: u32 = 0; word < words; word++) probe(word * 32, load<u32>(left + word * 4), 0);
  return (<u32>(to - out)) >> 2;
}

/** Probes floating tuples at each component that their keys begin with. */
function float(tuples: u32): void {
  const sets = program + load<u32>(at, S.GLOBS_STARTS);
  const mask = load<u32>(at, S.GLOBS_START_MASK);
  for (let base: u32 = 0; base <= slashes; base++) {
    count(1);
    findComponent(base);
    if (componentLength - 1 < longest) probe(0, tuples & load<u32>(sets + placeOf(mask) * 4), base);
  }
}

/** The set of the piece at hand. */
function placeOf(mask: u32): u32 {
  countBytes(componentLength);
  return (<u32>(hash(componentPointer, componentLength, 0) >> 32)) & mask;
}

/** Leaves the tuples that every filter allows; false where there are none. */
function filter(words: u32): bool {
  const filters = load<u32>(at, S.GLOBS_FILTERS);
  const rows = load<u32>(at, S.GLOBS_ROWS);
  let row = at + S.GLOBS_FIRST + load<u32>(at, S.GLOBS_TUPLES) * S.GLOB_TUPLE_SIZE;
  const end = row + filters * S.GLOB_FILTER_SIZE;
  memory.fill(left, 0xff, words * 4);
  let any = intersect(end + min(slashes + 1, rows - 1) * words * 4, words);
  for (; row < end && any; row += S.GLOB_FILTER_SIZE) {
    const mask = load<u32>(row, S.GLOB_FILTER_MASK);
    const set = findPiece(load<u32>(row), 0) && componentLength <= longest ? placeOf(mask) : mask + 1;
    any = intersect(program + load<u32>(row, S.GLOB_FILTER_SETS) + set * words * 4, words);
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

/** Looks up the keys of tuples, of which the set's first one has that number. */
function probe(first: u32, tuples: u32, base: u32): void {
  for (; tuples; tuples &= tuples - 1) {
    count(1);
    const bytes = writeKey(first + ctz(tuples), base);
    if (!bytes) continue;
    const value = find(program, load<u32>(at), key, bytes, 0);
    if (value == NOT_FOUND) continue;
    if (found) {
      if (load<u32>(found + value * 4) == currentGeneration()) continue;
      store<u32>(found + value * 4, currentGeneration());
    }
    store<u32>(to, value);
    to += 4;
  }
}

/** Writes the text's key for a tuple and returns its length; 0 where it would be longer than any key, or a piece is not there. */
function writeKey(tuple: u32, base: u32): u32 {
  const row = at + S.GLOBS_FIRST + tuple * S.GLOB_TUPLE_SIZE;
  if (base < load<u16>(row, S.GLOB_TUPLE_BEFORE) || slashes - base < load<u16>(row, S.GLOB_TUPLE_BEHIND)) return 0;
  let piece = program + load<u32>(at, S.GLOBS_PIECES) + load<u16>(row) * 4;
  const end = piece + load<u16>(row, S.GLOB_TUPLE_COUNT) * 4;
  store<u16>(key, <u16>tuple);
  let bytes: u32 = 2;
  for (; piece < end; piece += 4) {
    if (!findPiece(load<u32>(piece), base) || bytes + componentLength >= longest) return 0;
    memory.copy(key + bytes, componentPointer, componentLength);
    bytes += componentLength;
    store<u8>(key + bytes++, 0x2f);
  }
  countBytes(bytes);
  return bytes;
}
