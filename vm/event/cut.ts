/** How long values may be, and how lists and command lines are cut to fit (semantics, section 2, "Cut"). */
import type { Bytes } from '../bundle/normal.ts';
import type { Value } from './event.ts';
import { fieldId, TRUNCATED_FIELD } from './fields.ts';

const ARGS = fieldId('proc.args');
const CMDLINE = fieldId('proc.cmdline');

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

/** The first elements that fit into `max` bytes of a record, the last of them cut if need be. */
export function cutList(elements: readonly Bytes[], max: number): readonly Bytes[] {
  const kept: Bytes[] = [];
  let left = max - LIST_HEAD;
  for (const element of elements) {
    const fit = elementFit(left, element.length);
    if (fit >= 0) kept.push(element.slice(0, fit));
    if (fit !== element.length) break;
    left -= ELEMENT_HEAD + padded(fit);
  }
  return kept;
}

/**
 * Names cut fields in `event.truncated`; a command line that is derived from cut arguments is cut as well.
 * @param values values of an event, changed in place
 * @param cut names of the fields that were cut just now
 */
export function nameCut(values: Map<number, Value>, cut: readonly Bytes[]): void {
  const given = (values.get(TRUNCATED_FIELD) ?? []) as readonly Bytes[];
  const names = new Set([...given, ...cut]);
  if (names.has('proc.args') && values.has(ARGS) && !values.has(CMDLINE)) names.add('proc.cmdline');
  if (names.size > new Set(given).size) values.set(TRUNCATED_FIELD, [...names]);
}
