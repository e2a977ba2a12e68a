/** Bytes that lists take in a record. */
import type { Bytes } from '../bundle/normal.ts';

/** Bytes of a record's list: the count, then each element with its length, padded to 4. */
export const LIST_HEAD = 4;
export const ELEMENT_HEAD = 4;
export const padded = (length: number): number => (length + 3) & ~3;
export const listSize = (elements: readonly Bytes[]): number =>
  elements.reduce((size, element) => size + ELEMENT_HEAD + padded(element.length), LIST_HEAD);

/**
 * Bytes of one more element of a list that fit.
 * @param left what the list may still take
 * @returns `length`, a smaller multiple of 4 where the element must be cut, or -1 where it has no place at all
 */
export function elementFit(left: number, length: number): number {
  if (ELEMENT_HEAD + padded(length) <= left) return length;
  const bytes = (left - ELEMENT_HEAD) & ~3;
  return bytes > 0 ? bytes : -1;
}
