/** Documents that are wrong in a few places. */
import type { Random } from '../generators/random.ts';

const SCALARS = [
  null,
  true,
  -1,
  0,
  3.5,
  1e30,
  '',
  ' ',
  '*',
  'x'.repeat(99),
  '\u0000{proc.path}"',
  'é',
  [],
  {},
  [[]],
  { a: 1 },
];

/** @returns a copy of a plain value with keys gone, keys added, and values of other types */
export function mutated(r: Random, value: unknown, rate = 0.06): unknown {
  if (r.chance(rate)) return r.pick(SCALARS);
  if (Array.isArray(value)) return value.filter(() => !r.chance(rate)).map((item) => mutated(r, item, rate));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .filter(() => !r.chance(rate))
    .map(([key, inner]) => [r.chance(rate) ? `${key}x` : key, mutated(r, inner, rate)]);
  return Object.fromEntries(entries);
}
