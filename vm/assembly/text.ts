/** Bytes: hash, equality, folding, search. Every span was checked by whoever made it. */
import { count, countBytes } from './counting';

const FIRST: u64 = 0x9e3779b97f4a7c15;
const STEP: u64 = 0xbf58476d1ce4e5b9;
const LAST: u64 = 0x94d049bb133111eb;

/**
 * Hash of a dictionary's key, the same function as `hash` of the compiler, which says how it works. The upper half says
 * where the key lies, the lower one tells it from others there. Who asks for it counts its steps.
 */
export function hash(p: usize, n: u32, seed: u32): u64 {
  return hashHere(p, n, seed);
}

/** The same, inlined where it is called (tools/inlining.mjs). */
export function hashHere(p: usize, n: u32, seed: u32): u64 {
  let key = <u64>(seed + n) * FIRST;
  if (n < 8) return finish(product(key ^ shortWord(p, n)));
  let sum: u64 = 0;
  const last = p + n - 8;
  while (p < last) {
    sum ^= product(load<u64>(p) ^ key);
    key += STEP;
    p += 8;
  }
  return finish(sum ^ product(load<u64>(last) ^ key));
}

/** The hash of eight bytes. */
export function hashWord(word: u64, seed: u32): u64 {
  return finish(product(word ^ (<u64>(seed + 8) * FIRST)));
}

/** The lower half of a product knows nothing of the upper halves of its factors. */
function finish(sum: u64): u64 {
  const h = sum * LAST;
  return h ^ (h >> 32);
}

/** Hash of a directory from that of what encloses it, 0 for nothing, and that of its last component. */
export function hashBelow(directory: u64, component: u64): u64 {
  return finish(rotl<u64>(directory ^ component, 32));
}

/** Product of the two halves. */
function product(word: u64): u64 {
  return (word & 0xffffffff) * (word >> 32);
}

/** All of less than eight bytes. */
function shortWord(p: usize, n: u32): u64 {
  if (n >= 4) return (<u64>load<u32>(p)) | ((<u64>load<u32>(p + n - 4)) << 32);
  if (n == 0) return 0;
  return (<u64>load<u8>(p)) | ((<u64>load<u8>(p + (n >> 1))) << 8) | ((<u64>load<u8>(p + n - 1)) << 16);
}

/** The final mix of MurmurHash3: every bit of the input changes half of the output's. */
export function mix(h: u32): u32 {
  h = (h ^ (h >> 16)) * 0x85ebca6b;
  h = (h ^ (h >> 13)) * 0xc2b2ae35;
  return h ^ (h >> 16);
}

/** Whether `n` bytes are the same at both places. The last word is read where it ends, whether or not it was read before. */
export function equal(p: usize, q: usize, n: u32): bool {
  return equalHere(p, q, n);
}

/** The same, inlined where it is called (tools/inlining.mjs). */
export function equalHere(p: usize, q: usize, n: u32): bool {
  countBytes(n);
  if (n < 8) return shortWord(p, n) == shortWord(q, n);
  const d = q - p;
  const last = p + n - 8;
  // texts that differ do so at their ends more often than at their beginnings
  if (load<u64>(last) != load<u64>(last + d)) return false;
  // two words at a time, which may go over the last one but not over the end
  while (p + 8 < last) {
    if ((load<u64>(p) ^ load<u64>(p + d)) | (load<u64>(p, 8) ^ load<u64>(p + d, 8))) return false;
    p += 16;
  }
  return p >= last || load<u64>(p) == load<u64>(p + d);
}

/** Whether the text [p, n) comes before [q, m) in the order of bytes. */
export function isBefore(p: usize, n: u32, q: usize, m: u32): bool {
  const end = p + min(n, m);
  countBytes(min(n, m));
  for (; p < end; p++, q++) {
    const a = load<u8>(p);
    const b = load<u8>(q);
    if (a != b) return a < b;
  }
  return n < m;
}

/** Copies `n` bytes with A-Z as a-z. */
export function foldInto(to: usize, p: usize, n: u32): void {
  countBytes(n);
  for (let i: u32 = 0; i < n; i++) {
    const c = load<u8>(p + i);
    store<u8>(to + i, c - 65 < 26 ? c + 32 : c);
  }
}

/** Length of the longest border (a prefix that is a suffix too) of each prefix of what is looked for. That of one byte is 0. */
const borders: usize = memory.data((16384 + 2) * 2, 8);

/**
 * Whether the text [p, n) contains [q, m). Linear in both (Knuth, Morris and Pratt 1977), since events choose the texts;
 * borders are found as far as the text makes them necessary, so that a short search in a usual text needs none.
 */
export function contains(p: usize, n: u32, q: usize, m: u32): bool {
  if (m == 0) return true;
  if (m > n) return false;
  const first = load<u8>(q);
  let known: u32 = 1;
  let matched: u32 = 0;
  for (let i: u32 = 0; n - i >= m - matched; i++) {
    count(1);
    const c = load<u8>(p + i);
    while (matched && load<u8>(q + matched) != c) {
      count(1);
      while (known < matched) extendBorders(q, known++);
      matched = <u32>load<u16>(borders + matched * 2);
    }
    if (matched || c == first) matched++;
    if (matched == m) return true;
  }
  return false;
}

/** Finds the border of the first `known` + 1 bytes from those of shorter prefixes. */
function extendBorders(q: usize, known: u32): void {
  const c = load<u8>(q + known);
  let border = <u32>load<u16>(borders + known * 2);
  count(1);
  while (border && load<u8>(q + border) != c) {
    count(1);
    border = <u32>load<u16>(borders + border * 2);
  }
  store<u16>(borders + (known + 1) * 2, <u16>(load<u8>(q + border) == c ? border + 1 : border));
}

/** Length of [p, n) up to and with its last `c`, 0 if there is none. */
export function lastIndexAfter(p: usize, n: u32, c: u8): u32 {
  countBytes(n);
  while (n > 0 && load<u8>(p + n - 1) != c) n--;
  return n;
}
