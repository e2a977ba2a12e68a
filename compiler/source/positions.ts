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

/** Units between two notes of the table: a document may stand on one line, so that lines alone do not bound a look-up. */
const STRIDE = 1024;

const isTrail = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;
const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff;
/** Bytes of a unit's share in UTF-8: each half of a pair has two of its four. */
const bytesOf = (unit: number): number => (unit < 0x80 ? 1 : unit < 0x800 || isSurrogate(unit) ? 2 : 3);

/** @returns a function from an offset in UTF-16 units to its position; the table is made once, a look-up is cheap */
export function positions(text: string): (offset: number) => Position {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  const before = counter(text);
  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (starts[middle] <= offset) low = middle;
      else high = middle;
    }
    const here = before(offset);
    return { line: low + 1, column: here.points - before(starts[low]).points + 1, byte: here.bytes };
  };
}

interface Counts {
  readonly points: number;
  readonly bytes: number;
}

/** @returns a function from an offset to the code points and bytes before it */
function counter(text: string): (offset: number) => Counts {
  const within = (offset: number): number => Math.max(0, Math.min(offset, text.length));
  // ASCII alone: every unit is a code point and a byte.
  if (Buffer.byteLength(text) === text.length) {
    return (offset) => ({ points: within(offset), bytes: within(offset) });
  }
  const notes = Math.floor(text.length / STRIDE) + 1;
  const points = new Uint32Array(notes);
  const bytes = new Uint32Array(notes);
  let point = 0;
  let byte = 0;
  for (let i = 0; i < text.length; i++) {
    if (i % STRIDE === 0) [points[i / STRIDE], bytes[i / STRIDE]] = [point, byte];
    const unit = text.charCodeAt(i);
    if (!isTrail(unit)) point++;
    byte += bytesOf(unit);
  }
  if (text.length % STRIDE === 0) [points[notes - 1], bytes[notes - 1]] = [point, byte];
  return (offset) => {
    const end = within(offset);
    const note = Math.floor(end / STRIDE);
    const found = { points: points[note], bytes: bytes[note] };
    for (let i = note * STRIDE; i < end; i++) {
      const unit = text.charCodeAt(i);
      if (!isTrail(unit)) found.points++;
      found.bytes += bytesOf(unit);
    }
    return found;
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
