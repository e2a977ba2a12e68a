/** Which keys stand for a pattern: texts, directories, what a text begins or ends with or holds, some of its components. */
import type { Bytes } from '../../vm/bundle/normal.ts';
import { DIRECTORIES } from '../../vm/spec/index.ts';
import { type Components, components, foldedPattern, literals, type Pattern } from '../pattern/index.ts';
import { globKeyOf, printGlobKey } from './glob-key.ts';
import { oncePerPattern, patternOf } from './pattern.ts';

export interface Key {
  readonly form: 'text' | 'directory' | 'glob' | 'prefix' | 'suffix' | 'substring';
  readonly text: Bytes;
}

/** Keys of which every match has one; `exact` where nothing else has one. */
export interface Way {
  readonly keys: readonly Key[];
  readonly exact: boolean;
}

/** Texts that a pattern has inside, the longest ones, of which one is chosen. */
const MOST_INSIDE = 4;
/** Texts that a pattern may stand for. */
const MOST_TEXTS = 256;

/** The key of all texts that begin so: a directory where it ends with a slash, as long as its depth fits the tables. */
export const beginning = (text: Bytes): Key => {
  const slashes = text.endsWith('/') ? text.split('/').length - 1 : 0;
  return { form: slashes > 0 && slashes <= DIRECTORIES.maxLevels ? 'directory' : 'prefix', text };
};

/** The ways to find a pattern, and whether they are for texts in lower case. */
export const patternWays = oncePerPattern((e): { readonly ways: readonly Way[]; readonly fold: boolean } => {
  const folded = e.fold ? foldedPattern(patternOf(e)) : null;
  return { ways: waysTo(folded ?? patternOf(e)), fold: folded !== null };
});

/** An exact way comes first. */
const waysTo = (pattern: Pattern): Way[] => {
  const facts = literals(pattern);
  if (facts.exact && facts.exact.length > 0 && facts.exact.length <= MOST_TEXTS) {
    return [{ keys: facts.exact.map((text) => ({ form: 'text', text })), exact: true }];
  }
  const alternatives = (components(pattern) ?? []).map(waysOf);
  const ways = waysOfAll(alternatives);
  if (alternatives.length !== 1) {
    if (facts.prefix !== '') ways.push({ keys: [beginning(facts.prefix)], exact: false });
    if (facts.suffix !== '') ways.push({ keys: [{ form: 'suffix', text: facts.suffix }], exact: false });
  }
  // which of them is rare, the other rules say
  const inside = facts.required.slice(0, MOST_INSIDE);
  return [...ways, ...inside.map((text): Way => ({ keys: [{ form: 'substring', text }], exact: false }))];
};

/** For one alternative all of its ways, for several their likeliest ones together. */
const waysOfAll = (alternatives: readonly (readonly Way[])[]): Way[] => {
  if (alternatives.length === 1) return [...alternatives[0]];
  if (alternatives.length === 0 || alternatives.some((ways) => ways.length === 0)) return [];
  const first = alternatives.map((ways) => ways[0]);
  return [{ keys: first.flatMap(({ keys }) => keys), exact: first.every(({ exact }) => exact) }];
};

/** The ways to find one alternative: those that say most come first. */
const waysOf = (c: Components): Way[] => {
  if (!c.gap && c.exact && c.head.every((component) => component !== null)) {
    return [{ keys: [{ form: 'text', text: c.head.join('/') }], exact: true }];
  }
  if (c.exactPrefix) return c.prefix === '' ? [] : [{ keys: [beginning(c.prefix)], exact: true }];
  if (c.exactSuffix) return c.suffix === '' ? [] : [{ keys: [{ form: 'suffix', text: c.suffix }], exact: true }];
  const glob = globKeyOf(c);
  const ways: Way[] = glob ? [{ keys: [{ form: 'glob', text: printGlobKey(glob) }], exact: c.exact }] : [];
  if (c.prefix !== '') ways.push({ keys: [beginning(c.prefix)], exact: false });
  if (c.suffix !== '') ways.push({ keys: [{ form: 'suffix', text: c.suffix }], exact: false });
  const bytes = ({ keys: [{ form, text }] }: Way): number => (form === 'glob' ? bytesOf(c) : text.length);
  return ways.sort((a, b) => Number(b.exact) - Number(a.exact) || bytes(b) - bytes(a));
};

/** Bytes of the components that are known. */
const bytesOf = ({ head, tail }: Components): number =>
  [...head, ...tail].reduce((sum, component) => sum + (component?.length ?? 0), 0);
