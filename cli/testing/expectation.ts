/** Whether a verdict record is as a case expects it. Only the parts that the case names count. */
import { isDeepStrictEqual } from 'node:util';

export interface Mismatch {
  /** Path in the record: `action`, `would.rule`, `matches[0].rule`. */
  readonly part: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * @param expected parts of a record; maps count by their keys, lists of maps element by element, anything else whole
 * @returns the parts that differ, in the order in which they are expected
 */
export function mismatches(expected: unknown, actual: unknown, part = ''): Mismatch[] {
  if (isObject(expected) && isObject(actual)) {
    const below = (key: string): string => (part === '' ? key : `${part}.${key}`);
    return Object.keys(expected).flatMap((key) => mismatches(expected[key], actual[key], below(key)));
  }
  if (Array.isArray(expected) && Array.isArray(actual) && expected.some(isObject)) {
    if (expected.length === actual.length) {
      return expected.flatMap((element, i) => mismatches(element, actual[i], `${part}[${i}]`));
    }
  } else if (isDeepStrictEqual(expected, actual)) return [];
  return [{ part, expected, actual: actual ?? null }];
}
