/**
 * Sparse rows placed into one array, each where its steps meet free slots (row displacement: Ziegler 1977; Tarjan and Yao,
 * CACM 1979). Long rows first; short ones fill what is left. No two rows have one base, so that a base names its row.
 */
import type { Rows } from './aho-corasick.ts';

export interface Placed {
  /** By row; 0 for the empty one. */
  readonly base: Uint32Array;
  /** By slot the base that it belongs to, FREE for none, and the index of its step, -1 for none. */
  readonly check: Uint32Array;
  readonly row: Int32Array;
}

const FREE = 0xffffffff;
/** Places that a row is tried at before those of its length go on behind them. */
const TRIES = 64;

/** @returns slots that any class may be added to any base of */
export const placeRows = ({ starts, symbols }: Rows, width: number): Placed => {
  const rows = starts.length - 1;
  const slots = new Slots(symbols.length + width * 2);
  const base = new Uint32Array(rows);
  const cursors = new Map<number, number>();
  for (const row of longestFirst(starts)) {
    const from = starts[row];
    const length = starts[row + 1] - from;
    // rows of one step are told apart by its symbol: each goes on where the last of them found its place
    const group = length === 1 ? -1 - symbols[from] : length;
    let at = cursors.get(group) ?? 1;
    for (let tries = 1; ; tries++) {
      at = slots.free(Math.max(at, symbols[from] + 1));
      if (slots.fits(at - symbols[from], symbols, from, length)) break;
      at++;
      if (tries % TRIES === 0) cursors.set(group, at);
    }
    if (length === 1) cursors.set(group, at + 1);
    base[row] = at - symbols[from];
    slots.take(base[row], symbols, from, length);
  }
  return { base, ...slots.finish(width) };
};

/** Rows other than 0 by length. */
const longestFirst = (starts: readonly number[]): number[] => {
  const rows = Array.from({ length: starts.length - 2 }, (_, i) => i + 1);
  return rows.sort((a, b) => starts[b + 1] - starts[b] - (starts[a + 1] - starts[a]) || a - b);
};

class Slots {
  #row: Int32Array;
  #check: Uint32Array;
  /** A slot at or behind each that may be free: paths to it are shortened as they are gone. */
  #next: Uint32Array;
  /** Whether a row has this base. */
  #based: Uint8Array;
  #last = 0;

  constructor(size: number) {
    this.#row = new Int32Array(size).fill(-1);
    this.#check = new Uint32Array(size).fill(FREE);
    this.#next = Uint32Array.from({ length: size }, (_, i) => i);
    this.#based = new Uint8Array(size);
  }

  /** The first free slot from `at` on. */
  free(at: number): number {
    while (at < this.#next.length && this.#next[at] !== at) {
      const next = this.#next[at];
      if (next < this.#next.length) this.#next[at] = this.#next[next];
      at = next;
    }
    return at;
  }

  fits(base: number, symbols: Uint16Array, from: number, length: number): boolean {
    if (base < this.#based.length && this.#based[base]) return false;
    for (let i = from; i < from + length; i++) {
      const slot = base + symbols[i];
      if (slot < this.#row.length && this.#row[slot] >= 0) return false;
    }
    return true;
  }

  take(base: number, symbols: Uint16Array, from: number, length: number): void {
    this.#grow(base + symbols[from + length - 1] + 2);
    this.#based[base] = 1;
    this.#last = Math.max(this.#last, base);
    for (let i = from; i < from + length; i++) {
      const slot = base + symbols[i];
      this.#row[slot] = i;
      this.#check[slot] = base;
      this.#next[slot] = slot + 1;
    }
  }

  /** As many slots as the last base with any class needs. */
  finish(width: number): { check: Uint32Array; row: Int32Array } {
    const size = this.#last + width;
    this.#grow(size);
    return { check: this.#check.slice(0, size), row: this.#row.slice(0, size) };
  }

  #grow(size: number): void {
    const old = this.#row.length;
    if (size <= old) return;
    const most = Math.max(size, old * 2);
    const row = new Int32Array(most).fill(-1, old);
    row.set(this.#row);
    const check = new Uint32Array(most).fill(FREE, old);
    check.set(this.#check);
    const next = Uint32Array.from({ length: most }, (_, i) => i);
    next.set(this.#next);
    const based = new Uint8Array(most);
    based.set(this.#based);
    [this.#row, this.#check, this.#next, this.#based] = [row, check, next, based];
  }
}
