/** Components of a text between slashes, found eight bytes at a time. */
import { countBytes } from './counting';
import * as S from './generated/spec';

const SLASHES: u64 = 0x2f2f2f2f2f2f2f2f;
const LOW_BITS: u64 = 0x7f7f7f7f7f7f7f7f;

/** Offsets behind the slashes from the front, and from the end. */
const front: usize = memory.data((S.GLOBS_MAX_COMPONENTS + 1) * 4, 4);
const back: usize = memory.data((S.GLOBS_MAX_COMPONENTS + 1) * 4, 4);
let frontCount: u32 = 0;
let backCount: u32 = 0;
let start: usize = 0;
let length: u32 = 0;

/** The component that `firstComponent` or `lastComponent` found. */
export let componentPointer: usize = 0;
export let componentLength: u32 = 0;

/** The high bit of each byte that is a slash, and nothing else. */
function slashesOf(word: u64): u64 {
  const x = word ^ SLASHES;
  return ~(((x & LOW_BITS) + LOW_BITS) | x | LOW_BITS);
}

/**
 * Finds the first slashes of [p, n).
 * @param most at most S.GLOBS_MAX_COMPONENTS
 * @returns how many there are, and no more than `most`
 */
export function findSlashes(p: usize, n: u32, most: u32): u32 {
  start = p;
  length = n;
  let found: u32 = 0;
  let i: u32 = 0;
  while (found < most && i + 8 <= n) {
    let slashes = slashesOf(load<u64>(p + i));
    while (slashes && found < most) {
      store<u32>(front + found++ * 4, i + <u32>(ctz(slashes) >> 3) + 1);
      slashes &= slashes - 1;
    }
    i += 8;
  }
  while (found < most && i < n) {
    if (load<u8>(p + i) == 0x2f) store<u32>(front + found++ * 4, i + 1);
    i++;
  }
  countBytes(min(i, n));
  frontCount = found;
  return found;
}

/** Finds the last slashes of the same text, likewise. */
export function findLastSlashes(most: u32): void {
  const p = start;
  let found: u32 = 0;
  let i = length;
  while (found < most && i >= 8) {
    i -= 8;
    let slashes = slashesOf(load<u64>(p + i));
    while (slashes && found < most) {
      const at = 63 - <u32>clz(slashes);
      store<u32>(back + found++ * 4, i + (at >> 3) + 1);
      slashes &= ~((<u64>1) << at);
    }
  }
  while (found < most && i > 0) {
    i--;
    if (load<u8>(p + i) == 0x2f) store<u32>(back + found++ * 4, i + 1);
  }
  countBytes(length - i);
  backCount = found;
}

/** Offset behind the slash of that number, from the front. */
export function slashAt(number: u32): u32 {
  return load<u32>(front + number * 4);
}

/** Whether there is a component at a place from the front, and where. */
export function firstComponent(place: u32): bool {
  if (place > frontCount) return false;
  const from = place ? load<u32>(front + place * 4 - 4) : 0;
  const to = place < frontCount ? load<u32>(front + place * 4) - 1 : length;
  componentPointer = start + from;
  componentLength = to - from;
  return true;
}

/** Whether there is a component at a place from the end, and where. */
export function lastComponent(place: u32): bool {
  if (place > backCount) return false;
  const from = place < backCount ? load<u32>(back + place * 4) : 0;
  const to = place ? load<u32>(back + place * 4 - 4) - 1 : length;
  componentPointer = start + from;
  componentLength = to - from;
  return true;
}
