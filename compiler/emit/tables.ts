/** Tables of classifiers and sets that stand beside dictionaries: lengths, intervals, automata. */
import type { Bytes } from '../../vm/bundle/normal.ts';
import { AUTOMATON, LENGTHS, RANGES, SUBSTRINGS } from '../../vm/spec/index.ts';
import type { Dfa } from '../pattern/index.ts';
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

/** Bytes with the same column of transitions are one class. */
const byteClasses = (dfa: Dfa): { map: Uint8Array; classes: number; representatives: number[] } => {
  const map = new Uint8Array(256);
  const representatives: number[] = [];
  const known = new Map<string, number>();
  const column = new Uint32Array(dfa.states);
  for (let b = 0; b < 256; b++) {
    for (let s = 0; s < dfa.states; s++) column[s] = dfa.next[s * 256 + b];
    const key = column.join();
    let number = known.get(key);
    if (number === undefined) {
      known.set(key, (number = representatives.length));
      representatives.push(b);
    }
    map[b] = number;
  }
  return { map, classes: representatives.length, representatives };
};

/** An Aho-Corasick automaton (CACM 1975), its failures compiled into transitions. States are numbered breadth first. */
export const writeSubstrings = (w: Writer, items: readonly Item[]): { table: number; states: number } => {
  const { map, width } = usedBytes(items);
  const { trie, outputs, fails } = buildTrie(items, map, width);
  const states = outputs.length;
  const at = w.reserve(SUBSTRINGS.next + states * width * 4 + states * 8);
  w.u32(at + SUBSTRINGS.states, states);
  w.u32(at + SUBSTRINGS.classes, width);
  w.u32(at + SUBSTRINGS.outputs, items.length);
  for (let b = 0; b < 256; b++) w.u8(at + SUBSTRINGS.map + b, map[b]);
  trie.forEach((to, i) => w.u32(at + SUBSTRINGS.next + i * 4, to));
  const rows = at + SUBSTRINGS.next + states * width * 4;
  const links = new Array<number>(states).fill(SUBSTRINGS.none);
  for (let s = 0; s < states; s++) {
    if (s > 0) links[s] = outputs[fails[s]] !== SUBSTRINGS.none ? fails[s] : links[fails[s]];
    w.u32(rows + s * 8, outputs[s]);
    w.u32(rows + s * 8 + 4, links[s]);
  }
  return { table: at, states };
};

/** A class for each byte that a pattern has, and one for all others, if there are others. */
const usedBytes = (items: readonly Item[]): { map: Uint8Array; width: number } => {
  const used = new Set<number>();
  for (const [key] of items) for (let i = 0; i < key.length; i++) used.add(key.charCodeAt(i));
  const map = new Uint8Array(256);
  let width = used.size < 256 ? 1 : 0;
  for (const b of used) map[b] = width++;
  return { map, width };
};

const buildTrie = (
  items: readonly Item[],
  map: Uint8Array,
  width: number,
): { trie: number[]; outputs: number[]; fails: number[] } => {
  interface Node {
    readonly next: Map<number, Node>;
    output: number;
    number: number;
  }
  const node = (): Node => ({ next: new Map(), output: SUBSTRINGS.none, number: 0 });
  const root = node();
  for (const [key, value] of items) {
    let at = root;
    for (let i = 0; i < key.length; i++) {
      const c = map[key.charCodeAt(i)];
      let to = at.next.get(c);
      if (!to) at.next.set(c, (to = node()));
      at = to;
    }
    at.output = value;
  }
  const order = [root];
  for (let i = 0; i < order.length; i++) {
    order[i].number = i;
    for (const to of order[i].next.values()) order.push(to);
  }
  const trie = new Array<number>(order.length * width).fill(0);
  const fails = new Array<number>(order.length).fill(0);
  for (const { number, next } of order) {
    const fail = fails[number];
    for (let c = 0; c < width; c++) {
      const to = next.get(c);
      const back = number === 0 ? 0 : trie[fail * width + c];
      trie[number * width + c] = to ? to.number : back;
      if (to) fails[to.number] = back;
    }
  }
  return { trie, outputs: order.map((n) => n.output), fails };
};
