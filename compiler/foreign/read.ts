/** Questions to the maps of foreign documents. What is wrong with the answer is the frontend's to say, in the words of its system. */
import type { Located, LocatedMap, LocatedScalar } from '../document/located.ts';

/** @returns the value under a key, undefined where the node is no map or has no such key */
export const get = (node: Located | undefined, key: string): Located | undefined =>
  node?.is === 'map' ? node.entries.find((entry) => entry.key.text === key)?.value : undefined;

/** The text of a string, undefined where the node is none. */
export const textOf = (node: Located | undefined): string | undefined =>
  node?.is === 'scalar' && typeof node.value === 'string' ? node.value : undefined;

export const isMap = (node: Located | undefined): node is LocatedMap => node?.is === 'map';
export const isScalar = (node: Located | undefined): node is LocatedScalar => node?.is === 'scalar';

/** A key that is there without a value, or with null. */
export const isEmpty = (node: Located): boolean => node.is === 'scalar' && node.value === null;

/** The items of a list; none where the node is no list. */
export const itemsOf = (node: Located | undefined): readonly Located[] => (node?.is === 'list' ? node.items : []);

/** Whether a document has this `apiVersion` (as a prefix) and one of these kinds. */
export const isResource = (root: Located, apiVersion: string, kinds: readonly string[]): boolean =>
  textOf(get(root, 'apiVersion'))?.startsWith(apiVersion) === true && kinds.includes(textOf(get(root, 'kind')) ?? '');
