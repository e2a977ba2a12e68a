/** Dictionaries of texts: see DICT in the specification for the layout, `cuckoo.ts` for where keys go. */
import type { Bytes } from '../../vm/bundle/normal.ts';
import { DICT, DICT_RECORD } from '../../vm/spec/index.ts';
import { type Placed, place } from './cuckoo.ts';
import { hash, hashed, highProduct, secondPlace } from './hash.ts';
import type { Writer } from './writer.ts';

/** Seeds that are tried for a number of buckets. */
const SEEDS = 16;
const SLOTS = DICT.bucket / DICT.slot;

/** A hash that leaves its result in `hashed`. */
export type Hash = (key: Bytes, seed: number) => void;

/**
 * Writes a dictionary and its records, these in the order of the slots, so that reading all reads forward.
 * @param items distinct keys with a u32 value each
 * @param hashOf what the VM's look-up hashes with
 * @returns its offset
 */
export const writeDictionary = (
  w: Writer,
  items: readonly (readonly [Bytes, number])[],
  hashOf: Hash = hash,
): number => {
  const { buckets, seed, slots, tags, overflows } = placeKeys(items, hashOf);
  const at = w.reserve(DICT.header + buckets * DICT.bucket, 8);
  w.u32(at + DICT.buckets, buckets);
  w.u32(at + DICT.seed, seed);
  for (let slot = 0; slot < slots.length; slot++) {
    const item = slots[slot];
    const overflow = slot % SLOTS === 0 && overflows[slot / SLOTS] === 1 ? DICT.overflow : 0;
    const row = at + DICT.header + slot * DICT.slot;
    if (item < 0) {
      if (overflow) w.u32(row + 4, overflow);
      continue;
    }
    const [key, value] = items[item];
    const record = w.reserve(DICT_RECORD.bytes + key.length, 1);
    w.u32(record + DICT_RECORD.value, value);
    w.u16(record + DICT_RECORD.length, key.length);
    w.text(record + DICT_RECORD.bytes, key);
    w.u32(row, tags[item]);
    w.u32(row + 4, record + overflow);
  }
  return at;
};

interface PlacedKeys extends Placed {
  readonly buckets: number;
  readonly seed: number;
  readonly tags: Uint32Array;
}

/** A set of keys that resists its table gets another seed, and at last room. */
const placeKeys = (items: readonly (readonly [Bytes, number])[], hashOf: Hash): PlacedKeys => {
  const n = items.length;
  const [places, tags] = [new Uint32Array(n), new Uint32Array(n)];
  const [firsts, seconds] = [new Uint32Array(n), new Uint32Array(n)];
  for (let buckets = bucketsFor(n); buckets <= DICT.maxBuckets; buckets += (buckets >>> 4) + 1) {
    for (let i = 0; i < SEEDS; i++) {
      const seed = Math.imul(i + 1, DICT.second) >>> 0;
      for (let k = 0; k < n; k++) {
        hashOf(items[k][0], seed);
        places[k] = hashed.place;
        tags[k] = hashed.tag;
        firsts[k] = highProduct(hashed.place, buckets);
        seconds[k] = highProduct(secondPlace(), buckets);
      }
      const placed = tellApart(tags, firsts, seconds) ? place(firsts, seconds, buckets, SLOTS) : null;
      if (placed) return { ...placed, buckets, seed, tags };
    }
  }
  throw new Error(`BUG: no placement for ${n} keys`);
};

/** Seven slots of eight are taken: the look-up of a key that is not there is likely to end in its first bucket. */
const bucketsFor = (keys: number): number => Math.max(1, Math.ceil(keys / (SLOTS * 0.875)));

/** Whether no two keys with one tag share a bucket. */
const tellApart = (tags: Uint32Array, firsts: Uint32Array, seconds: Uint32Array): boolean => {
  const sorted = tags.slice().sort();
  const twice = new Map<number, number[]>();
  for (let i = 1; i < sorted.length; i++) if (sorted[i] === sorted[i - 1]) twice.set(sorted[i], []);
  if (twice.size === 0) return true;
  for (let i = 0; i < tags.length; i++) twice.get(tags[i])?.push(i);
  for (const items of twice.values()) {
    const own = items.map((i) => new Set([firsts[i], seconds[i]]));
    const all = new Set(own.flatMap((buckets) => [...buckets]));
    if (all.size < own.reduce((sum, { size }) => sum + size, 0)) return false;
  }
  return true;
};
