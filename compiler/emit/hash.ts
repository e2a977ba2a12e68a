/**
 * The hash of dictionary keys: the same function as in `vm/assembly/text.ts`, so that both find the same bucket.
 *
 * Eight bytes a round: their two halves, each combined with a part of a key that depends on the round, are multiplied to 64
 * bits, and the products are combined (the NH family of UMAC: Black et al., CRYPTO '99, with exclusive or). The rounds do
 * not wait for one another, which is what makes it fast in the VM. The last round takes the last eight bytes, whether or
 * not they were read before; the length is part of the key.
 */
import type { Bytes } from '../../vm/bundle/normal.ts';
import { DICT } from '../../vm/spec/index.ts';

/** Odd multipliers of 64 bits, as halves: of the first key, of the step from key to key, and of the result. */
const FIRST = { low: 0x7f4a7c15, high: 0x9e3779b9 };
const STEP = { low: 0x1ce4e5b9, high: 0xbf58476d };
const SECOND = DICT.second;
const LAST = { low: 0x133111eb, high: 0x94d049bb };

/** The two halves of the last hash: where a key lies, and how it is told from others there. */
export const hashed = { place: 0, tag: 0 };

/** Hashes a text into `hashed`. */
export const hash = (text: Bytes, seed: number): void => {
  const n = text.length;
  let low = (seed + n) >>> 0;
  let keyLow = Math.imul(low, FIRST.low) >>> 0;
  let keyHigh = (highProduct(low, FIRST.low) + Math.imul(low, FIRST.high)) >>> 0;
  let high = 0;
  low = 0;
  const last = n - 8;
  for (let i = 0; i < last; i += 8) {
    const a = (word(text, i) ^ keyLow) >>> 0;
    const b = (word(text, i + 4) ^ keyHigh) >>> 0;
    low ^= Math.imul(a, b);
    high ^= highProduct(a, b);
    const sum = keyLow + STEP.low;
    keyHigh = (keyHigh + STEP.high + (sum > 0xffffffff ? 1 : 0)) >>> 0;
    keyLow = sum >>> 0;
  }
  const a = ((n >= 8 ? word(text, last) : firstWord(text)) ^ keyLow) >>> 0;
  const b = ((n >= 4 ? word(text, n - 4) : 0) ^ keyHigh) >>> 0;
  finish((low ^ Math.imul(a, b)) >>> 0, high ^ highProduct(a, b));
};

/** Hashes two u32 into `hashed`, as `hash` would their eight bytes. */
export const hashWords = (a: number, b: number, seed: number): void => {
  const start = (seed + 8) >>> 0;
  const x = (a ^ Math.imul(start, FIRST.low)) >>> 0;
  const y = (b ^ (highProduct(start, FIRST.low) + Math.imul(start, FIRST.high))) >>> 0;
  finish(Math.imul(x, y) >>> 0, highProduct(x, y));
};

const finish = (low: number, high: number): void => {
  hashed.place = (highProduct(low, LAST.low) + Math.imul(low, LAST.high) + Math.imul(high, LAST.low)) >>> 0;
  // the lower half of a product knows nothing of the upper halves of its factors
  hashed.tag = (Math.imul(low, LAST.low) ^ hashed.place) >>> 0;
};

/** What stands for `place` where the second of the buckets of the last hash is asked for. */
export const secondPlace = (): number => (Math.imul(hashed.tag, SECOND) ^ hashed.place) >>> 0;

/** Hashes the components of a directory, each up to its slash, into `hashed`: one by one, so that enclosing ones come on the way. */
export const hashDirectory = (directory: Bytes, seed: number): void => {
  let place = 0;
  let tag = 0;
  for (let from = 0; from < directory.length;) {
    const slash = directory.indexOf('/', from);
    hash(directory.slice(from, slash), seed);
    finish((place ^ hashed.place) >>> 0, tag ^ hashed.tag);
    ({ place, tag } = hashed);
    from = slash + 1;
  }
};

/** Upper half of the product of two u32. */
export const highProduct = (a: number, b: number): number => {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  const middle = a1 * b0 + ((a0 * b0) >>> 16);
  return (a1 * b1 + (middle >>> 16) + ((a0 * b1 + (middle & 0xffff)) >>> 16)) >>> 0;
};

const word = (text: Bytes, i: number): number =>
  text.charCodeAt(i) | (text.charCodeAt(i + 1) << 8) | (text.charCodeAt(i + 2) << 16) | (text.charCodeAt(i + 3) << 24);

/** Of less than eight bytes the first four; of less than four, three: the first, the middle one and the last. */
const firstWord = (text: Bytes): number => {
  const n = text.length;
  if (n >= 4) return word(text, 0);
  if (n === 0) return 0;
  return text.charCodeAt(0) | (text.charCodeAt(n >> 1) << 8) | (text.charCodeAt(n - 1) << 16);
};
