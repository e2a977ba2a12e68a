/** Globs and expressions as globs of the directories whose children they match. */
import type { Bytes, Expr, Operand } from '../../vm/bundle/normal.ts';
import { FALSE, TRUE } from '../../vm/bundle/normal.ts';
import { MOST_ALTERNATIVES, printTokens, type Token, tokensOf } from '../pattern/tokens.ts';
import { patternOf, type PatternTest } from '../plan/pattern.ts';
import { or } from '../plan/simplify.ts';

export interface Directories {
  /** Holds for every directory that has a child which the pattern could match, whatever its name. */
  readonly holding: Expr;
  /** Holds, among directories that the pattern matches, only for those all of whose children it matches. */
  readonly closed: Expr;
}

/** @param e a test of a path */
export const directoriesOf = (e: PatternTest): Directories => {
  const alternatives = tokensOf(patternOf(e));
  if (alternatives === null) return { holding: TRUE, closed: FALSE };
  const globs = new Set<Bytes>();
  let root = false;
  for (const tokens of alternatives) {
    for (const head of headsOf(tokens)) {
      root ||= head.every(isNullable);
      const glob = printTokens(head.map(widened));
      if (glob === null || globs.size > MOST_ALTERNATIVES) return { holding: TRUE, closed: FALSE };
      globs.add(glob);
    }
  }
  // what is left of a root's child before its slash is nothing
  if (root) globs.add('/');
  const closed = alternatives.filter((tokens) => tokens.at(-1)?.is === 'any');
  const printed = closed.map(printTokens).filter((glob) => glob !== null);
  return {
    holding: any(e.left, globs),
    closed: closed.length === alternatives.length ? TRUE : any(e.left, new Set(printed)),
  };
};

const any = (left: Operand, globs: ReadonlySet<Bytes>): Expr =>
  globs.size === 0 ? FALSE : or(...[...globs].map((pattern): Expr => ({ op: 'glob', fold: false, left, pattern })));

/**
 * What stands before the last slash of a path that the tokens match, for each token that this slash can be of. Behind it
 * is a name, which has no slash: so the search goes from the end and stops at the first token that is one for certain.
 */
const headsOf = (tokens: readonly Token[]): Token[][] => {
  const heads: Token[][] = [];
  for (let i = tokens.length - 1; i >= 0; i--) {
    const head = tokens.slice(0, i);
    const { is } = tokens[i];
    if (is === 'slash') return [...heads, head];
    if (is === 'any' || is === 'deep') heads.push([...head, { is: 'any' }]);
  }
  return heads;
};

const isNullable = ({ is }: Token): boolean => is === 'star' || is === 'wild' || is === 'any' || is === 'deep';

/** A token that a glob can say, and that stands for no less. */
const widened = (token: Token): Token => {
  if (token.is === 'wild') return { is: 'star' };
  return token.is === 'class' && printTokens([token]) === null ? { is: 'one' } : token;
};
