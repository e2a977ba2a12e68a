/** Tables of directories and globs: whether everything in them stays inside, and what their runs can cost. */
import * as S from '../generated/spec';
import { at, isInside, passes } from './bounds';
import { CLASS_BELOW_LIMIT, ANY_VALUE, isDictionary, probeSteps } from './tables';

/** Directories: each comes after the one that encloses it, and says how long its chain is: at most `cap`. */
export function isDirectories(offset: u32, cap: u32): bool {
  if (!isInside(offset, 1, S.DIRECTORIES_FIRST)) return false;
  const n = at(offset + S.DIRECTORIES_COUNT);
  const rows = offset + S.DIRECTORIES_FIRST;
  if (n > S.DIRECTORY_PARENT_MASK || !isInside(rows, n, S.DIRECTORY_SIZE)) return false;
  if (at(offset + S.DIRECTORIES_LONGEST) > S.LIMIT_TEXT_BYTES) return false;
  for (let i: u32 = 0; i < n; i++) {
    const word = parentOf(rows, i);
    const parent = word & S.DIRECTORY_PARENT_MASK;
    const depth = word >> S.DIRECTORY_DEPTH_SHIFT;
    if (parent > i || depth > cap) return false;
    if (depth != 1 + (parent ? parentOf(rows, parent - 1) >> S.DIRECTORY_DEPTH_SHIFT : 0)) return false;
  }
  return isDictionary(at(offset), CLASS_BELOW_LIMIT, n);
}

function parentOf(rows: u32, directory: u32): u32 {
  return at(rows + directory * S.DIRECTORY_SIZE + S.DIRECTORY_PARENT);
}

/** Steps of a run, without the operand's. */
export function directorySteps(offset: u32, cap: u64): u64 {
  const longest = <u64>at(offset + S.DIRECTORIES_LONGEST);
  const levels = at(offset + S.DIRECTORIES_LEVELS);
  return 2 * passes(longest) + <u64>(32 - clz(levels)) + <u64>popcnt(levels) * (2 + passes(longest)) + cap;
}

/** Globs: of tuples no more than `cap` are allowed by one number of components; of floating ones there are as many classes. */
export function isGlobs(offset: u32, cap: u32, floating: bool): bool {
  if (!isInside(offset, 1, S.GLOBS_FIRST)) return false;
  const tuples = at(offset + S.GLOBS_TUPLES);
  const words = at(offset + S.GLOBS_WORDS);
  const filters = at(offset + S.GLOBS_FILTERS);
  const rows = at(offset + S.GLOBS_ROWS);
  if (tuples == 0 || tuples > S.GLOBS_MAX_TUPLES || words != (tuples + 31) / 32) return false;
  if (at(offset + S.GLOBS_LONGEST) > S.GLOBS_MAX_KEY || rows == 0 || rows > S.GLOBS_MAX_COMPONENTS + 2) return false;
  if (filters > S.GLOBS_MAX_FILTERS) return false;
  const filtersAt = offset + S.GLOBS_FIRST + tuples * S.GLOB_TUPLE_SIZE;
  const rowsAt = filtersAt + filters * S.GLOB_FILTER_SIZE;
  if (!isInside(offset, 1, rowsAt - offset) || !isInside(rowsAt, rows, words * 4)) return false;
  for (let i: u32 = 0; i < tuples; i++) {
    const row = offset + S.GLOBS_FIRST + i * S.GLOB_TUPLE_SIZE;
    if (!arePieces(at(offset + S.GLOBS_PIECES) + (at(row) & 0xffff) * 4, at(row) >> 16)) return false;
  }
  for (let i: u32 = 0; i < filters; i++) {
    const row = filtersAt + i * S.GLOB_FILTER_SIZE;
    if (!arePieces(row, 1) || !areSets(row + S.GLOB_FILTER_MASK, words)) return false;
  }
  if (!areSets(offset + S.GLOBS_START_MASK, 1)) return false;
  for (let i: u32 = 0; i < rows; i++) {
    const allowed = tuplesOf(rowsAt + i * words * 4, words, tuples);
    if (allowed > tuples || (allowed > cap && !floating)) return false;
  }
  if (!floating) return isDictionary(at(offset), ANY_VALUE, 0);
  return tuples <= S.GLOBS_MAX_FLOATING && isDictionary(at(offset), CLASS_BELOW_LIMIT, cap);
}

/** Pieces whose parts lie in components that are long enough. */
function arePieces(offset: u32, n: u32): bool {
  if (!isInside(offset, n, 4)) return false;
  for (let i: u32 = 0; i < n; i++) {
    const piece = at(offset + i * 4);
    const bytes = (piece >> S.GLOB_PIECE_LENGTH_SHIFT) & S.GLOB_PIECE_MAX_LENGTH;
    const end = bytes + ((piece >> S.GLOB_PIECE_OFFSET_SHIFT) & S.GLOB_PIECE_MAX_OFFSET);
    if (piece & S.GLOB_PIECE_PART && end > piece >> S.GLOB_PIECE_LEAST_SHIFT) return false;
  }
  return true;
}

/** A mask of hashes, and behind it where their sets are, with one for nothing. */
function areSets(row: u32, words: u32): bool {
  const mask = at(row);
  return mask <= S.GLOBS_MAX_MASK && !(mask & (mask + 1)) && isInside(at(row + 4), mask + 2, words * 4);
}

/** Tuples that a row allows; more than there are where it allows others. */
function tuplesOf(row: u32, words: u32, tuples: u32): u32 {
  let allowed: u32 = 0;
  for (let word: u32 = 0; word < words; word++) {
    const set = at(row + word * 4);
    const here = min(tuples - word * 32, 32);
    if (here < 32 && set >> here) return u32.MAX_VALUE;
    allowed += popcnt(set);
  }
  return allowed;
}

/** Steps of a run over texts of `length` bytes, without the operand's, with so many probes of tuples. */
export function globSteps(offset: u32, length: u64, probes: u64): u64 {
  const words = <u64>at(offset + S.GLOBS_WORDS);
  const filters = <u64>at(offset + S.GLOBS_FILTERS);
  const longest = <u64>at(offset + S.GLOBS_LONGEST);
  const tuple = 1 + passes(longest) + probeSteps(longest);
  return passes(length) + words + filters * (words + passes(longest)) + probes * tuple;
}

/** The same for floating tuples: at each component that is not empty, all of which are hashed. */
export function floatingSteps(offset: u32, length: u64): u64 {
  const places = (length + 1) >> 1;
  const tuples = <u64>at(offset + S.GLOBS_TUPLES);
  return length + 1 + places + passes(length) + globSteps(offset, length, places * tuples);
}
