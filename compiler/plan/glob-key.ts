/** Keys of the classifier form `glob`: literal components of paths, by their place from the front and from the end. */
import type { Bytes } from '../../vm/bundle/normal.ts';
import { GLOBS } from '../../vm/spec/index.ts';
import type { Components } from '../pattern/index.ts';

export interface GlobKey {
  /** From the front; null for any component. */
  readonly head: readonly (Bytes | null)[];
  /** From the end, the last one first. */
  readonly tail: readonly (Bytes | null)[];
  /** Paths may have more components than `least`. */
  readonly more: boolean;
  readonly least: number;
}

/** What a path must have to be found by a pattern's components; null where the tables hold no such key. */
export const globKeyOf = ({ head, tail, gap, least }: Components): GlobKey | null => {
  const key = { head: known(head), tail: known([...tail].reverse()), more: gap, least };
  const literals = [...key.head, ...key.tail].filter((component) => component !== null);
  const bytes = literals.reduce((sum, component) => sum + component.length, 0);
  if (bytes === 0 || bytes + literals.length + 2 > GLOBS.maxKey) return null;
  return Math.max(key.head.length, key.tail.length, least) > GLOBS.maxComponents ? null : key;
};

/** Without components at the end of which nothing is known. */
const known = (components: readonly (Bytes | null)[]): (Bytes | null)[] =>
  components.slice(0, components.findLastIndex((component) => component !== null) + 1);

/** Keys of one tuple differ in their literal components alone. */
export const tupleOf = ({ head, tail, more, least }: GlobKey): string =>
  `${places(head)} ${places(tail)} ${least}${more ? '+' : ''}`;

const places = (components: readonly (Bytes | null)[]): string =>
  components.map((component) => (component === null ? '*' : '/')).join('');

/** As text: `least`, `+` or `=`, components with a mark before each; a component has no slash. */
export const printGlobKey = ({ head, tail, more, least }: GlobKey): Bytes =>
  `${least}${more ? '+' : '='}${marked(head)}//${marked(tail)}`;

const marked = (components: readonly (Bytes | null)[]): Bytes =>
  components.map((component) => (component === null ? '*' : `=${component}`)).join('/');

/** Reads what `printGlobKey` wrote. */
export const parseGlobKey = (text: Bytes): GlobKey => {
  const mark = text.search(/[+=]/);
  const [head, tail] = text
    .slice(mark + 1)
    .split('//')
    .map(unmarked);
  return { head, tail, more: text[mark] === '+', least: Number(text.slice(0, mark)) };
};

const unmarked = (text: Bytes): (Bytes | null)[] =>
  text === '' ? [] : text.split('/').map((component) => (component === '*' ? null : component.slice(1)));
