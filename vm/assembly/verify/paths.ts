/** Tables of directories and globs: whether everything in them stays inside, and what their runs can cost. */
import * as S from '../generated/spec';
import { at, isInside, passes, program } from './bounds';
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

/** Globs, of whose tuples no more than `cap` are allowed by one number of components. */
export function isGlobs(offset: u32, cap: u32): bool {
  if (!isInside(offset, 1, S.GLOBS_FIRST)) return false;
  const tuples = at(offset + S.GLOBS_TUPLES);
  const words = at(offset + S.GLOBS_WORDS);
  const filters = at(offset + S.GLOBS_FILTERS);
  const rows = at(offset + S.GLOBS_ROWS);
  if (tuples == 0 || tuples > S.GLOBS_MAX_TUPLES || words != (tuples + 31) / 32) return false;
  if (at(offset + S.GLOBS_LONGEST) > S.GLOBS_MAX_KEY || rows == 0 || rows > S.GLOBS_MAX_COMPONENTS + 2) return false;
  if (at(offset + S.GLOBS_SLASHES) > S.GLOBS_MAX_COMPONENTS) return false;
  if (at(offset + S.GLOBS_FROM_END) > S.GLOBS_MAX_COMPONENTS || filters > 2 * S.GLOBS_MAX_COMPONENTS) return false;
  const filtersAt = offset + S.GLOBS_FIRST + tuples * S.GLOB_TUPLE_SIZE;
  const rowsAt = filtersAt + filters * S.GLOB_FILTER_SIZE;
  const size = S.GLOBS_FIRST + tuples * S.GLOB_TUPLE_SIZE + filters * S.GLOB_FILTER_SIZE;
  if (!isInside(offset, 1, size) || !isInside(rowsAt, rows, words * 4)) return false;
  for (let i: u32 = 0; i < filters; i++) {
    if (!isFilter(filtersAt + i * S.GLOB_FILTER_SIZE, words)) return false;
  }
  for (let i: u32 = 0; i < rows; i++) {
    if (!isRow(rowsAt + i * words * 4, words, tuples, cap)) return false;
  }
  return isDictionary(at(offset), ANY_VALUE, 0);
}

function isFilter(row: u32, words: u32): bool {
  const place = at(row);
  const mask = at(row + S.GLOB_FILTER_MASK);
  if ((place & ~S.GLOB_FILTER_END) >= S.GLOBS_MAX_COMPONENTS) return false;
  if (mask > S.GLOB_FILTER_MAX_MASK || mask & (mask + 1)) return false;
  return isInside(at(row + S.GLOB_FILTER_SETS), mask + 2, words * 4);
}

/** A row allows tuples that there are. */
function isRow(row: u32, words: u32, tuples: u32, cap: u32): bool {
  let allowed: u32 = 0;
  for (let word: u32 = 0; word < words; word++) {
    const set = load<u32>(program() + row + word * 4);
    const here = min(tuples - word * 32, 32);
    if (here < 32 && set >> here) return false;
    allowed += popcnt(set);
  }
  return allowed <= cap;
}

/** Steps of a run over texts of `length` bytes, without the operand's. */
export function globSteps(offset: u32, length: u64, cap: u64): u64 {
  const words = <u64>at(offset + S.GLOBS_WORDS);
  const filters = <u64>at(offset + S.GLOBS_FILTERS);
  const longest = <u64>at(offset + S.GLOBS_LONGEST);
  const scans: u64 = at(offset + S.GLOBS_FROM_END) ? 2 : 1;
  const tuple = 1 + passes(longest) + probeSteps(longest);
  return scans * passes(length) + words + filters * (words + passes(longest)) + cap * tuple;
}
