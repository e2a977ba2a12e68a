/** Components of a text between slashes, found eight bytes at a time. */
import { countBytes } from './counting';
import * as S from './generated/spec';

const SLASHES: u64 = 0x2f2f2f2f2f2f2f2f;
const LOW_BITS: u64 = 0x7f7f7f7f7f7f7f7f;

/** Offsets behind the slashes, u16 each. */
const slashes: usize = memory.data(S.LIMIT_TEXT_BYTES * 2, 8);
let slashCount: u32 = 0;
let start: usize = 0;
let length: u32 = 0;

/** The component, or the part of one, that was found last. */
export let componentPointer: usize = 0;
export let componentLength: u32 = 0;

/** The high bit of each byte that is a slash, and nothing else. */
function slashesOf(word: u64): u64 {
  const x = word ^ SLASHES;
  return ~(((x & LOW_BITS) + LOW_BITS) | x | LOW_BITS);
}

/**
 * Finds the first slashes of [p, n).
 * @returns how many there are, and no more than `most`
 */
export function findSlashes(p: usize, n: u32, most: u32): u32 {
  start = p;
  length = n;
  let found: u32 = 0;
  let i: u32 = 0;
  while (found < most && i + 8 <= n) {
    let bits = slashesOf(load<u64>(p + i));
    while (bits && found < most) {
      store<u16>(slashes + found++ * 2, <u16>(i + <u32>(ctz(bits) >> 3) + 1));
      bits &= bits - 1;
    }
    i += 8;
  }
  while (found < most && i < n) {
    if (load<u8>(p + i) == 0x2f) store<u16>(slashes + found++ * 2, <u16>(i + 1));
    i++;
  }
  countBytes(min(i, n));
  slashCount = found;
  return found;
}

/** Offset behind the slash of that number. */
export function slashAt(number: u32): u32 {
  return load<u16>(slashes + number * 2);
}

/** Whether there is a component of that number, and where. */
export function findComponent(number: u32): bool {
  if (number > slashCount) return false;
  const from = number ? slashAt(number - 1) : 0;
  const to = number < slashCount ? slashAt(number) - 1 : length;
  componentPointer = start + from;
  componentLength = to - from;
  return true;
}

/**
 * Whether there is a piece (GLOB_PIECE), and where. All slashes must have been found.
 * @param base number of the component that a floating tuple is probed at
 */
export function findPiece(piece: u32, base: u32): bool {
  let number = piece & S.GLOB_PIECE_PLACE;
  if (piece & S.GLOB_PIECE_END) number = slashCount - number;
  if (piece & S.GLOB_PIECE_BASE) number += base;
  if (!findComponent(number)) return false;
  if (!(piece & S.GLOB_PIECE_PART)) return true;
  const least = piece >> S.GLOB_PIECE_LEAST_SHIFT;
  if (piece & S.GLOB_PIECE_FIXED ? componentLength != least : componentLength < least) return false;
  const offset = (piece >> S.GLOB_PIECE_OFFSET_SHIFT) & S.GLOB_PIECE_MAX_OFFSET;
  const bytes = (piece >> S.GLOB_PIECE_LENGTH_SHIFT) & S.GLOB_PIECE_MAX_LENGTH;
  componentPointer += piece & S.GLOB_PIECE_LAST ? componentLength - offset - bytes : offset;
  componentLength = bytes;
  return true;
}
