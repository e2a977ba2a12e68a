/** Makes expressions of the normal form: flat chains, no truth value inside another expression. */
import { FALSE, TRUE, type Expr } from '../../vm/bundle/normal.ts';

const isTrue = (expr: Expr): boolean => expr.op === 'and' && expr.args.length === 0;
const isFalse = (expr: Expr): boolean => expr.op === 'or' && expr.args.length === 0;

export const truth = (value: boolean): Expr => (value ? TRUE : FALSE);

/** All of them hold: chains inside are taken up, `TRUE` is left out, `FALSE` decides. */
export function and(args: readonly Expr[]): Expr {
  return chain('and', args, isFalse, FALSE);
}

/** One of them holds. */
export function or(args: readonly Expr[]): Expr {
  return chain('or', args, isTrue, TRUE);
}

function chain(op: 'and' | 'or', args: readonly Expr[], decides: (expr: Expr) => boolean, decided: Expr): Expr {
  const flat: Expr[] = [];
  for (const arg of args) {
    if (decides(arg)) return decided;
    if (arg.op === op) for (const inner of arg.args) flat.push(inner);
    else flat.push(arg);
  }
  return flat.length === 1 ? flat[0] : { op, args: flat };
}

export function not(arg: Expr): Expr {
  if (arg.op === 'not') return arg.arg;
  if (isTrue(arg)) return FALSE;
  return isFalse(arg) ? TRUE : { op: 'not', arg };
}

export const negatedIf = (negated: boolean, expr: Expr): Expr => (negated ? not(expr) : expr);
