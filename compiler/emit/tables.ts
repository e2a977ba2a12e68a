/** Tables of classifiers and sets that stand beside dictionaries: lengths, intervals, automata. */
import type { Bytes } from '../../vm/bundle/normal.ts';
import { AUTOMATON, LENGTHS, RANGES } from '../../vm/spec/index.ts';
import { byteClasses, type Dfa } from '../pattern/index.ts';
import { writeDictionary } from './dictionary.ts';
import type { Writer } from './writer.ts';

type Item = readonly [Bytes, number];

/** Texts that something begins or ends with: a probe for each length that there is. */
export const writeLengths = (w: Writer, items: readonly Item[]): { table: number; lengths: readonly number[] } => {
  const lengths = ascending(items.map(([key]) => key.length));
  return { table: writeLengthTable(w, lengths, writeDictionary(w, items)), lengths };
};

const ascending = (numbers: readonly number[]): number[] => [...new Set(numbers)].sort((a, b) => a - b);

const writeLengthTable = (w: Writer, lengths: readonly number[], dict: number): number => {
  const at = w.reserve(LENGTHS.first + lengths.length * 4);
  w.u32(at + LENGTHS.count, lengths.length);
  w.u32(at + LENGTHS.dict, dict);
  lengths.forEach((length, i) => w.u32(at + LENGTHS.first + i * 4, length));
  return at;
};

export interface Interval {
  readonly low: bigint;
  readonly high: bigint;
  readonly value: number;
}

const MIN = -(1n << 63n);
const MAX = (1n << 63n) - 1n;

/** Elementary intervals, each with the classes of the given ones that cover it. */
export const writeRanges = (
  w: Writer,
  intervals: readonly Interval[],
): { table: number; count: number; cap: number } => {
  const edges = new Set([MIN]);
  for (const { low, high } of intervals) {
    edges.add(low);
    if (high < MAX) edges.add(high + 1n);
  }
  const starts = [...edges].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const opening = new Map<bigint, Interval[]>();
  for (const i of intervals) {
    const list = opening.get(i.low);
    if (list) list.push(i);
    else opening.set(i.low, [i]);
  }
  const open = new Set<Interval>();
  const lists = starts.map((start) => {
    for (const i of open) if (i.high < start) open.delete(i);
    for (const i of opening.get(start) ?? []) open.add(i);
    return [...open].map((i) => i.value);
  });
  const at = w.reserve(RANGES.starts + starts.length * 16, 8);
  w.u32(at + RANGES.count, starts.length);
  starts.forEach((start, i) => w.u64(at + RANGES.starts + i * 8, start));
  lists.forEach((list, i) => {
    const row = at + RANGES.starts + starts.length * 8 + i * 8;
    const offset = w.reserve(list.length * 4);
    list.forEach((value, j) => w.u32(offset + j * 4, value));
    w.u32(row, list.length ? offset : 0);
    w.u32(row + 4, list.length);
  });
  return { table: at, count: starts.length, cap: lists.reduce((most, list) => Math.max(most, list.length), 1) };
};

/** A whole-text automaton over classes of bytes that it does not tell apart. */
export const writeAutomaton = (w: Writer, dfa: Dfa): number => {
  const { map, classes, representatives } = byteClasses(dfa);
  const at = w.reserve(AUTOMATON.accept + Math.ceil(dfa.states / 4) * 4 + dfa.states * classes * 2);
  w.u32(at + AUTOMATON.states, dfa.states);
  w.u32(at + AUTOMATON.classes, classes);
  w.u32(at + AUTOMATON.start, dfa.start);
  for (let b = 0; b < 256; b++) w.u8(at + AUTOMATON.map + b, map[b]);
  const next = at + AUTOMATON.accept + Math.ceil(dfa.states / 4) * 4;
  for (let s = 0; s < dfa.states; s++) {
    w.u8(at + AUTOMATON.accept + s, dfa.accept[s]);
    for (let c = 0; c < classes; c++) w.u16(next + (s * classes + c) * 2, dfa.next[s * 256 + representatives[c]]);
  }
  return at;
};
