/**
 * Text of ours that follows from text of others.
 *
 * The problem: a condition that a frontend makes is parsed and checked like every other, and what is found there must point
 * into the foreign source. So it is built of pieces, each with the place that it follows from, and a place in the whole is
 * found through its pieces. Pieces without a place (parentheses, operators) have that of the piece before them.
 */
import type { Span } from '../diagnostics/diagnostic.ts';
import type { LocatedScalar } from '../document/located.ts';

export interface Piece {
  readonly text: string;
  /** What it follows from; null: nothing of its own. */
  readonly span: Span | null;
}

export const piece = (text: string, span: Span | null = null): Piece => ({ text, span });

/**
 * @param span of the whole
 * @returns a string with a place for each part of it
 */
export function scalarOf(pieces: readonly Piece[], span: Span): LocatedScalar {
  const text = pieces.map((one) => one.text).join('');
  return { is: 'scalar', value: text, text, span, place: (start, end) => placeIn(pieces, span, start, end) };
}

function placeIn(pieces: readonly Piece[], whole: Span, start: number, end: number): Span {
  let at = 0;
  let from: Span | null = null;
  let to: Span | null = null;
  for (const { text, span } of pieces) {
    const next = at + text.length;
    if (at <= start) from = span ?? from;
    if (at < Math.max(end, start + 1)) to = span ?? to;
    at = next;
  }
  if (from === null || to === null || from.source !== to.source) return from ?? whole;
  return { source: from.source, start: Math.min(from.start, to.start), end: Math.max(from.end, to.end) };
}
