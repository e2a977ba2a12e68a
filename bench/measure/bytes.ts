/** Bytes of the strings that rules bring with them, each counted once. */
import type { NormalForm } from '../../vm/bundle/normal.ts';

/** Names are no part of a program: those of policies, rules and exceptions are left out. */
const NAMES: ReadonlySet<string> = new Set(['name', 'mode', 'tier', 'action', 'op', 'is', 'cmp', 'operator', 'mask']);

/** @returns the bytes of all different strings that the conditions and scopes of a normal form name */
export const stringBytes = ({ policies }: NormalForm): number => {
  const seen = new Set<string>();
  let bytes = 0;
  const visit = (value: unknown): void => {
    if (typeof value === 'string') {
      if (seen.has(value)) return;
      seen.add(value);
      bytes += value.length;
    } else if (Array.isArray(value)) for (const item of value) visit(item);
    else if (typeof value === 'object' && value !== null) {
      // constants of integers are decimal text, which programs keep as numbers
      if ('is' in value && value.is === 'int') return;
      for (const [key, inner] of Object.entries(value)) if (!NAMES.has(key)) visit(inner);
    }
  };
  for (const { scope, rules } of policies) {
    visit(scope);
    for (const { when, unless } of rules) {
      visit(when);
      visit(unless);
    }
  }
  return bytes;
};
