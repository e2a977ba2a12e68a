/** Filters of globs: pieces of paths by which most tuples are told to be worth no probe. */
import type { Bytes } from '../../vm/bundle/normal.ts';
import { GLOB_PIECE, GLOBS } from '../../vm/spec/index.ts';
import { addTo, type Sets, type TupleOfKeys } from './glob-tuples.ts';

export interface Filter {
  /** GLOB_PIECE. */
  readonly piece: number;
  readonly texts: Sets;
  /** Tuples that do not ask for the piece. */
  readonly others: readonly number[];
}

/** Texts of parts are told apart by so many bytes at most, and those of half as many by half as many. */
const MOST_BYTES = 8;

const { lengthShift, leastShift, maxLength, offsetShift, maxOffset, part, fixed, base } = GLOB_PIECE;
const lengthOf = (piece: number): number => (piece >>> lengthShift) & maxLength;
const offsetOf = (piece: number): number => (piece >>> offsetShift) & maxOffset;

/** A filter for each component, and for each length of parts of it, that tells one tuple from others. */
export const filtersOf = (tuples: readonly TupleOfKeys[]): Filter[] => {
  const places = new Map<number, number>();
  for (const { tuple } of tuples) {
    for (const piece of tuple.pieces) {
      const place = placeOf(piece);
      if (place !== null) places.set(place, Math.min(places.get(place) ?? MOST_BYTES, lengthOf(piece)));
    }
  }
  return [...places]
    .map(([place, bytes]) => filterOf(tuples, place, bytes))
    .filter(({ texts }) => texts.size > 1 || !texts.has(''))
    .slice(0, GLOBS.maxFilters);
};

/** What pieces have in common that one filter can tell: all but lengths, and of the text's length the class. Null: nothing. */
const placeOf = (piece: number): number | null => {
  if (piece & base || (piece & part && lengthOf(piece) === 0)) return null;
  if (!(piece & part)) return piece;
  const bits = Math.min(31 - Math.clz32(lengthOf(piece)), Math.log2(MOST_BYTES));
  return (piece & ((1 << lengthShift) - 1) & ~fixed) | (bits << lengthShift);
};

const filterOf = (tuples: readonly TupleOfKeys[], place: number, bytes: number): Filter => {
  const texts = new Map<Bytes, Set<number>>();
  const others: number[] = [];
  for (const { number, tuple, keys } of tuples) {
    const i = tuple.pieces.findIndex((piece) => placeOf(piece) === place);
    if (i < 0) others.push(number);
    else for (const key of keys) addTo(texts, place & part ? partOf(key.texts[i], place, bytes) : key.texts[i], number);
  }
  const span = (bytes << lengthShift) | ((offsetOf(place) + bytes) << leastShift);
  return { piece: place & part ? ((place & ((1 << lengthShift) - 1)) | span) >>> 0 : place, texts, others };
};

/** The bytes of a longer text that the filter's shorter piece has. */
const partOf = (text: Bytes, place: number, bytes: number): Bytes =>
  place & GLOB_PIECE.last ? text.slice(text.length - bytes) : text.slice(0, bytes);
