/**
 * Gaps: bytes of a set, without an upper end of their number. Two side by side are written as sequences of gaps and short
 * texts in which every gap stands between texts.
 */
import type { Bytes } from '../../vm/bundle/normal.ts';
import type { Pattern } from './pattern.ts';

/** At least `min` bytes of the set. */
export interface Gap {
  readonly bytes: Uint8Array;
  readonly min: number;
}

/** One of few texts, or a gap. */
export type Item = { readonly texts: readonly Bytes[] } | { readonly gap: Gap };

/** Texts that one item may have. */
export const MOST_TEXTS = 64;

/** The gap that a pattern is, null where it is none. */
export function gapOf(pattern: Pattern): Gap | null {
  if (pattern.is === 'cat') return pattern.parts.length === 1 ? gapOf(pattern.parts[0]) : null;
  if (pattern.is !== 'repeat') return null;
  const { of, min, max } = pattern;
  if (of.is === 'set') return max === null ? { bytes: of.bytes, min } : null;
  // a repeated gap is one, where it may be left out only if it may be empty all but for its first byte
  const inner = gapOf(of);
  if (!inner || max === 0 || (min === 0 && inner.min > 1)) return null;
  return { bytes: inner.bytes, min: inner.min * min };
}

/** Two gaps side by side, as a disjunction; null where it would be large. */
export function sideBySide(a: Gap, b: Gap): readonly (readonly Item[])[] | null {
  const both = a.bytes.map((held, byte) => held & b.bytes[byte]);
  const onlyA = a.bytes.map((held, byte) => held & ~b.bytes[byte]);
  const onlyB = b.bytes.map((held, byte) => held & ~a.bytes[byte]);
  if (isNone(onlyA) && isNone(onlyB)) return [[{ gap: { bytes: a.bytes, min: a.min + b.min } }]];
  // all of one set's bytes are the other's, but for few: the last (first) of those ends what the other cannot take
  if (count(a.bytes) <= count(b.bytes)) return narrow(a, b, both, onlyA);
  return narrow(b, a, both, onlyB)?.map((items) => [...items].reverse()) ?? null;
}

/** A gap of few bytes before a wider one. */
function narrow(a: Gap, b: Gap, both: Uint8Array, onlyA: Uint8Array): readonly (readonly Item[])[] | null {
  const shared = copies(members(both), a.min);
  if (!shared) return null;
  const inside: Item[] = [{ texts: shared }, { gap: b }];
  if (isNone(onlyA)) return [inside];
  if (a.min > 1) return null;
  const beyond = members(onlyA);
  if (beyond.length > MOST_TEXTS) return null;
  const outside: Item[] = [{ gap: { bytes: a.bytes, min: 0 } }, { texts: beyond }, { gap: b }];
  return shared.length > 0 ? [inside, outside] : [outside];
}

/** All texts of so many of the bytes, null if there are too many. */
function copies(bytes: readonly Bytes[], times: number): readonly Bytes[] | null {
  if (bytes.length > 1 && times > Math.log2(MOST_TEXTS)) return null;
  if (times > 256) return null;
  let texts: readonly Bytes[] = [''];
  for (let i = 0; i < times; i++) {
    if (texts.length * bytes.length > MOST_TEXTS) return null;
    texts = texts.flatMap((text) => bytes.map((byte) => text + byte));
  }
  return texts;
}

const isNone = (bytes: Uint8Array): boolean => !bytes.includes(1);
const count = (bytes: Uint8Array): number => bytes.reduce((sum, held) => sum + held, 0);

function members(bytes: Uint8Array): Bytes[] {
  const found: Bytes[] = [];
  for (let byte = bytes.indexOf(1); byte >= 0; byte = bytes.indexOf(1, byte + 1)) found.push(String.fromCharCode(byte));
  return found;
}
