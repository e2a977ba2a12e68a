/** Keys of globs by tuple, and which tuples a path is worth a probe for. */
import type { Bytes } from '../../vm/bundle/normal.ts';
import { GLOB_PIECE } from '../../vm/spec/index.ts';
import { parseTuple, textsOf, type Tuple, tupleOf } from '../plan/glob-key.ts';

/** A tuple with the texts of each of its keys. */
export interface TupleOfKeys {
  readonly number: number;
  readonly tuple: Tuple;
  readonly keys: { readonly texts: readonly Bytes[]; readonly value: number }[];
}

/** Of a text, the tuples that have a key with it. */
export type Sets = ReadonlyMap<Bytes, ReadonlySet<number>>;

export const tuplesOf = (items: readonly (readonly [Bytes, number])[]): TupleOfKeys[] => {
  const byName = new Map<string, TupleOfKeys['keys']>();
  for (const [text, value] of items) {
    const name = tupleOf(text);
    const keys = byName.get(name);
    if (keys) keys.push({ texts: textsOf(text), value });
    else byName.set(name, [{ texts: textsOf(text), value }]);
  }
  return [...byName].map(([name, keys], number) => ({ number, tuple: parseTuple(name), keys }));
};

export const keyOf = (tuple: number, texts: readonly Bytes[]): Bytes =>
  String.fromCharCode(tuple & 255, tuple >> 8) + texts.map((text) => `${text}/`).join('');

/** By the number of components, the tuples that allow it; the last row for all larger numbers. */
export const rowsOf = (tuples: readonly TupleOfKeys[]): number[][] => {
  const last = Math.max(...tuples.map(({ tuple: { least, more } }) => (more ? least : least + 1)));
  return Array.from({ length: last + 1 }, (_, n) =>
    tuples.flatMap(({ number, tuple: { least, more } }) => ((more ? n >= least : n === least) ? [number] : [])),
  );
};

/** The components that keys of floating tuples begin with. */
export const startsOf = (tuples: readonly TupleOfKeys[]): Sets => {
  const starts = new Map<Bytes, Set<number>>();
  for (const { number, tuple, keys } of tuples) {
    const base = tuple.pieces.indexOf(GLOB_PIECE.base);
    if (base >= 0) for (const { texts } of keys) addTo(starts, texts[base], number);
  }
  return starts;
};

/** Adds a tuple to those that have a key with the text. */
export const addTo = (sets: Map<Bytes, Set<number>>, text: Bytes, tuple: number): void => {
  const numbers = sets.get(text);
  if (numbers) numbers.add(tuple);
  else sets.set(text, new Set([tuple]));
};
