/**
 * Gaps: some bytes of a set. Two side by side are written as sequences of gaps and short texts in which every gap stands
 * between texts; a repeated gap with texts around it is one gap that these texts let begin anew.
 */
import type { Bytes } from '../../vm/bundle/normal.ts';
import type { Pattern } from './pattern.ts';

/** `min` to `max` bytes of the set, null: without end; and any number of times one of the texts `again` and such bytes behind it. */
export interface Gap {
  readonly bytes: Uint8Array;
  readonly min: number;
  readonly max: number | null;
  readonly again: readonly Bytes[];
}

/** One of few texts, or a gap. */
export type Item = { readonly texts: readonly Bytes[] } | { readonly gap: Gap };

/** Texts that one item may have. */
export const MOST_TEXTS = 64;
/** So few are not a gap, so that they can be joined with the texts beside them. */
const FEW_TEXTS = 16;

/** The gap that a pattern is, null where it is none. */
export function gapOf(pattern: Pattern): Gap | null {
  if (pattern.is === 'cat') return pattern.parts.length === 1 ? gapOf(pattern.parts[0]) : null;
  if (pattern.is === 'set') return isFew(count(pattern.bytes), 1, 1) ? null : gap(pattern.bytes, 1, 1);
  if (pattern.is !== 'repeat') return null;
  const { of, min, max } = pattern;
  if (of.is === 'set') return max !== null && isFew(count(of.bytes), min, max) ? null : gap(of.bytes, min, max);
  // a repeated gap is one, where it may be left out only if it may be empty all but for its first byte
  const inner = gapOf(of);
  if (!inner || inner.max !== null || max === 0 || (min === 0 && inner.min > 1)) return null;
  return gap(inner.bytes, inner.min * min, null);
}

/** Whether there are few texts of so many different bytes, `min` to `max` of them. */
function isFew(bytes: number, min: number, max: number): boolean {
  let texts = 0;
  for (let n = min; n <= max && texts <= FEW_TEXTS; n++) texts += bytes ** n;
  return texts <= FEW_TEXTS;
}

const gap = (bytes: Uint8Array, min: number, max: number | null): Gap => ({ bytes, min, max, again: [] });

/** Items that are repeated once or more, as items; null where they are more than a gap and texts around it. */
export function repeated(items: readonly Item[]): readonly Item[] | null {
  const at = items.findIndex((item) => 'gap' in item);
  const inner = items[at];
  if (at < 0 || !('gap' in inner) || inner.gap.again.length > 0) return null;
  const [before, after] = [items.slice(0, at), items.slice(at + 1)].map(joinedTexts);
  const again = before && after && joined(after, before);
  if (!again || again.length === 0 || again.includes('')) return null;
  return [...items.slice(0, at), { gap: { ...inner.gap, again } }, ...items.slice(at + 1)];
}

const joinedTexts = (items: readonly Item[]): readonly Bytes[] | null =>
  items.reduce<readonly Bytes[] | null>((all, item) => all && ('texts' in item ? joined(all, item.texts) : null), ['']);

const MOST_BYTES = 4096;

/** Each of the one texts before each of the others, null where these are too many. */
export function joined(a: readonly Bytes[], b: readonly Bytes[]): readonly Bytes[] | null {
  if (a.length * b.length > MOST_TEXTS) return null;
  const texts = [...new Set(a.flatMap((start) => b.map((end) => start + end)))];
  return texts.some((text) => text.length > MOST_BYTES) ? null : texts;
}

/** Two gaps side by side, as a disjunction; null where it would be large, or is more than gaps and texts. */
export function sideBySide(a: Gap, b: Gap): readonly (readonly Item[])[] | null {
  if (a.again.length + b.again.length > 0) return null;
  const both = a.bytes.map((held, byte) => held & b.bytes[byte]);
  const onlyA = a.bytes.map((held, byte) => held & ~b.bytes[byte]);
  const onlyB = b.bytes.map((held, byte) => held & ~a.bytes[byte]);
  if (isNone(onlyA) && isNone(onlyB)) {
    const max = a.max === null || b.max === null ? null : a.max + b.max;
    return [[{ gap: gap(a.bytes, a.min + b.min, max) }]];
  }
  // all of one set's bytes are the other's, but for few: the last (first) of those ends what the other cannot take
  if (count(a.bytes) <= count(b.bytes)) return narrow(a, b, both, onlyA);
  return narrow(b, a, both, onlyB)?.map((items) => [...items].reverse()) ?? null;
}

/** A gap of few bytes before a wider one. */
function narrow(a: Gap, b: Gap, both: Uint8Array, onlyA: Uint8Array): readonly (readonly Item[])[] | null {
  if (b.max !== null) return null;
  const shared = copies(members(both), a.min);
  if (!shared) return null;
  const inside: Item[] = [{ texts: shared }, { gap: b }];
  if (isNone(onlyA)) return [inside];
  if (a.min > 1 || a.max !== null) return null;
  const beyond = members(onlyA);
  if (beyond.length > MOST_TEXTS) return null;
  const outside: Item[] = [{ gap: gap(a.bytes, 0, null) }, { texts: beyond }, { gap: b }];
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
