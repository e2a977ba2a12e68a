/** Values of their documents: judged, and said of in their words. */
import { diagnose, nearest } from '../../diagnostics/index.ts';
import type { Span } from '../../diagnostics/diagnostic.ts';
import { describe, shorten, type Located, type LocatedMap, type LocatedScalar } from '../../document/located.ts';
import { headOf, type Report } from '../../schema/read.ts';
import { isEmpty, isMap } from '../read.ts';

/** What JSON of theirs has where nothing was set: null, or no key at all. */
export const given = (node: Located, key: string): Located | undefined => {
  const found = isMap(node) ? node.entries.find((entry) => entry.key.text === key)?.value : undefined;
  return found === undefined || isEmpty(found) ? undefined : found;
};

/** Place of a key, or of the map that does not have it. */
export const keySpan = (node: LocatedMap, key: string): Span =>
  node.entries.find((entry) => entry.key.text === key)?.key.span ?? headOf(node);

export function judgeKeys(node: LocatedMap, known: readonly string[], report: Report): void {
  for (const { key } of node.entries) {
    if (known.includes(key.text)) continue;
    const near = nearest(key.text, known);
    const help = near === null ? 'it is ignored' : `did you mean \`${near}\`?`;
    report(diagnose('L5002', `unknown key \`${shorten(key.text)}\``, key.span, help));
  }
}

function wrong(wanted: string, node: Located, report: Report): undefined {
  if (node.is !== 'scalar' || !node.broken) {
    report(diagnose('L5004', `expected ${wanted}, found ${describe(node)}`, headOf(node)));
  }
  return undefined;
}

/** A text under a key; an integer is read as its digits. */
export function textAt(node: Located, key: string, report: Report): LocatedScalar | undefined {
  const found = given(node, key);
  if (found === undefined) return undefined;
  if (found.is !== 'scalar' || (typeof found.value !== 'string' && typeof found.value !== 'bigint')) {
    return wrong('a text', found, report);
  }
  return found.text === '' ? undefined : found;
}

export function flagAt(node: Located, key: string, report: Report): boolean {
  const found = given(node, key);
  if (found === undefined) return false;
  if (found.is === 'scalar' && typeof found.value === 'boolean') return found.value;
  wrong('`true` or `false`', found, report);
  return false;
}

export function mapAt(node: Located, key: string, report: Report): LocatedMap | undefined {
  const found = given(node, key);
  return found === undefined || isMap(found) ? found : wrong('a map', found, report);
}

export function listAt(node: Located, key: string, report: Report): readonly Located[] {
  const found = given(node, key);
  if (found === undefined) return [];
  return found.is === 'list' ? found.items : (wrong('a list', found, report) ?? []);
}

export const mapsAt = (node: Located, key: string, report: Report): readonly LocatedMap[] =>
  listAt(node, key, report).flatMap((item) => (isMap(item) ? [item] : (wrong('a map', item, report) ?? [])));

/** Texts of a list, empty ones left out. */
export function textsAt(node: Located, key: string, report: Report): readonly LocatedScalar[] {
  return listAt(node, key, report).flatMap((item) => {
    if (item.is === 'scalar' && typeof item.value === 'string') return item.text.trim() === '' ? [] : [item];
    return wrong('a text', item, report) ?? [];
  });
}

/** One of some words, or undefined. */
export function wordAt<T extends string>(
  node: Located,
  key: string,
  words: readonly T[],
  report: Report,
): T | undefined {
  const found = textAt(node, key, report);
  if (found === undefined) return undefined;
  const word = words.find((one) => one === found.text);
  if (word !== undefined) return word;
  const near = nearest(found.text, words);
  const help =
    near === null ? `it is one of ${words.map((one) => `\`${one}\``).join(', ')}` : `did you mean \`${near}\`?`;
  report(diagnose('L5004', `unknown value \`${shorten(found.text)}\` of \`${key}\``, found.span, help));
  return undefined;
}
