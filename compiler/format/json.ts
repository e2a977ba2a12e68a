/** Canonical JSON: keys in the order of the table, two spaces, numbers as they are written. */
import type { Located, LocatedMap } from '../document/located.ts';
import { DOCUMENTS } from '../schema/documents.ts';
import type { Shape } from '../schema/shape.ts';
import { formatExpression } from './expression.ts';

/** @param root a value that was read from JSON */
export function printJson(root: Located): string {
  const kind = root.is === 'map' ? root.entries.find(({ key }) => key.text === 'kind')?.value : undefined;
  const name = kind?.is === 'scalar' ? kind.text : '';
  const shape: Shape = Object.hasOwn(DOCUMENTS, name) ? DOCUMENTS[name as keyof typeof DOCUMENTS] : ANY;
  return `${print(root, shape, '\n')}\n`;
}

const ANY: Shape = { is: 'any' };

function print(node: Located, shape: Shape, margin: string): string {
  const inner = `${margin}  `;
  const wrap = (parts: readonly string[], open: string, close: string): string =>
    parts.length === 0 ? open + close : open + parts.map((part) => inner + part).join(',') + margin + close;
  if (node.is === 'scalar') {
    if (shape.is === 'expression' && node.value !== null) return JSON.stringify(formatExpression(node.text, true));
    return typeof node.value === 'string' ? JSON.stringify(node.value) : node.text;
  }
  if (node.is === 'list') {
    return wrap(
      node.items.map((item) => print(item, shape.is === 'list' ? shape.of : ANY, inner)),
      '[',
      ']',
    );
  }
  const entries = inOrder(node, shape).map(
    ({ key, value, of }) => `${JSON.stringify(key)}: ${print(value, of, inner)}`,
  );
  return wrap(entries, '{', '}');
}

function inOrder(node: LocatedMap, given: Shape): { key: string; value: Located; of: Shape }[] {
  const has = (name: string): boolean => node.entries.some(({ key }) => key.text === name);
  const shape = given.is === 'either' ? (has(given.key) ? given.first : given.other) : given;
  const entries = node.entries.map(({ key, value }) => ({ key: key.text, value }));
  if (shape.is === 'map') return entries.map((entry) => ({ ...entry, of: shape.of }));
  if (shape.is !== 'object') return entries.map((entry) => ({ ...entry, of: ANY }));
  const names = Object.keys(shape.fields);
  const rank = (key: string): number => (names.includes(key) ? names.indexOf(key) : names.length);
  return entries
    .sort((a, b) => rank(a.key) - rank(b.key))
    .map((entry) => ({ ...entry, of: Object.hasOwn(shape.fields, entry.key) ? shape.fields[entry.key].shape : ANY }));
}
