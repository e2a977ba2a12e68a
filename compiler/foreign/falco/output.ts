/** Outputs of rules as messages: `%field` is the field here where there is one, and stays as it is where not. */
import type { Span } from '../../diagnostics/diagnostic.ts';
import type { LocatedScalar } from '../../document/located.ts';
import { scalarOf } from '../written.ts';
import { targetOf } from './fields.ts';
import type { Shape } from './shapes.ts';
import { placeholderOf } from './target.ts';
import type { PlacedText } from './text.ts';

const FIELD = /%([a-zA-Z]+[a-zA-Z0-9_]*(?:\.[a-zA-Z]+[a-zA-Z0-9_]*)+)(?:\[([^\]]*)\])?/g;

/** @param shape of an event that the rule is about */
export function messageOf({ text, place }: PlacedText, shape: Shape, span: Span): LocatedScalar {
  const pieces: { text: string; span: Span }[] = [];
  const add = (part: string, start: number, end: number): void =>
    void pieces.push({ text: part, span: place(start, end) });
  let at = 0;
  for (const found of text.matchAll(FIELD)) {
    const [all, name, arg] = found;
    const target = targetOf(name, arg, shape);
    const placeholder = target === undefined ? null : placeholderOf(target);
    if (found.index > at) add(text.slice(at, found.index), at, found.index);
    at = found.index + all.length;
    add(placeholder ?? all, found.index, at);
  }
  if (at < text.length) add(text.slice(at), at, text.length);
  const trimmed = pieces.map((piece) => ({ ...piece, text: piece.text.replace(/\s+/g, ' ') }));
  if (trimmed.length > 0) trimmed[trimmed.length - 1].text = trimmed[trimmed.length - 1].text.trimEnd();
  return scalarOf(trimmed, span);
}
