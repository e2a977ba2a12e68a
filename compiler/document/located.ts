/** The values of a document with their places: what YAML says, without YAML's ways of saying it. */
import type { Span } from '../diagnostics/diagnostic.ts';

/** From offsets in a scalar's value to the place in the source where that text is written. */
export type Placer = (start: number, end: number) => Span;

export interface LocatedScalar {
  readonly is: 'scalar';
  /** Integers are bigint, so that none is rounded; other numbers are number. */
  readonly value: string | bigint | number | boolean | null;
  /** The scalar as text: the value of a string, else what is written. */
  readonly text: string;
  readonly span: Span;
  readonly place: Placer;
  /** It stands for a value that could not be read, which is reported. */
  readonly broken?: true;
}

export interface LocatedList {
  readonly is: 'list';
  readonly items: readonly Located[];
  readonly span: Span;
}

export interface LocatedMap {
  readonly is: 'map';
  readonly entries: readonly { readonly key: LocatedScalar; readonly value: Located }[];
  readonly span: Span;
}

/** A tree in which aliases are shared subtrees: their number is bounded, so a walk is, too. */
export type Located = LocatedScalar | LocatedList | LocatedMap;

/** The plain value, as JSON knows it: integers beyond 2^53 become strings. */
export function toJson(node: Located): unknown {
  if (node.is === 'list') return node.items.map(toJson);
  if (node.is === 'map') return Object.fromEntries(node.entries.map(({ key, value }) => [key.text, toJson(value)]));
  if (typeof node.value !== 'bigint') return node.value;
  const number = Number(node.value);
  return Number.isSafeInteger(number) ? number : node.value.toString();
}

/** What a value is, for people: ``the integer `1` ``. */
export function describe(node: Located): string {
  if (node.is !== 'scalar') return node.is === 'list' ? 'a list' : 'a map';
  if (node.value === null) return node.text === '' ? 'nothing' : `\`${node.text}\``;
  const type = { string: 'string', bigint: 'integer', number: 'number', boolean: 'boolean' }[
    typeof node.value as 'string' | 'bigint' | 'number' | 'boolean'
  ];
  return `the ${type} \`${shorten(node.text)}\``;
}

/** At most 60 characters on one line. */
export function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 57)}…` : line;
}
