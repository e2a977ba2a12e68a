/** Conditions in negation normal form, flat, without the kind of the event: it is known when its steps are compiled. */
import type { Bytes, Constant, Expr, Operand } from '../../vm/bundle/normal.ts';
import { FALSE, TRUE } from '../../vm/bundle/normal.ts';
import { FIELDS } from '../../vm/spec/index.ts';
import { accepts } from './pattern.ts';

const KIND_FIELD = FIELDS.find((f) => f.name === 'event.kind')!.id;

export const isTrue = (e: Expr): boolean => e.op === 'and' && e.args.length === 0;
export const isFalse = (e: Expr): boolean => e.op === 'or' && e.args.length === 0;
export const truth = (value: boolean): Expr => (value ? TRUE : FALSE);

/** The conjunction, flat and without what is always true. */
export const and = (...args: readonly Expr[]): Expr => join('and', args);
/** The disjunction, flat and without what is always false. */
export const or = (...args: readonly Expr[]): Expr => join('or', args);

const join = (op: 'and' | 'or', args: readonly Expr[]): Expr => {
  const flat: Expr[] = [];
  for (const arg of args) {
    if (arg.op === op) for (const inner of arg.args) flat.push(inner);
    else if ((op === 'and' && isFalse(arg)) || (op === 'or' && isTrue(arg))) return arg;
    else flat.push(arg);
  }
  return flat.length === 1 ? flat[0] : { op, args: flat };
};

/** The negation, with `not` before tests only. */
export const not = (e: Expr): Expr => {
  if (e.op === 'and') return or(...e.args.map(not));
  if (e.op === 'or') return and(...e.args.map(not));
  return e.op === 'not' ? e.arg : { op: 'not', arg: e };
};

/**
 * @param kind name of the event's kind
 * @returns the same condition for events of that kind
 */
export const simplify = (e: Expr, kind: Bytes): Expr => {
  switch (e.op) {
    case 'and':
      return and(...e.args.map((arg) => simplify(arg, kind)));
    case 'or':
      return or(...e.args.map((arg) => simplify(arg, kind)));
    case 'not':
      return not(simplify(e.arg, kind));
    case 'any': {
      const test = simplify(e.test, kind);
      return isFalse(test) ? FALSE : { ...e, test };
    }
    default:
      return fold(e, kind);
  }
};

const constant = (o: Operand, kind: Bytes): Operand =>
  o.is === 'field' && o.field === KIND_FIELD ? { is: 'string', value: kind } : o;

const fold = (e: Expr, kind: Bytes): Expr => {
  switch (e.op) {
    case 'exists':
      return e.field.field === KIND_FIELD ? TRUE : e;
    case 'has': {
      const value = constant(e.value, kind);
      return { ...e, value };
    }
    case 'in': {
      const left = constant(e.left, kind);
      if (e.set.length === 0) return FALSE;
      return left.is === 'string' ? truth(e.set.some((c) => c.is === 'string' && c.value === left.value)) : e;
    }
    case 'glob':
    case 'matches': {
      const left = constant(e.left, kind);
      return left.is === 'string' ? truth(accepts(e, left.value)) : e;
    }
    case 'compare':
    case 'within':
    case 'startswith':
    case 'endswith':
    case 'contains': {
      const left = constant(e.left, kind);
      const right = constant(e.right, kind);
      const value = left.is === 'string' && right.is === 'string' ? holds(e, left, right) : null;
      return value === null ? { ...e, left, right } : truth(value);
    }
    default:
      return e;
  }
};

type Text = Extract<Constant, { is: 'string' }>;

/** A test of two constant strings; null where it is no test of strings. */
const holds = (
  e: Extract<Expr, { left: Operand; right: Operand }>,
  { value: a }: Text,
  { value: b }: Text,
): boolean | null => {
  if (e.op === 'compare') return e.cmp === '=' ? a === b : null;
  if (e.op === 'within') {
    const directory = b.replace(/\/+$/, '');
    return a === directory || a.startsWith(`${directory}/`);
  }
  const [x, y] = e.fold ? [lower(a), lower(b)] : [a, b];
  if (e.op === 'startswith') return x.startsWith(y);
  return e.op === 'endswith' ? x.endsWith(y) : x.includes(y);
};

/** ASCII letters in lower case. */
export const lower = (s: Bytes): Bytes => s.replace(/[A-Z]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 32));
