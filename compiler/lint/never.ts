/** Conditions that no event fulfils. As in `imply.ts`, `true` is a proof. */
import type { Expr } from '../../vm/bundle/normal.ts';
import { everyCombination, excludes, implies } from './imply.ts';
import { conjuncts } from './terms.ts';
import { holds } from './values.ts';

/** Terms that are compared pair by pair, at most. */
const PAIRS = 48;
const DEPTH = 4;

export function neverHolds(expr: Expr, depth = DEPTH): boolean {
  const terms = conjuncts(expr);
  if (terms.some((term) => isFalse(term, depth))) return true;
  if (everyCombination(expr, (known) => terms.some((term) => holds(term, known) === false))) return true;
  const some = terms.slice(0, PAIRS);
  for (let i = 0; i < some.length; i++) {
    for (let j = 0; j < some.length; j++) {
      if (i < j && excludes(some[i], some[j])) return true;
      const other = some[j];
      if (i !== j && other.op === 'not' && implies(some[i], other.arg)) return true;
    }
  }
  const choice = terms.find(({ op }) => op === 'or');
  if (choice?.op !== 'or' || depth === 0 || terms.length === 1) return false;
  const rest = terms.filter((term) => term !== choice);
  return choice.args.every((arg) => neverHolds({ op: 'and', args: [arg, ...rest] }, depth - 1));
}

function isFalse(term: Expr, depth: number): boolean {
  if (term.op === 'in') return term.set.length === 0;
  if (term.op === 'not') return implies({ op: 'and', args: [] }, term.arg);
  return term.op === 'or' && depth > 0 && term.args.every((arg) => neverHolds(arg, depth - 1));
}
