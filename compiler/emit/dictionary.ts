/**
 * Two-choice cuckoo dictionaries (Pagh and Rodler, ESA 2001): see DICT in the specification for the layout. Placement is a
 * fixed sequence, so that the same input gives the same bytes; a set of keys that resists it gets another seed, and room.
 */
import type { Bytes } from '../../vm/bundle/normal.ts';
import { DICT } from '../../vm/spec/index.ts';
import { hash, mix } from './hash.ts';
import type { Writer } from './writer.ts';

const SLOTS = 4;
const FULL = 0.85;
const SEEDS = 16;
const EMPTY = -1;

/**
 * Writes a dictionary and its records.
 * @param items distinct keys with a u32 value each
 * @returns its offset
 */
export const writeDictionary = (w: Writer, items: readonly (readonly [Bytes, number])[]): number => {
  const { mask, seed, slots, hashes } = place(items.map(([key]) => key));
  const at = w.reserve(DICT.header + (mask + 1) * DICT.bucket, 8);
  w.u32(at + DICT.mask, mask);
  w.u32(at + DICT.seed, seed);
  for (let slot = 0; slot < slots.length; slot++) {
    const item = slots[slot];
    if (item === EMPTY) continue;
    const [key, value] = items[item];
    const record = w.reserve(8 + key.length);
    w.u32(record, value);
    w.u32(record + 4, key.length);
    w.text(record + 8, key);
    w.u32(at + DICT.header + slot * DICT.slot, hashes[item]);
    w.u32(at + DICT.header + slot * DICT.slot + 4, record);
  }
  w.reserve(0);
  return at;
};

interface Placed {
  readonly mask: number;
  readonly seed: number;
  /** Item of each slot. */
  readonly slots: Int32Array;
  readonly hashes: Uint32Array;
}

const place = (keys: readonly Bytes[]): Placed => {
  let buckets = 1;
  while (buckets * SLOTS * FULL < keys.length) buckets *= 2;
  for (let n = buckets; ; n *= 2) {
    if (n > buckets * 1024) throw new Error(`BUG: no placement for ${keys.length} keys`);
    for (let i = 0; i < SEEDS; i++) {
      const seed = mix(i * 0x9e3779b9 + 1);
      const hashes = Uint32Array.from(keys, (key) => hash(key, seed));
      const slots = sharesFew(hashes) ? fill(hashes, n - 1) : null;
      if (slots) return { mask: n - 1, seed, slots, hashes };
    }
  }
};

/** At most DICT.maxSame keys share a hash: what a probe compares is bounded. */
const sharesFew = (hashes: Uint32Array): boolean => {
  const sorted = hashes.slice().sort();
  for (let i = DICT.maxSame; i < sorted.length; i++) if (sorted[i] === sorted[i - DICT.maxSame]) return false;
  return true;
};

/** Random-walk insertion with a fixed sequence of choices; null where a key finds no place. */
const fill = (hashes: Uint32Array, mask: number): Int32Array | null => {
  const slots = new Int32Array((mask + 1) * SLOTS).fill(EMPTY);
  let random = 1;
  for (let item = 0; item < hashes.length; item++) {
    let homeless = item;
    let bucket = hashes[item] & mask;
    for (let kicks = 0; homeless !== EMPTY; kicks++) {
      if (kicks > 500) return null;
      const other = otherBucket(hashes[homeless], bucket, mask);
      const free = freeSlot(slots, bucket) ?? freeSlot(slots, other);
      if (free !== null) {
        slots[free] = homeless;
        break;
      }
      random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
      const victim = (random & (1 << 20) ? other : bucket) * SLOTS + (random >>> 30);
      const evicted = slots[victim];
      slots[victim] = homeless;
      bucket = otherBucket(hashes[evicted], Math.floor(victim / SLOTS), mask);
      homeless = evicted;
    }
  }
  return slots;
};

const otherBucket = (h: number, bucket: number, mask: number): number => {
  const first = h & mask;
  return bucket === first ? mix(h) & mask : first;
};

const freeSlot = (slots: Int32Array, bucket: number): number | null => {
  for (let i = bucket * SLOTS; i < (bucket + 1) * SLOTS; i++) if (slots[i] === EMPTY) return i;
  return null;
};
