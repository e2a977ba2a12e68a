/** Globs and expressions of conditions as syntax trees and automata. */
import type { Bytes, Expr } from '../../vm/bundle/normal.ts';
import { LIMITS } from '../../vm/spec/index.ts';
import { type Dfa, type Pattern, parseGlob, parseRegex, toDfa } from '../pattern/index.ts';

export type PatternTest = Extract<Expr, { op: 'glob' | 'matches' }>;

/** What follows from a pattern alone, made once for each text: rules share patterns, and so do builds of one process. */
export const oncePerPattern = <T>(make: (e: PatternTest) => T): ((e: PatternTest) => T) => {
  const cache = new Map<string, T>();
  return (e) => {
    const key = `${e.op}${Number(e.fold)}${e.pattern}`;
    let value = cache.get(key);
    if (value === undefined) {
      if (cache.size > 10_000) cache.clear();
      cache.set(key, (value = make(e)));
    }
    return value;
  };
};

/** The pattern's syntax tree; the checker has accepted it. */
export const patternOf = oncePerPattern((e: PatternTest): Pattern => {
  const parsed = e.op === 'glob' ? parseGlob(e.pattern, e.fold) : parseRegex(e.pattern, e.fold);
  if ('error' in parsed) throw new Error(`BUG: pattern was not checked: ${parsed.error}`);
  return parsed.pattern;
});

/** The pattern's automaton, null where it has more than LIMITS.automatonStates states. */
export const automatonOf = oncePerPattern((e: PatternTest): Dfa | null =>
  toDfa(patternOf(e), LIMITS.automatonStates.value),
);

/** Whether the pattern matches a text; for constants, so that a slow way is good enough. */
export const accepts = (e: PatternTest, text: Bytes): boolean => {
  const dfa = automatonOf(e);
  if (!dfa) return false;
  let state = dfa.start;
  for (let i = 0; i < text.length; i++) state = dfa.next[state * 256 + text.charCodeAt(i)];
  return dfa.accept[state] === 1;
};
