/**
 * An Aho-Corasick automaton (CACM 1975) with one step for each symbol. Where a step leads to a state of depth 2 at most, the
 * last two symbols say which, and it is read from a table of pairs; to one of depth 3, it is a step of the state that the two
 * symbols before it lead to. Only steps to deeper states are the state's own. A state that extends nothing has the same steps
 * as the state that it fails to, and is the same row.
 */
import { placeRows } from './displacement.ts';

/** Symbols: the bytes, the begin and the end of a string. */
export const SYMBOLS = 258;

/** `found` is the number, from 1, of the longest text that ends there; 0: none. */
export interface Matcher {
  readonly width: number;
  /** Class of each symbol; 0: it is in no text. */
  readonly map: Uint16Array;
  /** State and text found by the last two classes. */
  readonly pairs: { readonly state: Uint32Array; readonly found: Uint32Array };
  /** Rows of states, placed into one another: `check` is the state that a slot belongs to. States count slots. */
  readonly slots: { readonly check: Uint32Array; readonly state: Uint32Array; readonly found: Uint32Array };
  /** Index of each numbered text among the given ones. */
  readonly order: readonly number[];
  /** For each text the next longest that ends with it, by number, 0: none. */
  readonly next: Uint32Array;
}

/** @param texts distinct, none empty, of symbols below SYMBOLS */
export const buildMatcher = (texts: readonly string[]): Matcher => {
  const { map, width } = classesOf(texts);
  const trie = buildTrie(texts, map, width);
  const { of, rows, fails } = ownSteps(trie, width);
  const { found, order, next } = numberTexts(trie, fails);
  const placed = placeRows(rows, width);
  const slots = placed.row.length;
  const state = new Uint32Array(slots);
  const foundBy = new Uint32Array(slots);
  for (let i = 0; i < slots; i++) {
    const to = placed.row[i] < 0 ? 0 : rows.to[placed.row[i]];
    state[i] = placed.base[of[to]];
    foundBy[i] = found[to];
  }
  return {
    width,
    map,
    pairs: { state: trie.pairs.map((node) => placed.base[of[node]]), found: trie.pairs.map((node) => found[node]) },
    slots: { check: placed.check, state, found: foundBy },
    order,
    next,
  };
};

const classesOf = (texts: readonly string[]): { map: Uint16Array; width: number } => {
  const map = new Uint16Array(SYMBOLS);
  for (const text of texts) for (let i = 0; i < text.length; i++) map[text.charCodeAt(i)] = 1;
  let width = 1;
  for (let symbol = 0; symbol < SYMBOLS; symbol++) if (map[symbol]) map[symbol] = width++;
  return { map, width };
};

/** Nodes breadth first, children of a node by class; node 0 is the root. */
interface Trie {
  readonly nodes: number;
  readonly symbol: Uint16Array;
  readonly parent: Uint32Array;
  readonly depth: Uint16Array;
  /** Children of a node stand side by side: the first, and those of the next node behind them. */
  readonly children: Uint32Array;
  /** Index of the text that ends at a node, -1: none. */
  readonly text: Int32Array;
  /** Node of depth 2 at most for the last two classes. */
  readonly pairs: Uint32Array;
}

const buildTrie = (texts: readonly string[], map: Uint16Array, width: number): Trie => {
  const sorted = texts.map((_, i) => i).sort((a, b) => (texts[a] < texts[b] ? -1 : 1));
  const most = texts.reduce((sum, text) => sum + text.length, 1);
  const parents = new Uint32Array(most);
  const symbols = new Uint16Array(most);
  const depths = new Uint16Array(most);
  const ends = new Int32Array(most).fill(-1);
  const path = [0];
  let count = 1;
  let before = '';
  for (const i of sorted) {
    const text = texts[i];
    let at = 0;
    while (at < before.length && at < text.length && before.charCodeAt(at) === text.charCodeAt(at)) at++;
    for (; at < text.length; at++) {
      parents[count] = path[at];
      symbols[count] = map[text.charCodeAt(at)];
      depths[count] = at + 1;
      path[at + 1] = count++;
    }
    ends[path[text.length]] = i;
    before = text;
  }
  return breadthFirst(count, parents, symbols, depths, ends, width);
};

/** Numbers nodes by depth; those of one depth stay in order, so that siblings stay together. */
const breadthFirst = (
  nodes: number,
  parents: Uint32Array,
  symbols: Uint16Array,
  depths: Uint16Array,
  ends: Int32Array,
  width: number,
): Trie => {
  const starts = new Uint32Array(depths.subarray(0, nodes).reduce((a, b) => Math.max(a, b), 0) + 2);
  for (let node = 0; node < nodes; node++) starts[depths[node] + 1]++;
  for (let depth = 1; depth < starts.length; depth++) starts[depth] += starts[depth - 1];
  const order = new Uint32Array(nodes);
  const numbers = new Uint32Array(nodes);
  for (let node = 0; node < nodes; node++) order[(numbers[node] = starts[depths[node]]++)] = node;
  const children = new Uint32Array(nodes + 1);
  for (let node = 1; node < nodes; node++) children[numbers[parents[node]]]++;
  let first = 1;
  for (let i = 0; i <= nodes; i++) [children[i], first] = [first, first + children[i]];
  const symbol = Uint16Array.from(order, (node) => symbols[node]);
  const pairs = new Uint32Array(width * width);
  for (let node = children[0]; node < children[1]; node++) {
    for (let last = 0; last < width; last++) pairs[last * width + symbol[node]] = node;
  }
  for (let node = children[0]; node < children[1]; node++) {
    for (let child = children[node]; child < children[node + 1]; child++) {
      pairs[symbol[node] * width + symbol[child]] = child;
    }
  }
  const depth = Uint16Array.from(order, (node) => depths[node]);
  const parent = Uint32Array.from(order, (node) => numbers[parents[node]]);
  return { nodes, symbol, parent, depth, children, text: Int32Array.from(order, (node) => ends[node]), pairs };
};

/**
 * Steps that states have of their own: to a depth of 3 from one of 2, to one of 4 or more from deeper ones. Rows stand one behind the
 * other; symbols of a row ascend. Row 0 is empty.
 */
export interface Rows {
  readonly starts: readonly number[];
  readonly symbols: Uint16Array;
  readonly to: Uint32Array;
}

/** The row of each node, and the node that it fails to: the longest suffix of its text that begins some text. */
const ownSteps = (trie: Trie, width: number): { of: Uint32Array; rows: Rows; fails: Uint32Array } => {
  const { nodes, symbol, depth, children, pairs } = trie;
  const fails = new Uint32Array(nodes);
  const of = new Uint32Array(nodes);
  const starts = [0, 0];
  let symbols = new Uint16Array(nodes * 2);
  let to = new Uint32Array(nodes * 2);
  let size = 0;
  const push = (c: number, node: number): void => {
    if (size === to.length) {
      symbols = grown(symbols, new Uint16Array(size * 2));
      to = grown(to, new Uint32Array(size * 2));
    }
    symbols[size] = c;
    to[size++] = node;
  };
  for (let node = 1; node < nodes; node++) {
    const [first, end] = [children[node], children[node + 1]];
    if (depth[node] === 1) {
      for (let child = first; child < end; child++) fails[child] = pairs[symbol[child]];
      continue;
    }
    const shared = depth[fails[node]] > 2 ? of[fails[node]] : 0;
    of[node] = shared;
    if (first === end) continue;
    // the row that it would share, with its own children put in
    let at = starts[shared];
    const last = starts[shared + 1];
    for (let child = first; child < end; child++) {
      const c = symbol[child];
      for (; at < last && symbols[at] < c; at++) push(symbols[at], to[at]);
      const same = at < last && symbols[at] === c;
      fails[child] = same ? to[at++] : shallow(trie, width, node, c);
      push(c, child);
    }
    for (; at < last; at++) push(symbols[at], to[at]);
    of[node] = starts.length - 1;
    starts.push(size);
  }
  return { of, rows: { starts, symbols: symbols.subarray(0, size), to: to.subarray(0, size) }, fails };
};

/** Where `c` leads by the last two symbols of a state's text, other than to the state's own child. */
const shallow = (trie: Trie, width: number, node: number, c: number): number => {
  const { symbol, parent, depth, children, pairs } = trie;
  const second = pairs[symbol[parent[node]] * width + symbol[node]];
  if (depth[second] === 2 && depth[node] > 2) {
    for (let child = children[second]; child < children[second + 1]; child++) if (symbol[child] === c) return child;
  }
  return pairs[symbol[node] * width + c];
};

const grown = <T extends Uint16Array | Uint32Array>(from: T, to: T): T => {
  to.set(from);
  return to;
};

/** Numbers texts by their nodes, so that one that ends another has the smaller number. */
const numberTexts = (
  { nodes, text }: Trie,
  fails: Uint32Array,
): { found: Uint32Array; order: number[]; next: Uint32Array } => {
  const found = new Uint32Array(nodes);
  const order: number[] = [];
  const next: number[] = [];
  for (let node = 1; node < nodes; node++) {
    found[node] = found[fails[node]];
    if (text[node] < 0) continue;
    next.push(found[node]);
    found[node] = order.push(text[node]);
  }
  return { found, order, next: Uint32Array.from(next) };
};
