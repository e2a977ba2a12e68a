/** How lists and command lines that are too long are cut to fit (semantics, section 2, "Cut"). */
import type { Bytes } from '../bundle/normal.ts';
import type { Value } from './event.ts';
import { fieldId, TRUNCATED_FIELD } from './fields.ts';
import { ELEMENT_HEAD, elementFit, LIST_HEAD, padded } from './sizes.ts';

const ARGS = fieldId('proc.args');
const CMDLINE = fieldId('proc.cmdline');

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
