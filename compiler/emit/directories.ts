/** The table of directories: a dictionary, the levels that its keys have, and what encloses each key. */
import type { Bytes } from '../../vm/bundle/normal.ts';
import { DIRECTORIES, DIRECTORY } from '../../vm/spec/index.ts';
import { passes } from './cost.ts';
import { writeDictionary } from './dictionary.ts';
import { hashDirectory } from './hash.ts';
import type { Writer } from './writer.ts';

type Item = readonly [Bytes, number];

/** The bound counts with no less, so that it does not change with the names of directories. */
const LONGEST = 256;

/**
 * @param items texts that end with a slash, with their classes
 * @returns where the table is; chains of `cap` directories, `walk` steps
 */
export const writeDirectories = (w: Writer, items: readonly Item[]): { table: number; cap: number; walk: number } => {
  const sorted = [...items].sort(([a], [b]) => (a < b ? -1 : 1));
  const dict = writeDictionary(
    w,
    sorted.map(([text], i) => [text, i]),
    hashDirectory,
  );
  const at = w.reserve(DIRECTORIES.first + sorted.length * DIRECTORY.size);
  let cap = 1;
  let levels = 0;
  let longest = LONGEST;
  const around: number[] = [];
  const encloses = (outer: number, text: Bytes): boolean => text.startsWith(sorted[outer][0]);
  sorted.forEach(([text, value], i) => {
    while (around.length > 0 && !encloses(around[around.length - 1], text)) around.pop();
    const parent = around.length > 0 ? around[around.length - 1] + 1 : 0;
    around.push(i);
    const row = at + DIRECTORIES.first + i * DIRECTORY.size;
    w.u32(row + DIRECTORY.class, value);
    w.u32(row + DIRECTORY.parent, (parent | (around.length << DIRECTORY.depthShift)) >>> 0);
    cap = Math.max(cap, around.length);
    levels |= 1 << (text.split('/').length - 2);
    while (longest < text.length) longest *= 2;
  });
  w.u32(at + DIRECTORIES.dict, dict);
  w.u32(at + DIRECTORIES.count, sorted.length);
  w.u32(at + DIRECTORIES.longest, longest);
  w.u32(at + DIRECTORIES.levels, levels >>> 0);
  const [deepest, probed] = [32 - Math.clz32(levels), bits(levels)];
  const walk = 2 * passes(longest) + deepest + probed * (2 + passes(longest)) + cap;
  return { table: at, cap, walk };
};

const bits = (word: number): number => {
  let n = 0;
  for (let rest = word >>> 0; rest > 0; rest = (rest & (rest - 1)) >>> 0) n++;
  return n;
};
