/** Patterns as RE2 expressions, for tests against another engine and for people. */
import type { Pattern } from './pattern.ts';

const hex = (byte: number): string => `\\x{${byte.toString(16).padStart(2, '0')}}`;

/**
 * An expression over Latin-1 characters, one for each byte, that matches the same strings. It is made of `\x{HH}`,
 * classes of these, groups, `|` and `{n,m}` alone. Repetitions of more than 1,000 are as in the pattern, which RE2 refuses.
 */
export function printRe2(pattern: Pattern): string {
  switch (pattern.is) {
    case 'set':
      return printSet(pattern.bytes);
    case 'cat':
      return pattern.parts.map(printRe2).join('');
    case 'alt':
      return pattern.parts.length === 0
        ? printSet(new Uint8Array(256))
        : `(?:${pattern.parts.map(printRe2).join('|')})`;
    case 'repeat':
      return `(?:${printRe2(pattern.of)}){${pattern.min},${pattern.max ?? ''}}`;
  }
}

function printSet(bytes: Uint8Array): string {
  const ranges: string[] = [];
  for (let from = bytes.indexOf(1); from >= 0;) {
    const gap = bytes.indexOf(0, from);
    const to = (gap < 0 ? 256 : gap) - 1;
    ranges.push(from === to ? hex(from) : `${hex(from)}-${hex(to)}`);
    from = gap < 0 ? -1 : bytes.indexOf(1, gap);
  }
  // RE2 has no empty class: what is left when every character is taken away matches nothing.
  return ranges.length === 0 ? '[^\\x{00}-\\x{10ffff}]' : `[${ranges.join('')}]`;
}
