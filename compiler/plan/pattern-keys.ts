/** Which keys stand for a pattern: texts, directories, what a text begins or ends with or holds, some of its components. */
import type { Bytes } from '../../vm/bundle/normal.ts';
import { DIRECTORIES } from '../../vm/spec/index.ts';
import { type Components, components, foldedPattern, literals, type Pattern } from '../pattern/index.ts';
import { coarseKeyOf, type GlobKey, globKeyOf, isFloating, printGlobKey } from './glob-key.ts';
import { oncePerPattern, patternOf } from './pattern.ts';

export interface Key {
  readonly form: 'text' | 'directory' | 'glob' | 'floating' | 'prefix' | 'suffix' | 'substring';
  readonly text: Bytes;
}

/** Keys of which every match has one; `exact` where nothing else has one. */
export interface Way {
  readonly keys: readonly Key[];
  readonly exact: boolean;
  /** A glob that is all there is left to ask of what has the key. */
  readonly rest?: Bytes;
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
  if (!folded) return { ways: waysTo(patternOf(e)), fold: false };
  return { ways: waysTo(folded).map(({ keys, exact }) => ({ keys, exact })), fold: true };
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
  if (!c.gap && c.exact && c.head.every((component) => typeof component === 'string')) {
    return [{ keys: [{ form: 'text', text: c.head.join('/') }], exact: true }];
  }
  if (c.exactPrefix) return c.prefix === '' ? [] : [{ keys: [beginning(c.prefix)], exact: true }];
  if (c.exactSuffix) return c.suffix === '' ? [] : [suffixWay(c.suffix, true)];
  const ways = globWay(globKeyOf(c), c.exact, c.literal ? c.rest : null);
  if (c.prefix !== '') ways.push({ keys: [beginning(c.prefix)], exact: false });
  if (c.suffix !== '') ways.push(suffixWay(c.suffix, false));
  // where the tables have no room for all that is known
  return [...ways, ...globWay(coarseKeyOf(c), false)];
};

const globWay = (key: GlobKey | null, exact: boolean, rest: Bytes | null = null): Way[] => {
  if (!key) return [];
  const form = isFloating(key.tuple) ? 'floating' : 'glob';
  return [{ keys: [{ form, text: printGlobKey(key) }], exact, ...(rest !== null && { rest }) }];
};

const suffixWay = (text: Bytes, exact: boolean): Way => ({ keys: [{ form: 'suffix', text }], exact });
