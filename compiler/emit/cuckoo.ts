/**
 * Two-choice cuckoo placement (Pagh and Rodler, ESA 2001) into buckets of several slots (Dietzfelbinger and Weidling 2007).
 * Items are moved by a random walk with a fixed sequence of choices, so that the same input gives the same bytes.
 */

/** Moves after which an item counts as without a place. */
const KICKS = 1000;

export interface Placed {
  /** Item of each slot, -1 for none; the empty slots of a bucket are its last. */
  readonly slots: Int32Array;
  /** 1 for each bucket that is the first of an item which lies in its second. */
  readonly overflows: Uint8Array;
}

/**
 * @param firsts first bucket of each item
 * @param seconds second bucket of each item
 * @returns null where an item finds no place
 */
export const place = (
  firsts: Uint32Array,
  seconds: Uint32Array,
  buckets: number,
  slotsPerBucket: number,
): Placed | null => {
  if (firsts.length > buckets * slotsPerBucket) return null;
  const slots = new Int32Array(buckets * slotsPerBucket).fill(-1);
  const free = (bucket: number): number => {
    for (let i = bucket * slotsPerBucket; i < (bucket + 1) * slotsPerBucket; i++) if (slots[i] < 0) return i;
    return -1;
  };
  let random = 1;
  for (let item = 0; item < firsts.length; item++) {
    let homeless = item;
    let from = -1;
    for (let kicks = 0; ; kicks++) {
      if (kicks > KICKS) return null;
      let slot = free(firsts[homeless]);
      if (slot < 0) slot = free(seconds[homeless]);
      if (slot >= 0) {
        slots[slot] = homeless;
        break;
      }
      // not back to where it was just driven out of, if there is another place
      const to = firsts[homeless] === from ? seconds[homeless] : firsts[homeless];
      random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
      const victim = to * slotsPerBucket + ((random >>> 8) % slotsPerBucket);
      const evicted = slots[victim];
      slots[victim] = homeless;
      homeless = evicted;
      from = to;
    }
  }
  return { slots, overflows: overflowsOf(slots, firsts, buckets, slotsPerBucket) };
};

const overflowsOf = (slots: Int32Array, firsts: Uint32Array, buckets: number, slotsPerBucket: number): Uint8Array => {
  const overflows = new Uint8Array(buckets);
  for (let slot = 0; slot < slots.length; slot++) {
    const item = slots[slot];
    if (item >= 0 && firsts[item] !== Math.floor(slot / slotsPerBucket)) overflows[firsts[item]] = 1;
  }
  return overflows;
};
