/** The table of globs: tuples, their keys in one dictionary, and sets that tell which tuples are worth a probe. */
import type { Bytes } from '../../vm/bundle/normal.ts';
import { GLOB_FILTER, GLOB_TUPLE, GLOBS } from '../../vm/spec/index.ts';
import { passes, probeSteps } from './cost.ts';
import { writeDictionary } from './dictionary.ts';
import { filtersOf } from './glob-filters.ts';
import { keyOf, rowsOf, type Sets, startsOf, tuplesOf } from './glob-tuples.ts';
import { hash, hashed } from './hash.ts';
import type { Writer } from './writer.ts';

/** The bound counts with no less, so that it does not change with the names of components. */
const LONGEST = 64;

/** Where a table is, and what a run takes: classes and probes at most. */
interface WrittenGlobs {
  readonly table: number;
  readonly cap: number;
  readonly scans: number;
  readonly walk: number;
}

/** @returns where the table is; `cap` tuples at once, `walk` steps beside a scan of the text */
export const writeGlobs = (w: Writer, items: readonly (readonly [Bytes, number])[]): WrittenGlobs => {
  const { table, most, walk } = writeTuples(w, items);
  return { table, cap: most, scans: 1, walk: walk(most) };
};

/**
 * Floating tuples, which are probed at each component that is not empty.
 * @param length bytes that a text has at most
 * @returns likewise, `cap` being all classes: a text may have each of them once
 */
export const writeFloating = (
  w: Writer,
  items: readonly (readonly [Bytes, number])[],
  length: number,
): WrittenGlobs => {
  const { table, tuples, walk } = writeTuples(w, items);
  const places = Math.ceil(length / 2);
  return { table, cap: Math.max(places, items.length), scans: 2, walk: length + 1 + places + walk(places * tuples) };
};

interface WrittenTuples {
  readonly table: number;
  readonly tuples: number;
  /** Tuples that one number of components allows. */
  readonly most: number;
  /** Steps beside scans of the text, with so many probes. */
  walk(probes: number): number;
}

const writeTuples = (w: Writer, items: readonly (readonly [Bytes, number])[]): WrittenTuples => {
  const tuples = tuplesOf(items);
  const keys = tuples.flatMap(({ number, keys }) =>
    keys.map(({ texts, value }) => [keyOf(number, texts), value] as const),
  );
  let longest = LONGEST;
  for (const [key] of keys) while (longest < key.length) longest *= 2;
  const filters = filtersOf(tuples);
  const rows = rowsOf(tuples);
  const words = Math.ceil(tuples.length / 32);
  const pieces = tuples.flatMap(({ tuple }) => tuple.pieces);
  const dict = writeDictionary(w, keys);
  const sets = filters.map(({ texts, others }) => writeSets(w, texts, others, words));
  const starts = writeSets(w, startsOf(tuples), [], 1);
  const filtersAt = GLOBS.first + tuples.length * GLOB_TUPLE.size;
  const rowsAt = filtersAt + filters.length * GLOB_FILTER.size;
  const piecesAt = w.reserve(pieces.length * 4);
  const at = w.reserve(rowsAt + rows.length * words * 4);
  const counts = { tuples: tuples.length, words, filters: filters.length, rows: rows.length };
  const header = { dict, longest, ...counts, pieces: piecesAt, startMask: starts.mask, starts: starts.at };
  for (const [name, value] of Object.entries(header)) w.u32(at + GLOBS[name as keyof typeof header], value);
  let first = 0;
  tuples.forEach(({ tuple }, i) => {
    const row = at + GLOBS.first + i * GLOB_TUPLE.size;
    w.u16(row + GLOB_TUPLE.first, first);
    w.u16(row + GLOB_TUPLE.count, tuple.pieces.length);
    w.u16(row + GLOB_TUPLE.before, tuple.before);
    w.u16(row + GLOB_TUPLE.behind, tuple.behind);
    first += tuple.pieces.length;
  });
  filters.forEach(({ piece }, i) => {
    const row = at + filtersAt + i * GLOB_FILTER.size;
    w.u32(row + GLOB_FILTER.piece, piece);
    w.u32(row + GLOB_FILTER.mask, sets[i].mask);
    w.u32(row + GLOB_FILTER.sets, sets[i].at);
  });
  rows.forEach((row, i) => writeSet(w, at + rowsAt + i * words * 4, row));
  pieces.forEach((piece, i) => w.u32(piecesAt + i * 4, piece));
  const filtering = words + filters.length * (words + passes(longest));
  return {
    table: at,
    tuples: tuples.length,
    most: Math.max(...rows.map((row) => row.length)),
    walk: (probes) => filtering + probes * (1 + passes(longest) + probeSteps(longest)),
  };
};

/** The sets, by the hash of the text, and one of `others` alone. */
const writeSets = (w: Writer, texts: Sets, others: readonly number[], words: number): { at: number; mask: number } => {
  let size = 8;
  while (size < texts.size * 2 && size <= GLOBS.maxMask) size *= 2;
  const at = w.reserve((size + 1) * words * 4);
  for (let i = 0; i <= size; i++) writeSet(w, at + i * words * 4, others);
  for (const [text, numbers] of texts) {
    hash(text, 0);
    writeSet(w, at + (hashed.place & (size - 1)) * words * 4, numbers);
  }
  return { at, mask: size - 1 };
};

const writeSet = (w: Writer, at: number, members: Iterable<number>): void => {
  for (const member of members) {
    const word = at + (member >> 5) * 4;
    w.u32(word, (w.getU32(word) | (1 << (member & 31))) >>> 0);
  }
};
