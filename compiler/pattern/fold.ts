/** Patterns for which the case of ASCII letters makes no difference. */
import { foldSet, type Pattern } from './pattern.ts';

/** The pattern over strings in lower case; null where it tells cases apart. */
export function foldedPattern(pattern: Pattern): Pattern | null {
  if (pattern.is === 'set') {
    return isFolded(pattern.bytes)
      ? { is: 'set', bytes: pattern.bytes.map((held, b) => (isUpper(b) ? 0 : held)) }
      : null;
  }
  if (pattern.is === 'repeat') {
    // a gap stays as it was written: capitals in it change nothing
    if (pattern.max === null && pattern.of.is === 'set') return isFolded(pattern.of.bytes) ? pattern : null;
    const of = foldedPattern(pattern.of);
    return of && { ...pattern, of };
  }
  const parts: Pattern[] = [];
  for (const part of pattern.parts) {
    const folded = foldedPattern(part);
    if (!folded) return null;
    parts.push(folded);
  }
  return { is: pattern.is, parts };
}

const isUpper = (byte: number): boolean => byte >= 0x41 && byte <= 0x5a;
const isFolded = (bytes: Uint8Array): boolean => foldSet(bytes).every((held, byte) => held === bytes[byte]);
