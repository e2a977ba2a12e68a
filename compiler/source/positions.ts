/** Offsets of a text to lines, columns and bytes. */
import type { Source, Span } from '../diagnostics/diagnostic.ts';
import type { SourceSpan } from '../../vm/bundle/manifest.ts';

export interface Position {
  /** From 1. */
  readonly line: number;
  /** From 1, in characters (code points). */
  readonly column: number;
  /** From 0, in bytes of the UTF-8 form. */
  readonly byte: number;
}

/** @returns a function from an offset in UTF-16 units to its position; the table of lines is made once */
export function positions(text: string): (offset: number) => Position {
  const starts = [0];
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) starts.push(i + 1);
  const bytes = [0];
  for (let i = 1; i < starts.length; i++) {
    bytes.push(bytes[i - 1] + Buffer.byteLength(text.slice(starts[i - 1], starts[i])));
  }
  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (starts[middle] <= offset) low = middle;
      else high = middle;
    }
    const before = text.slice(starts[low], offset);
    return { line: low + 1, column: [...before].length + 1, byte: bytes[low] + Buffer.byteLength(before) };
  };
}

/** @returns a function from spans of diagnostics to spans of a manifest, for these sources */
export function manifestSpans(sources: readonly Source[]): (span: Span) => SourceSpan {
  const tables = new Map<number, (offset: number) => Position>();
  return ({ source, start, end }) => {
    let at = tables.get(source);
    if (at === undefined) tables.set(source, (at = positions(sources[source].text)));
    const from = at(start);
    return { source, start: from.byte, end: at(end).byte, line: from.line, column: from.column };
  };
}
