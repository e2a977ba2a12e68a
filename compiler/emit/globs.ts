/** The table of globs: tuples, their keys in one dictionary, and sets that tell which tuples are worth a probe. */
import type { Bytes } from '../../vm/bundle/normal.ts';
import { GLOB_FILTER, GLOB_TUPLE, GLOBS } from '../../vm/spec/index.ts';
import { type GlobKey, tupleOf } from '../plan/glob-key.ts';
import { passes, probeSteps } from './cost.ts';
import { writeDictionary } from './dictionary.ts';
import { hash, hashed } from './hash.ts';
import type { Writer } from './writer.ts';

interface Item {
  readonly key: GlobKey;
  readonly value: number;
}
interface Tuple {
  readonly number: number;
  readonly head: number;
  readonly tail: number;
  readonly least: number;
  readonly more: boolean;
  readonly items: Item[];
}
interface Filter {
  readonly place: number;
  /** By component, the tuples that have a key with it here. */
  readonly components: ReadonlyMap<Bytes, ReadonlySet<number>>;
  /** Tuples that do not ask for this place. */
  readonly others: readonly number[];
}

/** The bound counts with no less, so that it does not change with the names of components. */
const LONGEST = 64;

/** @returns where the table is; `cap` tuples at once, `scans` of the text, `walk` steps beside them */
export const writeGlobs = (
  w: Writer,
  items: readonly Item[],
): { table: number; cap: number; scans: number; walk: number } => {
  const tuples = tuplesOf(items);
  const keys = tuples.flatMap((tuple) => tuple.items.map((item) => [keyOf(tuple, item), item.value] as const));
  let longest = LONGEST;
  for (const [key] of keys) while (longest < key.length) longest *= 2;
  const filters = filtersOf(tuples);
  const rows = rowsOf(tuples);
  const words = Math.ceil(tuples.length / 32);
  const places = (of: 'head' | 'tail'): number => Math.max(...tuples.map((tuple) => 32 - Math.clz32(tuple[of])));
  const slashes = Math.max(places('head'), rows.length - 2);
  const dict = writeDictionary(w, keys);
  const sets = filters.map((filter) => writeSets(w, filter, words));
  const filtersAt = GLOBS.first + tuples.length * GLOB_TUPLE.size;
  const rowsAt = filtersAt + filters.length * GLOB_FILTER.size;
  const at = w.reserve(rowsAt + rows.length * words * 4);
  const header = { ...{ dict, tuples: tuples.length, words, longest, slashes }, fromEnd: places('tail') };
  for (const [name, value] of Object.entries({ ...header, filters: filters.length, rows: rows.length })) {
    w.u32(at + GLOBS[name as keyof typeof GLOBS], value);
  }
  tuples.forEach(({ head, tail }, i) => {
    const row = at + GLOBS.first + i * GLOB_TUPLE.size;
    w.u32(row + GLOB_TUPLE.head, head);
    w.u32(row + GLOB_TUPLE.tail, tail);
  });
  filters.forEach(({ place }, i) => {
    const row = at + filtersAt + i * GLOB_FILTER.size;
    w.u32(row + GLOB_FILTER.place, place);
    w.u32(row + GLOB_FILTER.mask, sets[i].mask);
    w.u32(row + GLOB_FILTER.sets, sets[i].at);
  });
  rows.forEach((row, i) => writeSet(w, at + rowsAt + i * words * 4, row));
  const cap = Math.max(...rows.map((row) => row.length));
  const filtering = words + filters.length * (words + passes(longest));
  const walk = filtering + cap * (1 + passes(longest) + probeSteps(longest));
  return { table: at, cap, scans: header.fromEnd > 0 ? 2 : 1, walk };
};

const tuplesOf = (items: readonly Item[]): Tuple[] => {
  const tuples = new Map<string, Tuple>();
  for (const item of items) {
    const { key } = item;
    const name = tupleOf(key);
    const known = tuples.get(name);
    if (known) known.items.push(item);
    else {
      const { least, more } = key;
      const number = tuples.size;
      tuples.set(name, { number, head: mask(key.head), tail: mask(key.tail), least, more, items: [item] });
    }
  }
  return [...tuples.values()];
};

const mask = (components: readonly (Bytes | null)[]): number =>
  components.reduce((bits, component, i) => (component === null ? bits : bits | (1 << i)), 0) >>> 0;

const keyOf = ({ number }: Tuple, { key }: Item): Bytes => {
  const literals = [...key.head, ...key.tail].filter((component) => component !== null);
  return String.fromCharCode(number & 255, number >> 8) + literals.map((component) => `${component}/`).join('');
};

/** By the number of components, the tuples that allow it; the last row for all larger numbers. */
const rowsOf = (tuples: readonly Tuple[]): number[][] => {
  const last = Math.max(...tuples.map(({ least, more }) => (more ? least : least + 1)));
  return Array.from({ length: last + 1 }, (_, n) =>
    tuples.filter(({ least, more }) => (more ? n >= least : n === least)).map(({ number }) => number),
  );
};

/** A filter for each place where keys have something but the empty component, as all do where a path begins. */
const filtersOf = (tuples: readonly Tuple[]): Filter[] => {
  const filters: Filter[] = [];
  for (const [of, end] of [['head', 0] as const, ['tail', GLOB_FILTER.end] as const]) {
    for (let place = 0; place < GLOBS.maxComponents; place++) {
      const components = new Map<Bytes, Set<number>>();
      for (const { number, items } of tuples) {
        for (const { key } of items) {
          const component = key[of][place] ?? null;
          if (component === null) continue;
          const numbers = components.get(component);
          if (numbers) numbers.add(number);
          else components.set(component, new Set([number]));
        }
      }
      const others = tuples.filter((tuple) => !((tuple[of] >>> place) & 1)).map(({ number }) => number);
      const tells = [...components.keys()].some((component) => component !== '');
      if (tells) filters.push({ place: place | end, components, others });
    }
  }
  return filters;
};

/** The sets of a filter, by hash, and that of components that no key has. */
const writeSets = (w: Writer, { components, others }: Filter, words: number): { at: number; mask: number } => {
  let size = 8;
  while (size < components.size * 2 && size <= GLOB_FILTER.maxMask) size *= 2;
  const at = w.reserve((size + 1) * words * 4);
  for (let i = 0; i <= size; i++) writeSet(w, at + i * words * 4, others);
  for (const [component, numbers] of components) {
    hash(component, 0);
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
