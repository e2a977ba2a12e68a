/** How large an expression is. Macros share their values, so a small text can stand for a huge tree. */
import type { DiagnosticCode } from '../diagnostics/catalogue.ts';
import type { Expr } from '../../vm/bundle/normal.ts';
import { LIMITS } from '../../vm/spec/limits.ts';

export interface Size {
  /** Tests, and links between them, as often as they stand in the tree. */
  readonly nodes: number;
  /** Longest way down. */
  readonly height: number;
}

const known = new WeakMap<Expr, Size>();
const LEAF: Size = { nodes: 1, height: 1 };

/** Shared parts are measured once, and count everywhere. */
export function measure(expr: Expr): Size {
  if (expr.op !== 'and' && expr.op !== 'or' && expr.op !== 'not' && expr.op !== 'any') return LEAF;
  const found = known.get(expr);
  if (found) return found;
  const inner = expr.op === 'not' ? [expr.arg] : expr.op === 'any' ? [expr.test] : expr.args;
  let nodes = 1;
  let height = 0;
  for (const part of inner) {
    const size = measure(part);
    nodes += size.nodes;
    height = Math.max(height, size.height);
  }
  const size = { nodes, height: height + 1 };
  known.set(expr, size);
  return size;
}

// A pair of parentheses adds an `or` and an `and` at most.
const HIGHEST = 2 * LIMITS.exprDepth.value + 2;
const MOST = 2 * LIMITS.exprNodes.value;

/** What is wrong with a size, if it is. */
export function tooLarge({ nodes, height }: Size): { code: DiagnosticCode; message: string } | null {
  if (height > HIGHEST) return { code: 'L2007', message: `nested too deeply: ${height} tests inside each other` };
  return nodes > MOST ? { code: 'L2012', message: 'too large when its macros are put in' } : null;
}
