/** Lines and columns of a source, for people. */
import type { Source } from './diagnostic.ts';

export interface Position {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
}

/** Offsets at which the lines of a source start: found once, then every question is a binary search. */
export class LineIndex {
  readonly #text: string;
  readonly #starts: number[] = [0];

  constructor(text: string) {
    this.#text = text;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1);
  }

  get lines(): number {
    return this.#starts.length;
  }

  /** @param offset in UTF-16 units; one outside the text means its nearest end */
  position(offset: number): Position {
    const at = Math.max(0, Math.min(offset, this.#text.length));
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#starts[middle] <= at) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: at - this.#starts[low] + 1 };
  }

  /** Characters `from` (inclusive) to `to` (exclusive), counted from 0, of a line (from 1), without its end. */
  slice(line: number, from: number, to: number): string {
    const start = this.#starts[line - 1];
    const next = this.#starts[line];
    const end = next === undefined ? this.#text.length : next - 1;
    const text = this.#text.slice(Math.min(start + from, end), Math.min(start + to, end));
    return text.endsWith('\r') ? text.slice(0, -1) : text;
  }
}

const indexes = new WeakMap<Source, LineIndex>();

/** The line index of a source, made at the first call. */
export function lineIndex(source: Source): LineIndex {
  let index = indexes.get(source);
  if (!index) indexes.set(source, (index = new LineIndex(source.text)));
  return index;
}

/** Line and column of an offset in a source. */
export const positionOf = (source: Source, offset: number): Position => lineIndex(source).position(offset);
