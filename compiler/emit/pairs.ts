/** Tables from two classes to a ref: see PAIRS in the specification for the layout, `cuckoo.ts` for where keys go. */
import { PAIRS } from '../../vm/spec/index.ts';
import { place, type Placed } from './cuckoo.ts';
import { hashed, hashWords, highProduct, secondPlace } from './hash.ts';
import type { Writer } from './writer.ts';

/** Seeds that are tried for a number of buckets. */
const SEEDS = 16;
/** Places taken of each ten. */
const FULL = 9 / 10;

/**
 * Writes a table of distinct pairs.
 * @returns its offset
 */
export const writePairs = (
  w: Writer,
  as: ArrayLike<number>,
  bs: ArrayLike<number>,
  refs: ArrayLike<number>,
): number => {
  const { buckets, seed, slots, overflows } = placePairs(as, bs);
  const at = w.reserve(PAIRS.header + buckets * PAIRS.bucket, 64, PAIRS.header);
  w.u32(at + PAIRS.buckets, buckets);
  w.u32(at + PAIRS.seed, seed);
  for (let bucket = 0; bucket < buckets; bucket++) {
    const row = at + PAIRS.header + bucket * PAIRS.bucket;
    w.u32(row + PAIRS.overflow, overflows[bucket]);
    for (let i = 0; i < PAIRS.slots; i++) {
      const pair = slots[bucket * PAIRS.slots + i];
      if (pair < 0) continue;
      w.u32(row + i * 8, as[pair]);
      w.u32(row + i * 8 + 4, bs[pair]);
      w.u32(row + PAIRS.refs + i * 4, refs[pair]);
    }
  }
  return at;
};

/** Pairs that resist their table get another seed, and at last room. */
const placePairs = (
  as: ArrayLike<number>,
  bs: ArrayLike<number>,
): Placed & { readonly buckets: number; readonly seed: number } => {
  const n = as.length;
  const [firsts, seconds] = [new Uint32Array(n), new Uint32Array(n)];
  for (
    let buckets = Math.max(1, Math.ceil(n / (PAIRS.slots * FULL)));
    buckets <= PAIRS.maxBuckets;
    buckets += (buckets >>> 4) + 1
  ) {
    for (let i = 0; i < SEEDS; i++) {
      const seed = Math.imul(i + 1, PAIRS.second) >>> 0;
      for (let k = 0; k < n; k++) {
        hashWords(as[k], bs[k], seed);
        firsts[k] = highProduct(hashed.place, buckets);
        seconds[k] = highProduct(secondPlace(), buckets);
      }
      const placed = place(firsts, seconds, buckets, PAIRS.slots);
      if (placed) return { ...placed, buckets, seed };
    }
  }
  throw new Error(`BUG: no placement for ${n} pairs`);
};
