/** Regular languages over bytes, as syntax trees: what globs and regular expressions are compiled to. */

export type Pattern =
  /** One byte of the set: 256 entries of 0 or 1. No byte at all: matches nothing. */
  | { readonly is: 'set'; readonly bytes: Uint8Array }
  /** One after the other; of nothing: the empty string. */
  | { readonly is: 'cat'; readonly parts: readonly Pattern[] }
  /** One of them; of nothing: matches nothing. */
  | { readonly is: 'alt'; readonly parts: readonly Pattern[] }
  /** `min` to `max` times, null: without end. */
  | { readonly is: 'repeat'; readonly of: Pattern; readonly min: number; readonly max: number | null };

/** A pattern, or why there is none and where: `at` counts bytes from 0. */
export type Parsed = { readonly pattern: Pattern } | { readonly error: string; readonly at: number };

/** The set of the bytes for which `member` holds. */
export function byteSet(member: (byte: number) => boolean): Uint8Array {
  const bytes = new Uint8Array(256);
  for (let byte = 0; byte < 256; byte++) bytes[byte] = +member(byte);
  return bytes;
}

export const set = (member: (byte: number) => boolean): Pattern => ({ is: 'set', bytes: byteSet(member) });

export const EMPTY: Pattern = { is: 'cat', parts: [] };
export const NOTHING: Pattern = { is: 'alt', parts: [] };

export const cat = (parts: readonly Pattern[]): Pattern => (parts.length === 1 ? parts[0] : { is: 'cat', parts });
export const alt = (parts: readonly Pattern[]): Pattern => (parts.length === 1 ? parts[0] : { is: 'alt', parts });
export const repeat = (of: Pattern, min: number, max: number | null): Pattern =>
  min === 1 && max === 1 ? of : { is: 'repeat', of, min, max };

const isLetter = (byte: number): boolean => (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);

/** The set with both cases of each ASCII letter that it holds. */
export function foldSet(bytes: Uint8Array): Uint8Array {
  return bytes.map((held, byte) => (isLetter(byte) ? held | bytes[byte ^ 0x20] : held));
}

const SINGLE = Array.from({ length: 256 }, (_, byte) => set((b) => b === byte));
const FOLDED = SINGLE.map((single, byte) => (isLetter(byte) ? set((b) => b === byte || b === (byte ^ 0x20)) : single));

/** One byte, of both cases where `fold`. Equal ones are one object: most of a pattern is made of them. */
export const byte = (value: number, fold: boolean): Pattern => (fold ? FOLDED : SINGLE)[value];
