/** Filters of pairs: see FILTER in the specification. They pay where both values fall into several classes at once. */
import { FILTER } from '../../vm/spec/index.ts';
import type { Writer } from './writer.ts';

/** How many masks there may be for each pair. */
const SPARSE = 8;
/** Masks that there may be in any case: not more than a few buckets of pairs. */
const SMALL = 64;

const sizeOf = (classes: Uint32Array): number => classes.reduce((most, c) => Math.max(most, c + 1), 0);

/** Whether the masks of the classes, which are numbered from 0, do not outweigh the pairs. */
export const isFilterSmall = (as: Uint32Array, bs: Uint32Array): boolean =>
  sizeOf(as) + sizeOf(bs) <= Math.max(SMALL, SPARSE * as.length);

/** @returns its offset */
export const writeFilter = (w: Writer, as: Uint32Array, bs: Uint32Array): number => {
  const [classes, others] = [sizeOf(as), sizeOf(bs)];
  const at = w.reserve(FILTER.masks + (classes + others) * FILTER.each);
  w.u32(at + FILTER.classes, classes);
  w.u32(at + FILTER.others, others);
  const note = (mask: number, partner: number): void => {
    const bit = Math.imul(partner, FILTER.factor) >>> FILTER.shift;
    const word = at + FILTER.masks + mask * FILTER.each + (bit >> 5) * 4;
    w.u32(word, (w.getU32(word) | (1 << (bit & 31))) >>> 0);
  };
  as.forEach((a, i) => {
    note(a, bs[i]);
    note(classes + bs[i], a);
  });
  return at;
};
