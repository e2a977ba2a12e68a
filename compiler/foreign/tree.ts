/** Documents of ours as frontends make them: plain values, each with the place of what it follows from. */
import type { Span } from '../diagnostics/diagnostic.ts';
import type { Located, LocatedScalar } from '../document/located.ts';
import { API_VERSION, type DocumentKind } from '../schema/documents.ts';
import type { Lowered } from './system.ts';

/** A key that is undefined is left out. Values that are located already keep their places. */
export type Plain =
  | string
  | number
  | bigint
  | boolean
  | null
  | Located
  | readonly Plain[]
  | { readonly [key: string]: Plain | undefined };

const isLocated = (value: object): value is Located => 'is' in value && 'span' in value;

const scalar = (value: LocatedScalar['value'], span: Span): LocatedScalar => ({
  is: 'scalar',
  value,
  text: String(value ?? ''),
  span,
  place: () => span,
});

/**
 * @param span of everything in the value that has no place of its own
 * @returns the value with places
 */
export function at(span: Span, value: Plain): Located {
  if (typeof value === 'number') return scalar(Number.isInteger(value) ? BigInt(value) : value, span);
  if (value === null || typeof value !== 'object') return scalar(value, span);
  if (Array.isArray(value)) return { is: 'list', items: value.map((item: Plain) => at(span, item)), span };
  if (isLocated(value)) return value;
  const entries = Object.entries(value as Record<string, Plain | undefined>).flatMap(([key, of]) =>
    of === undefined ? [] : [{ key: scalar(key, span), value: at(span, of) }],
  );
  return { is: 'map', entries, span };
}

/**
 * @param span of the document that it follows from
 * @param metadata name, description, annotations
 */
export function lowered(kind: DocumentKind, span: Span, metadata: Plain, spec: Plain): Lowered {
  const root = at(span, { apiVersion: API_VERSION, kind, metadata, spec });
  if (root.is !== 'map') throw new Error('BUG: a document is a map');
  return { kind, root };
}
