/** Bytes: hash, equality, folding, search. Every span was checked by whoever made it. */
import { count, countBytes } from './counting';

/** MurmurHash3 x86_32 (Austin Appleby, public domain description); the compiler's `emit/hash.ts` is the same function. */
export function hash(p: usize, n: u32, seed: u32): u32 {
  countBytes(n);
  let h = seed;
  const words = p + (n & ~3);
  let at = p;
  while (at < words) {
    h ^= rotl<u32>(load<u32>(at) * 0xcc9e2d51, 15) * 0x1b873593;
    h = rotl<u32>(h, 13) * 5 + 0xe6546b64;
    at += 4;
  }
  let k: u32 = 0;
  const rest = n & 3;
  if (rest == 3) k = ((<u32>load<u8>(at, 2)) << 16) | (<u32>load<u16>(at));
  else if (rest == 2) k = <u32>load<u16>(at);
  else if (rest == 1) k = <u32>load<u8>(at);
  if (rest) h ^= rotl<u32>(k * 0xcc9e2d51, 15) * 0x1b873593;
  return mix(h ^ n);
}

/** The final mix of MurmurHash3: every bit of the input changes half of the output's. */
export function mix(h: u32): u32 {
  h = (h ^ (h >> 16)) * 0x85ebca6b;
  h = (h ^ (h >> 13)) * 0xc2b2ae35;
  return h ^ (h >> 16);
}

/** Whether `n` bytes are the same at both places. */
export function equal(p: usize, q: usize, n: u32): bool {
  countBytes(n);
  let i: u32 = 0;
  while (i + 8 <= n) {
    if (load<u64>(p + i) != load<u64>(q + i)) return false;
    i += 8;
  }
  while (i < n) {
    if (load<u8>(p + i) != load<u8>(q + i)) return false;
    i++;
  }
  return true;
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
