/** Conditions taken apart: their conjuncts, their keys, and which field a test is about. */
import type { Constant, Expr, FieldRef, Operand } from '../../vm/bundle/normal.ts';

/** The terms of an `and`, nested ones included; another expression is its own only term. */
export const conjuncts = (expr: Expr): readonly Expr[] => (expr.op === 'and' ? termsOf(expr) : [expr]);

/** The terms of an `or`, nested ones included. */
export const disjuncts = (expr: Expr): readonly Expr[] => (expr.op === 'or' ? termsOf(expr) : [expr]);

const terms = new WeakMap<object, readonly Expr[]>();

function termsOf(expr: Extract<Expr, { op: 'and' | 'or' }>): readonly Expr[] {
  let found = terms.get(expr);
  if (found === undefined) {
    found = expr.args.flatMap((arg) =>
      (arg.op === 'and' || arg.op === 'or') && arg.op === expr.op ? termsOf(arg) : [arg],
    );
    terms.set(expr, found);
  }
  return found;
}

const keys = new WeakMap<object, string>();

/** A text that two expressions share only if they mean the same: the order of `and` and `or` does not count. */
export function keyOf(expr: Expr): string {
  let key = keys.get(expr);
  if (key === undefined) keys.set(expr, (key = made(expr)));
  return key;
}

/** Whether two expressions are the same but for the order of `and` and `or`. */
export const isSame = (a: Expr, b: Expr): boolean => a === b || (a.op === b.op && keyOf(a) === keyOf(b));

/** Texts are quoted, so that no two keys are alike by what stands in them. */
function made(expr: Expr): string {
  const { op } = expr;
  switch (op) {
    case 'and':
    case 'or': {
      const parts = (op === 'and' ? conjuncts(expr) : disjuncts(expr)).map(keyOf);
      return `${op}(${parts.sort().join(',')})`;
    }
    case 'not':
      return `not(${keyOf(expr.arg)})`;
    case 'exists':
      return `exists ${refKey(expr.field)}`;
    case 'truth':
      return `truth ${refKey(expr.of)}`;
    case 'flag':
      return `flag ${refKey(expr.field)} ${expr.bit}`;
    case 'has':
      return `has ${refKey(expr.list)} ${operandKey(expr.value)}`;
    case 'any':
      return `any ${refKey(expr.list)} ${keyOf(expr.test)}`;
    case 'compare':
      return `${expr.cmp} ${operandKey(expr.left)} ${operandKey(expr.right)}`;
    case 'in':
      return `in ${operandKey(expr.left)} ${expr.set.map(operandKey).join()}`;
    case 'glob':
    case 'matches':
      return `${op} ${expr.fold} ${operandKey(expr.left)} ${JSON.stringify(expr.pattern)}`;
    case 'within':
      return `within ${operandKey(expr.left)} ${operandKey(expr.right)}`;
    default:
      return `${op} ${expr.fold} ${operandKey(expr.left)} ${operandKey(expr.right)}`;
  }
}

function operandKey(operand: Operand): string {
  if (operand.is === 'field') return refKey(operand);
  if (operand.is === 'element') return 'element';
  return operand.is === 'cidr'
    ? `cidr ${operand.bits} ${JSON.stringify(operand.value)}`
    : `${operand.is} ${JSON.stringify(operand.value)}`;
}

/** Which value of an event is read: field, index or key, and mask. `any` elements have none. */
export function refKey({ field, index, key, mask }: FieldRef): string {
  if (index === undefined && key === undefined && mask === undefined) return String(field);
  return `${field}${index === undefined ? '' : `[${index}]`}${key === undefined ? '' : `["${key}"]`}${mask === undefined ? '' : `&${mask}`}`;
}

/** The same without its mask: what must be there. */
export const presenceKey = (ref: FieldRef): string =>
  refKey(ref.mask === undefined ? ref : { ...ref, mask: undefined });

/** The fields that must be there for a test to hold; none for `not`, `and`, `or` and `exists`, which look inside. */
export function operandsOf(expr: Expr): readonly FieldRef[] {
  switch (expr.op) {
    case 'and':
    case 'or':
    case 'not':
      return [];
    case 'exists':
    case 'flag':
      return [expr.field];
    case 'truth':
      return [expr.of];
    case 'has':
      return expr.value.is === 'field' ? [expr.list, expr.value] : [expr.list];
    case 'any':
      return [expr.list];
    case 'in':
    case 'glob':
    case 'matches':
      return expr.left.is === 'field' ? [expr.left] : [];
    default: {
      const { left, right } = expr;
      if (right.is !== 'field') return left.is === 'field' ? [left] : [];
      return left.is === 'field' ? [left, right] : [right];
    }
  }
}

/** A test of one field against constants, the field on the left. */
export type FieldTest =
  | { readonly ref: string; readonly op: '=' | '<' | '<=' | '>' | '>='; readonly constant: Constant }
  | { readonly ref: string; readonly op: 'in'; readonly set: readonly Constant[] }
  | {
      readonly ref: string;
      readonly op: 'startswith' | 'endswith' | 'contains' | 'within';
      readonly fold: boolean;
      readonly constant: Constant;
    };

const FLIPPED = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;

/** The expression as a test of a field against constants, or null where it is none. */
export function fieldTest(expr: Expr): FieldTest | null {
  switch (expr.op) {
    case 'compare': {
      const { left, right, cmp } = expr;
      if (left.is === 'field') return isConstant(right) ? { ref: refKey(left), op: cmp, constant: right } : null;
      if (right.is !== 'field' || !isConstant(left)) return null;
      return { ref: refKey(right), op: FLIPPED[cmp], constant: left };
    }
    case 'in':
      return expr.left.is === 'field' ? { ref: refKey(expr.left), op: 'in', set: expr.set } : null;
    case 'startswith':
    case 'endswith':
    case 'contains':
    case 'within': {
      const { op, left, right } = expr;
      if (left.is !== 'field' || !isConstant(right)) return null;
      return { ref: refKey(left), op, fold: 'fold' in expr && expr.fold, constant: right };
    }
    default:
      return null;
  }
}

const isConstant = (operand: Operand): operand is Constant => operand.is !== 'field' && operand.is !== 'element';
