/** Patterns as components between slashes: what of a path is known, and where. */
import type { Bytes } from '../../vm/bundle/normal.ts';
import type { Pattern } from './pattern.ts';

/**
 * Paths whose first components are `head` and, where there is a gap, whose last ones are `tail`; null for a component that
 * is not known. A path of n slashes has n + 1 components, which may be empty.
 */
export interface Components {
  readonly head: readonly (Bytes | null)[];
  /** The last components, in order; empty without a gap. */
  readonly tail: readonly (Bytes | null)[];
  readonly gap: boolean;
  /** Components at least; where there is no gap, exactly. */
  readonly least: number;
  /** Every such path matches. */
  readonly exact: boolean;
  /** Bytes that every match begins with; `exactPrefix` where everything that begins so matches. Likewise at the end. */
  readonly prefix: Bytes;
  readonly exactPrefix: boolean;
  readonly suffix: Bytes;
  readonly exactSuffix: boolean;
}

const SLASH = 0x2f;
/** Alternatives that braces may stand for together. */
const MOST = 64;

/** `star`: any bytes but `/`; `wild`: something without `/`; `any`: any bytes; `deep`: nothing, or any bytes and a `/`. */
type Token = { readonly is: 'literal'; readonly byte: string } | { readonly is: 'slash' | Wildcard };
type Wildcard = 'star' | 'wild' | 'any' | 'deep';

/**
 * @returns what each alternative of the pattern says, which together say no less than it; null where it is not made of
 * components, or of too many alternatives
 */
export function components(pattern: Pattern): Components[] | null {
  const alternatives = tokensOf(pattern);
  if (!alternatives) return null;
  const found: Components[] = [];
  for (const tokens of alternatives) {
    const apart = separate(tokens);
    if (!apart || found.length + apart.length > MOST) return null;
    found.push(...apart.map(read));
  }
  return found;
}

function tokensOf(pattern: Pattern): Token[][] | null {
  switch (pattern.is) {
    case 'set': {
      const token = ofSet(pattern.bytes);
      return token && [[token]];
    }
    case 'cat':
      return product(pattern.parts);
    case 'alt':
      return union(pattern.parts);
    case 'repeat': {
      const token = ofRepeat(pattern.of, pattern.min, pattern.max);
      return token && [[token]];
    }
  }
}

function product(parts: readonly Pattern[]): Token[][] | null {
  let all: Token[][] = [[]];
  for (const part of parts) {
    const next = tokensOf(part);
    if (!next || all.length * next.length > MOST) return null;
    if (next.length === 1) for (const tokens of all) tokens.push(...next[0]);
    else all = all.flatMap((before) => next.map((after) => [...before, ...after]));
  }
  return all;
}

function union(parts: readonly Pattern[]): Token[][] | null {
  const all: Token[][] = [];
  for (const part of parts) {
    const some = tokensOf(part);
    if (!some || all.length + some.length > MOST) return null;
    all.push(...some);
  }
  return all;
}

const ofSets = new WeakMap<Uint8Array, Token | null>();

/** Sets are shared by many patterns, those of one byte by all. */
function ofSet(bytes: Uint8Array): Token | null {
  let token = ofSets.get(bytes);
  if (token === undefined) ofSets.set(bytes, (token = ofMembers(bytes)));
  return token;
}

function ofMembers(bytes: Uint8Array): Token | null {
  const first = bytes.indexOf(1);
  if (first >= 0 && bytes.indexOf(1, first + 1) < 0) {
    return first === SLASH ? { is: 'slash' } : { is: 'literal', byte: String.fromCharCode(first) };
  }
  return bytes[SLASH] ? null : { is: 'wild' };
}

function ofRepeat(of: Pattern, min: number, max: number | null): Token | null {
  if (isDeep(of, min, max)) return { is: 'deep' };
  if (of.is !== 'set') return null;
  if (isAny(of, min, max)) return { is: 'any' };
  if (of.bytes[SLASH]) return null;
  return { is: min === 0 && max === null && size(of.bytes) === 255 ? 'star' : 'wild' };
}

const isAny = (of: Pattern, min: number, max: number | null): boolean =>
  of.is === 'set' && min === 0 && max === null && size(of.bytes) === 256;

/** Any bytes and a slash, or nothing. */
const isDeep = (of: Pattern, min: number, max: number | null): boolean =>
  min === 0 &&
  max === 1 &&
  of.is === 'cat' &&
  of.parts.length === 2 &&
  of.parts[0].is === 'repeat' &&
  isAny(of.parts[0].of, of.parts[0].min, of.parts[0].max) &&
  of.parts[1].is === 'set' &&
  ofSet(of.parts[1].bytes)?.is === 'slash';

const size = (bytes: Uint8Array): number => bytes.reduce((n, held) => n + held, 0);

/** `deep` where no component begins is two alternatives: nothing, or any bytes and a slash. Null where they are too many. */
function separate(tokens: readonly Token[]): Token[][] | null {
  let all: Token[][] = [[]];
  for (const token of tokens) {
    if (all.length > MOST) return null;
    all = all.flatMap((before) => {
      const last = before.at(-1)?.is ?? 'slash';
      const begins = last === 'slash' || last === 'deep';
      if (token.is !== 'deep' || begins) {
        before.push(token);
        return [before];
      }
      return [before, [...before, { is: 'any' }, { is: 'slash' }]];
    });
  }
  return all;
}

/** A component as it is read: its literal bytes, and whether there is something beside them. */
interface Part {
  text: string;
  is: 'literal' | 'star' | 'wild' | 'gap';
  /** A gap without anything beside it. */
  clean: boolean;
  /** It may be no component at all. */
  optional: boolean;
}

const part = (): Part => ({ text: '', is: 'literal', clean: true, optional: false });

function read(tokens: readonly Token[]): Components {
  const parts = partsOf(tokens);
  const gaps = parts.filter(({ is }) => is === 'gap');
  const first = parts.findIndex(({ is }) => is === 'gap');
  const last = parts.findLastIndex(({ is }) => is === 'gap');
  const head = first < 0 ? parts : parts.slice(0, first);
  const tail = first < 0 ? [] : parts.slice(last + 1);
  const known = [...head, ...tail].every(({ is }) => is !== 'wild');
  const literal = (token: Token): boolean => token.is === 'literal' || token.is === 'slash';
  const from = tokens.findIndex((token) => !literal(token));
  const to = tokens.findLastIndex((token) => !literal(token));
  const text = (some: readonly Token[]): Bytes => some.map((t) => (t.is === 'literal' ? t.byte : '/')).join('');
  const suffix = text(tokens.slice(to + 1));
  return {
    head: head.map(component),
    tail: tail.map(component),
    gap: gaps.length > 0,
    least: parts.filter(({ optional }) => !optional).length,
    exact: known && gaps.length <= 1 && gaps.every(({ clean }) => clean),
    prefix: text(from < 0 ? tokens : tokens.slice(0, from)),
    exactPrefix: from >= 0 && from === tokens.length - 1 && tokens[from].is === 'any',
    suffix,
    exactSuffix:
      (to === 0 && tokens[0].is === 'any') ||
      (to === 1 && tokens[0].is === 'deep' && tokens[1].is === 'star' && !suffix.includes('/')),
  };
}

const component = ({ is, text }: Part): Bytes | null => (is === 'literal' ? text : null);

function partsOf(tokens: readonly Token[]): Part[] {
  const parts = [part()];
  for (const token of tokens) {
    const at = parts[parts.length - 1];
    const untouched = at.is === 'literal' && at.text === '';
    switch (token.is) {
      case 'slash':
        parts.push(part());
        break;
      case 'deep':
        parts.splice(-1, 0, { text: '', is: 'gap', clean: true, optional: true });
        break;
      case 'any':
        at.clean = untouched || (at.is === 'gap' && at.clean);
        at.is = 'gap';
        break;
      case 'star':
        if (at.is === 'gap') at.clean = false;
        else if (at.is !== 'star') at.is = untouched ? 'star' : 'wild';
        break;
      default:
        if (token.is === 'literal') at.text += token.byte;
        if (at.is === 'gap') at.clean = false;
        else if (token.is === 'wild' || at.is === 'star') at.is = 'wild';
    }
  }
  return parts;
}
