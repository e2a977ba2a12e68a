/** Where the records of a batch lie: one behind the other, or in a copied span of a BPF ring buffer. */
import * as S from './generated/spec';

let start: usize = 0;
let length: u32 = 0;
/** Where the next record is looked for. */
export let at: u32 = 0;
let isRing: bool = false;

/** The record that `nextRecord` found, and the bytes that it has at most: 0 where its size cannot be believed. */
export let found: usize = 0;
export let foundRoom: u32 = 0;

/** Takes records out of [p, p + n) from now on; in a ring each has a header. */
export function beginSpan(p: usize, n: u32, ring: bool): void {
  start = p;
  length = n;
  at = 0;
  isRing = ring;
}

/** Makes a record that was found before the one that was found last. */
export function goBack(record: usize, room: u32, behind: u32): void {
  found = record;
  foundRoom = room;
  at = behind;
}

/** Finds the next record; one whose size cannot be believed is the last. */
export function nextRecord(): bool {
  return isRing ? nextInRing() : nextInSpan();
}

function nextInSpan(): bool {
  const rest = length - at;
  if (rest == 0) return false;
  found = start + at;
  const size: u32 = rest < S.RECORD_HEADER ? 0 : load<u32>(found);
  const sized = size >= S.RECORD_HEADER && size <= rest && !(size & 7);
  foundRoom = sized ? size : 0;
  at = sized ? at + size : length;
  return true;
}

/** Stops at a record that is still being written, skips discarded ones. */
function nextInRing(): bool {
  while (length - at >= S.RING_HEADER) {
    const header = load<u32>(start + at);
    if (header & S.RING_BUSY) return false;
    const rest = length - at - S.RING_HEADER;
    const size = header & ~S.RING_DISCARD;
    const padded = (size + 7) & ~7;
    found = start + at + S.RING_HEADER;
    foundRoom = size <= rest ? size : 0;
    at = padded <= rest ? at + S.RING_HEADER + padded : length;
    if (!(header & S.RING_DISCARD)) return true;
  }
  return false;
}
