/**
 * Texts of Falco that are put together of several scalars: a condition and what was appended to it, an exception of fields,
 * operators and values. A place in the whole is one in the scalar that it comes from.
 */
import type { Span } from '../../diagnostics/diagnostic.ts';
import type { Placer } from '../../document/located.ts';

export interface PlacedText {
  readonly text: string;
  readonly place: Placer;
}

/** A part as it is written somewhere, or text of Falco's own between two parts. */
export type Part = PlacedText | string;

/** A text all of which has one place. */
export const whole = (text: string, span: Span): PlacedText => ({ text, place: () => span });

/**
 * @param parts in order; own text has the place of the written part before it
 * @param span where there is no written part
 */
export function joined(parts: readonly Part[], span: Span): PlacedText {
  const placed = parts.map((part) => (typeof part === 'string' ? whole(part, span) : part));
  const starts: number[] = [];
  let length = 0;
  for (const { text } of placed) {
    starts.push(length);
    length += text.length;
  }
  const last = (at: number): number => {
    let n = starts.findLastIndex((start) => start <= at);
    while (n > 0 && typeof parts[n] === 'string') n--;
    return Math.max(n, 0);
  };
  const place = (start: number, end: number): Span => {
    const from = last(start);
    const to = last(Math.max(end - 1, start));
    const within = (n: number, at: number): number => Math.min(Math.max(at - starts[n], 0), placed[n].text.length);
    if (placed.length === 0) return span;
    const first = placed[from].place(within(from, start), within(from, from === to ? end : Infinity));
    const final = from === to ? first : placed[to].place(0, within(to, end));
    return first.source === final.source ? { ...first, end: Math.max(first.end, final.end) } : first;
  };
  return { text: placed.map(({ text }) => text).join(''), place };
}
