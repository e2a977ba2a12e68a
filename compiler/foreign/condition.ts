/**
 * Conditions that frontends make: joined with only the parentheses that are needed, and without parts that do not matter
 * (what is always true in a chain of `and`, what never is in one of `or`).
 */
import type { Span } from '../diagnostics/diagnostic.ts';
import type { LocatedScalar } from '../document/located.ts';
import { toBytes } from '../expression/bytes.ts';
import { printExpression } from '../expression/index.ts';
import { piece, scalarOf, type Piece } from './written.ts';

export interface Condition {
  readonly is: 'true' | 'false' | 'test' | 'not' | 'and' | 'or';
  readonly pieces: readonly Piece[];
  /** What a `not` negates. */
  readonly of?: Condition;
}

const BINDING = { or: 1, and: 2, not: 3, test: 4, true: 4, false: 4 } as const;

export const ALWAYS: Condition = { is: 'true', pieces: [piece('true')] };
export const NEVER: Condition = { is: 'false', pieces: [piece('false')] };

/**
 * @param text one test of the expression language: no `and`, `or` or `not` outside parentheses
 * @param span what it follows from
 */
export const test = (text: string, span: Span | null = null): Condition => ({
  is: 'test',
  pieces: [piece(text, span)],
});

export function not(of: Condition): Condition {
  if (of.is === 'true') return NEVER;
  if (of.is === 'false') return ALWAYS;
  return of.of ?? { is: 'not', pieces: [piece('not '), ...inside(of, 'not')], of };
}

/** All hold; without parts: always. */
export const all = (parts: readonly Condition[]): Condition => chain('and', 'true', NEVER, parts);

/** One holds; without parts: never. */
export const some = (parts: readonly Condition[]): Condition => chain('or', 'false', ALWAYS, parts);

function chain(op: 'and' | 'or', idle: 'true' | 'false', final: Condition, parts: readonly Condition[]): Condition {
  if (parts.some(({ is }) => is === final.is)) return final;
  const left = parts.filter(({ is }) => is !== idle);
  if (left.length === 0) return op === 'and' ? ALWAYS : NEVER;
  if (left.length === 1) return left[0];
  const pieces = left.flatMap((part, n) => [...(n > 0 ? [piece(` ${op} `)] : []), ...inside(part, op)]);
  return { is: op, pieces };
}

const inside = (part: Condition, op: 'and' | 'or' | 'not'): readonly Piece[] =>
  BINDING[part.is] < BINDING[op] ? [piece('('), ...part.pieces, piece(')')] : part.pieces;

/** @param span of what the whole condition follows from */
export const written = (condition: Condition, span: Span): LocatedScalar => scalarOf(condition.pieces, span);

/** A text as a string of the expression language. */
export const quoted = (text: string): string =>
  printExpression({
    kind: 'test',
    left: { kind: 'text', value: toBytes(text), raw: false, span: NOWHERE },
    test: null,
    span: NOWHERE,
  });

/** A string field equals one of the texts; without texts: never. */
export const oneOf = (field: string, texts: readonly string[], span: Span | null = null): Condition => {
  const distinct = [...new Set(texts)];
  if (distinct.length === 0) return NEVER;
  return test(distinct.length === 1 ? `${field} = ${quoted(distinct[0])}` : `${field} in ${quotedSet(distinct)}`, span);
};

/** Texts as a set: `("a", "b")`. */
export const quotedSet = (texts: readonly string[]): string => `(${texts.map(quoted).join(', ')})`;

/** A text as a glob that matches it alone. */
export const globOf = (text: string): string => text.replace(/[\\?*[\]{}]/g, '\\$&');

/** A text as a regular expression that matches it alone. */
export const regexOf = (text: string): string => text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');

const NOWHERE: Span = { source: 0, start: 0, end: 0 };
