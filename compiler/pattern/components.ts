/** Patterns as components between slashes: what of a path is known, and where. */
import type { Bytes } from '../../vm/bundle/normal.ts';
import type { Pattern } from './pattern.ts';
import { MOST_ALTERNATIVES, printTokens, separate, type Token, tokensOf } from './tokens.ts';

/**
 * Paths whose first components are `head` and, where there is a gap, whose last ones are `tail`; between two gaps those of
 * `run` stand side by side. A path of n slashes has n + 1 components, which may be empty.
 */
export interface Components {
  readonly head: readonly Component[];
  /** The last components, in order; empty without a gap. */
  readonly tail: readonly Component[];
  /** From the first of them that is known whole; empty without a second gap, and where none is known whole. */
  readonly run: readonly Component[];
  /** Components before the run, and behind its first one, at least. */
  readonly before: number;
  readonly behind: number;
  readonly gap: boolean;
  /** Components at least; where there is no gap, exactly. */
  readonly least: number;
  /** Every such path matches. */
  readonly exact: boolean;
  /** All bytes that the pattern has as texts are known so. */
  readonly literal: boolean;
  /** A glob that says what is not known so: a path matches where it is such a path and this matches. Null: no glob does. */
  readonly rest: Bytes | null;
  /** Bytes that every match begins with; `exactPrefix` where everything that begins so matches. Likewise at the end. */
  readonly prefix: Bytes;
  readonly exactPrefix: boolean;
  readonly suffix: Bytes;
  readonly exactSuffix: boolean;
}

/** What is known of a component: all of it, parts of it, or null for nothing. */
export type Component = Bytes | Parts | null;

/** A component of `least` bytes or more, `fixed` for not more, with texts so many bytes behind its begin or before its end. */
export interface Parts {
  readonly texts: readonly { readonly text: Bytes; readonly from: 'begin' | 'end'; readonly offset: number }[];
  readonly least: number;
  readonly fixed: boolean;
}

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
    if (!apart || found.length + apart.length > MOST_ALTERNATIVES) return null;
    found.push(...apart.map(read));
  }
  return found;
}

/** Tokens from slash to slash: a component, or a gap, which stands for several and may have something beside it. */
interface Part {
  readonly tokens: Token[];
  gap: boolean;
  /** It may be no component at all. */
  readonly optional: boolean;
}

/** A component, what tokens are left to ask, whether they ask for no more than its length, and whether they have texts. */
interface Known {
  readonly component: Component;
  readonly exact: boolean;
  readonly rest: readonly Token[];
  readonly isLiteral: boolean;
}

function read(tokens: readonly Token[]): Components {
  const parts = partsOf(tokens);
  const found = parts.map(({ tokens }) => knownOf(tokens));
  const first = parts.findIndex(({ gap }) => gap);
  const head = first < 0 ? parts.length : first;
  const tail = first < 0 ? parts.length : parts.findLastIndex(({ gap }) => gap) + 1;
  const [from, to] = runOf(parts, found, head, tail);
  const outside = (i: number): boolean => i < head || i >= tail;
  const isKnown = (i: number): boolean => outside(i) || (i >= from && i < to);
  const components = found.map(({ component }) => component);
  const isAll = ({ component, exact }: Known, i: number): boolean => exact && (isKnown(i) || component === null);
  const rest = parts.flatMap(({ tokens, optional }, i): readonly Token[] => {
    if (optional) return tokens;
    // a run may be found at one place, and what is left of it at another
    const left = outside(i) && !parts[i].gap ? found[i].rest : tokens;
    return i < parts.length - 1 ? [...left, { is: 'slash' }] : left;
  });
  return {
    head: components.slice(0, head),
    tail: components.slice(tail),
    run: components.slice(from, to),
    before: leastOf(parts.slice(0, from)),
    behind: leastOf(parts.slice(from + 1)),
    gap: first >= 0,
    least: leastOf(parts),
    exact: parts.every(({ gap, tokens }, i) => (gap ? tokens.length === 1 : isAll(found[i], i))),
    literal: parts.every(({ gap, tokens }, i) => (gap || !isKnown(i) ? !tokens.some(isLiteral) : found[i].isLiteral)),
    rest: printTokens(rest),
    ...endsOf(tokens),
  };
}

const leastOf = (parts: readonly Part[]): number => parts.filter(({ optional }) => !optional).length;

/** Of the components between two gaps those with most bytes, from the first one that is known whole. */
function runOf(parts: readonly Part[], found: readonly Known[], from: number, to: number): readonly [number, number] {
  const isText = ({ component }: Known): boolean => typeof component === 'string' && component !== '';
  const bytes = (run: readonly [number, number]): number =>
    found.slice(...run).reduce((sum, { component }) => sum + (typeof component === 'string' ? component.length : 0), 0);
  let best: readonly [number, number] = [0, 0];
  for (let i = from; i < to; i++) {
    if (parts[i].gap || !isText(found[i])) continue;
    const start = i;
    while (!parts[i].gap) i++;
    if (bytes([start, i]) > bytes(best)) best = [start, i];
  }
  return best;
}

const isLiteral = ({ is }: Token): boolean => is === 'literal';
const isLong = ({ is }: Token): boolean => is === 'star' || is === 'wild';

/** A run of literal tokens. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/** Texts in a component of which the places are known: one before what has no length, one behind it. */
function knownOf(tokens: readonly Token[]): Known {
  if (tokens.every(isLiteral)) {
    return { component: textOf(tokens), exact: true, rest: [{ is: 'star' }], isLiteral: true };
  }
  const first = tokens.findIndex(isLong);
  const fixed = first < 0;
  const begin = longest(tokens, 0, fixed ? tokens.length : first, null);
  const end = longest(tokens, fixed ? 0 : tokens.findLastIndex(isLong) + 1, tokens.length, begin);
  const spans = [begin, end].filter((span) => span !== null);
  const isIn = (i: number): boolean => spans.some(({ start, end }) => i >= start && i < end);
  const isLiteralAll = tokens.every((token, i) => !isLiteral(token) || isIn(i));
  const texts = spans.map((span) => ({
    text: textOf(tokens.slice(span.start, span.end)),
    ...(span === begin
      ? { from: 'begin' as const, offset: span.start }
      : { from: 'end' as const, offset: tokens.length - span.end }),
  }));
  const least = tokens.filter((token) => !isLong(token)).length;
  return {
    component: texts.length > 0 || least > 0 ? { texts, least, fixed } : null,
    exact: isLiteralAll && tokens.every(({ is }) => is !== 'class' && is !== 'wild'),
    rest: tokens.map((token, i) => (isIn(i) ? { is: 'one' } : token)),
    isLiteral: isLiteralAll,
  };
}

/** The longest run of literal tokens, but for one. */
function longest(tokens: readonly Token[], from: number, to: number, but: Span | null): Span | null {
  let best: Span | null = null;
  for (let start = from; start < to; start++) {
    let end = start;
    while (end < to && isLiteral(tokens[end])) end++;
    if (end > start && start !== but?.start && end - start > (best ? best.end - best.start : 0)) best = { start, end };
    start = end;
  }
  return best;
}

const textOf = (tokens: readonly Token[]): Bytes =>
  tokens.map((token) => (token.is === 'literal' ? token.byte : '/')).join('');

/** What every match begins and ends with. */
function endsOf(tokens: readonly Token[]): Pick<Components, 'prefix' | 'exactPrefix' | 'suffix' | 'exactSuffix'> {
  const isText = (token: Token): boolean => isLiteral(token) || token.is === 'slash';
  const from = tokens.findIndex((token) => !isText(token));
  const to = tokens.findLastIndex((token) => !isText(token));
  const suffix = textOf(tokens.slice(to + 1));
  return {
    prefix: textOf(from < 0 ? tokens : tokens.slice(0, from)),
    exactPrefix: from >= 0 && from === tokens.length - 1 && tokens[from].is === 'any',
    suffix,
    exactSuffix:
      (to === 0 && tokens[0].is === 'any') ||
      (to === 1 && tokens[0].is === 'deep' && tokens[1].is === 'star' && !suffix.includes('/')),
  };
}

function partsOf(tokens: readonly Token[]): Part[] {
  const parts: Part[] = [part()];
  for (const token of tokens) {
    if (token.is === 'slash') parts.push(part());
    else if (token.is === 'deep') parts.splice(-1, 0, { tokens: [token], gap: true, optional: true });
    else {
      const at = parts[parts.length - 1];
      at.tokens.push(token);
      at.gap ||= token.is === 'any';
    }
  }
  return parts;
}

const part = (): Part => ({ tokens: [], gap: false, optional: false });
