/**
 * Patterns of collections: a text with `*` at its start, at its end, at both or nowhere, without regard to case.
 *
 * Scopes of ours are held against what the event says, so a pattern becomes all the texts that mean the same: names of
 * images on Docker Hub in their long and short forms, and the tag `latest`, which a name without a tag stands for.
 */
import type { Span } from '../../diagnostics/diagnostic.ts';
import type { LocatedScalar } from '../../document/located.ts';
import { globOf } from '../condition.ts';

export const FIELDS = ['images', 'containers', 'namespaces', 'labels', 'hosts', 'clusters'] as const;
export type FieldName = (typeof FIELDS)[number];

/** A text that stands at the start, at the end, or both, of what matches; at neither: somewhere in it. */
export interface Pattern {
  readonly text: string;
  readonly start: boolean;
  readonly end: boolean;
  readonly span: Span;
}

/** @param text without the `-` of an exemption */
export function patternOf(text: string, span: LocatedScalar['span']): Pattern {
  const start = !text.startsWith('*');
  const rest = text.replace(/^\*+/, '');
  const end = !rest.endsWith('*') && !(rest === '' && !start);
  return { text: rest.replace(/\*+$/, ''), start, end, span };
}

/** Whether everything matches. */
export const isAny = ({ text, start, end }: Pattern): boolean => text === '' && !(start && end);

/** The patterns that mean the same for a field, each to be held against the whole value. */
export function spellings(field: FieldName, pattern: Pattern): readonly Pattern[] {
  const cases = [...new Set([pattern.text.toLowerCase(), pattern.text])];
  const texts = field === 'images' && pattern.start ? cases.flatMap(hubNames) : cases;
  return [...new Set(texts)].flatMap((text) =>
    field === 'images' ? tags({ ...pattern, text }) : [{ ...pattern, text }],
  );
}

const HUB = 'docker.io/';
const OFFICIAL = `${HUB}library/`;

/** A name of an image, or how it starts, as it stands with and without the registry that is meant where none is named. */
function hubNames(name: string): readonly string[] {
  for (const prefix of [OFFICIAL, HUB]) {
    const rest = name.startsWith(prefix) ? name.slice(prefix.length) : '';
    if (rest !== '') return [name, rest];
  }
  const slash = name.indexOf('/');
  if (slash < 0) return name.split(':')[0].includes('.') ? [name] : [name, OFFICIAL + name];
  return /[.:]|^localhost$/.test(name.slice(0, slash)) ? [name] : [name, HUB + name];
}

/** What ends like a name without a tag ends also like one with the tag `latest`, and the other way round. */
function tags(pattern: Pattern): readonly Pattern[] {
  const { text, end } = pattern;
  if (!end) return [pattern];
  const last = text.slice(text.lastIndexOf('/') + 1);
  if (!/[:@]/.test(last)) return [pattern, { ...pattern, text: `${text}:latest` }];
  return pattern.start && text.endsWith(':latest')
    ? [pattern, { ...pattern, text: text.slice(0, -':latest'.length) }]
    : [pattern];
}

/** As a glob over the whole value. */
export const globFor = ({ text, start, end }: Pattern): string =>
  `${start ? '' : '**'}${globOf(text)}${end ? '' : '**'}`;

/** Whether everything that the second one matches is matched by the first. */
export function covers(p: Pattern, q: Pattern): boolean {
  if (p.start && p.end) return q.start && q.end && p.text === q.text;
  if (p.start) return q.start && q.text.startsWith(p.text);
  if (p.end) return q.end && q.text.endsWith(p.text);
  return q.text.includes(p.text);
}

/** Whether nothing is matched by both. */
export function areDisjoint(p: Pattern, q: Pattern): boolean {
  if (p.start && p.end) return !matches(q, p.text);
  if (q.start && q.end) return !matches(p, q.text);
  const starts = p.start && q.start && !p.text.startsWith(q.text) && !q.text.startsWith(p.text);
  const ends = p.end && q.end && !p.text.endsWith(q.text) && !q.text.endsWith(p.text);
  return starts || ends;
}

const matches = ({ text, start, end }: Pattern, value: string): boolean => {
  if (start && end) return value === text;
  return start ? value.startsWith(text) : end ? value.endsWith(text) : value.includes(text);
};
