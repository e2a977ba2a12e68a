/** The keys of a foreign map where a key has several spellings: that of an API, of a console, of a sibling. */
import { describe, shorten, type Located, type LocatedMap, type LocatedScalar } from '../document/located.ts';
import { diagnose, nearest } from '../diagnostics/index.ts';
import type { Report } from '../schema/read.ts';

/** The name that a frontend uses, to the other spellings. Case and everything but letters and digits do not count. */
export type Keys = Readonly<Record<string, readonly string[]>>;

export interface Entry {
  readonly key: LocatedScalar;
  readonly value: Located;
}
export type Entries<K extends Keys> = { readonly [name in keyof K]?: Entry };

/** A key without what does not count in it. */
export const spelled = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '');

/** Whether a value says nothing: null, or a text of spaces. An API writes it for what was not filled in. */
const isBlank = (node: Located): boolean => node.is === 'scalar' && (node.value === null || node.text.trim() === '');

/**
 * @param keys all that the other system has at this place
 * @returns what is filled in, by name; unknown keys and second spellings are reported
 */
export function entriesOf<const K extends Keys>(node: LocatedMap, keys: K, report: Report): Entries<K> {
  const names = new Map(
    Object.entries(keys).flatMap(([name, more]) => [name, ...more].map((one) => [spelled(one), name])),
  );
  const found: Record<string, Entry> = {};
  for (const { key, value } of node.entries) {
    const name = names.get(spelled(key.text));
    if (name === undefined) {
      const near = nearest(key.text, Object.keys(keys));
      const help = near === null ? null : `did you mean \`${near}\`?`;
      report(diagnose('L5002', `unknown key \`${shorten(key.text)}\``, key.span, help));
    } else if (found[name] !== undefined) {
      report(diagnose('L5004', `\`${key.text}\` says the same as \`${found[name].key.text}\``, key.span));
    } else if (!isBlank(value)) found[name] = { key, value };
  }
  return found as Entries<K>;
}

/** The text of a value, numbers as they are written; what is no text is reported. */
export function textIn(entry: Entry | undefined, report: Report): LocatedScalar | undefined {
  if (entry === undefined) return undefined;
  const { key, value } = entry;
  if (value.is === 'scalar' && typeof value.value !== 'boolean') return value;
  return wrong(`\`${key.text}\` is a text, found ${describe(value)}`, value, key, report);
}

/** A boolean; undefined where it is absent, or none, which is reported. */
export function booleanIn(entry: Entry | undefined, report: Report): boolean | undefined {
  if (entry === undefined) return undefined;
  const { key, value } = entry;
  if (value.is === 'scalar' && typeof value.value === 'boolean') return value.value;
  return wrong(`\`${key.text}\` is \`true\` or \`false\`, found ${describe(value)}`, value, key, report);
}

/** The items of a list; none where it is absent, or no list, which is reported. */
export function listIn(entry: Entry | undefined, report: Report): readonly Located[] {
  if (entry === undefined) return [];
  const { key, value } = entry;
  if (value.is === 'list') return value.items;
  wrong(`\`${key.text}\` is a list, found ${describe(value)}`, value, key, report);
  return [];
}

function wrong(message: string, value: Located, key: LocatedScalar, report: Report): undefined {
  report(diagnose('L5004', message, value.is === 'scalar' ? value.span : key.span));
  return undefined;
}

/**
 * One of a closed list, however its letters and spaces are written.
 * @param choices each spelling to what it stands for
 */
export function choiceIn<T>(
  entry: Entry | undefined,
  choices: Readonly<Record<string, T>>,
  report: Report,
): T | undefined {
  const text = textIn(entry, report);
  if (text === undefined) return undefined;
  const spelling = Object.keys(choices).find((one) => spelled(one) === spelled(text.text));
  if (spelling !== undefined) return choices[spelling];
  const near = nearest(text.text, Object.keys(choices));
  const all = Object.keys(choices).map((one) => `\`${one}\``);
  const help = near === null ? `it is one of ${all.join(', ')}` : `did you mean \`${near}\`?`;
  report(diagnose('L5004', `\`${entry!.key.text}: ${shorten(text.text)}\``, text.span, help));
  return undefined;
}
