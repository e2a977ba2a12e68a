/** Patterns as alternatives of tokens: bytes, slashes, and what stands for some bytes of a component or of several. */
import { type Pattern } from './pattern.ts';

/**
 * `one`: any byte but `/`; `class`: one of some bytes, without `/`; `star`: any bytes but `/`; `wild`: something else
 * without `/`; `any`: any bytes; `deep`: nothing, or any bytes and a `/`.
 */
export type Token =
  | { readonly is: 'literal'; readonly byte: string }
  | { readonly is: 'class'; readonly bytes: Uint8Array }
  | { readonly is: 'slash' | 'one' | 'star' | 'wild' | 'any' | 'deep' };

const SLASH = 0x2f;
/** Alternatives that braces may stand for together. */
export const MOST_ALTERNATIVES = 64;

/** The alternatives of a pattern; null where it is not made of components, or of too many alternatives. */
export function tokensOf(pattern: Pattern): Token[][] | null {
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
    if (!next || all.length * next.length > MOST_ALTERNATIVES) return null;
    if (next.length === 1) for (const tokens of all) tokens.push(...next[0]);
    else all = all.flatMap((before) => next.map((after) => [...before, ...after]));
  }
  return all;
}

function union(parts: readonly Pattern[]): Token[][] | null {
  const all: Token[][] = [];
  for (const part of parts) {
    const some = tokensOf(part);
    if (!some || all.length + some.length > MOST_ALTERNATIVES) return null;
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
  if (bytes[SLASH]) return null;
  return size(bytes) === 255 ? { is: 'one' } : { is: 'class', bytes };
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
export function separate(tokens: readonly Token[]): Token[][] | null {
  let all: Token[][] = [[]];
  for (const token of tokens) {
    if (all.length > MOST_ALTERNATIVES) return null;
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

/** Tokens as a glob that is read as these; null where no glob says them. */
export function printTokens(tokens: readonly Token[]): string | null {
  let text = '';
  let before: Token['is'] = 'slash';
  for (const token of tokens) {
    const next = printed(token, before);
    if (next === null) return null;
    text += next;
    if (next !== '') before = token.is;
  }
  return text;
}

/** Side by side two stars would be another token, and so would stars and a slash. */
function printed(token: Token, before: Token['is']): string | null {
  switch (token.is) {
    case 'literal':
      return /[*?[\]{},\\]/.test(token.byte) ? `\\${token.byte}` : token.byte;
    case 'class':
      return printedClass(token.bytes);
    case 'slash':
      return before === 'any' ? '\\/' : '/';
    case 'star':
      return before === 'star' || before === 'any' ? '' : '*';
    case 'wild':
      return null;
    default:
      return { one: '?', any: '**', deep: '**/' }[token.is];
  }
}

/** Classes are of ASCII bytes, or of all but some of these. */
function printedClass(bytes: Uint8Array): string | null {
  const negated = bytes[0xff] === 1;
  let text = negated ? '[!' : '[';
  for (let byte = 0; byte < 256; byte++) {
    if ((bytes[byte] === 1) === negated || byte === SLASH) continue;
    if (byte > 0x7f) return null;
    text += `\\${String.fromCharCode(byte)}`;
  }
  return `${text}]`;
}
