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

/** Most conditions are flat already: what needs no change is passed on as it is, so that it stays shared. */
const join = (op: 'and' | 'or', args: readonly Expr[]): Expr => {
  let flat: Expr[] | null = null;
  let only: Expr | null = null;
  for (const arg of args) {
    if (arg.op === op) {
      if (arg.args.length === 0) continue;
    } else if ((arg.op === 'and' || arg.op === 'or') && arg.args.length === 0) return arg;
    if (only === null) {
      only = arg;
      continue;
    }
    if (flat === null) {
      flat = [];
      append(flat, only, op);
    }
    append(flat, arg, op);
  }
  return flat === null ? (only ?? (op === 'and' ? TRUE : FALSE)) : { op, args: flat };
};

const append = (flat: Expr[], arg: Expr, op: 'and' | 'or'): void => {
  if (arg.op === op) for (const inner of arg.args) flat.push(inner);
  else flat.push(arg);
};

/** The negation, with `not` before tests only. */
export const not = (e: Expr): Expr => {
  if (e.op === 'and') return or(...e.args.map(not));
  if (e.op === 'or') return and(...e.args.map(not));
  return e.op === 'not' ? e.arg : { op: 'not', arg: e };
};

/** Whether the condition asks for the kind of the event, so that it is another one for each kind. */
export const asksKind = (e: Expr): boolean => {
  switch (e.op) {
    case 'and':
    case 'or':
      return e.args.some(asksKind);
    case 'not':
      return asksKind(e.arg);
    case 'exists':
      return e.field.field === KIND_FIELD;
    case 'any':
      return asksKind(e.test);
    case 'has':
      return isKind(e.value);
    case 'in':
    case 'glob':
    case 'matches':
      return isKind(e.left);
    case 'compare':
    case 'within':
    case 'startswith':
    case 'endswith':
    case 'contains':
      return isKind(e.left) || isKind(e.right);
    default:
      return false;
  }
};

const isKind = (o: Operand): boolean => o.is === 'field' && o.field === KIND_FIELD;

/**
 * @param kind name of the event's kind
 * @returns the same condition for events of that kind; itself where nothing is to be done
 */
export const simplify = (e: Expr, kind: Bytes): Expr => {
  switch (e.op) {
    case 'and':
    case 'or': {
      const args = e.args.map((arg) => simplify(arg, kind));
      const same = args.every((arg, i) => arg === e.args[i] && arg.op !== e.op && !isTrue(arg) && !isFalse(arg));
      return same && args.length > 1 ? e : join(e.op, args);
    }
    case 'not': {
      const arg = simplify(e.arg, kind);
      return arg === e.arg && arg.op !== 'and' && arg.op !== 'or' && arg.op !== 'not' ? e : not(arg);
    }
    case 'any': {
      const test = simplify(e.test, kind);
      if (isFalse(test)) return FALSE;
      return test === e.test ? e : { ...e, test };
    }
    default:
      return fold(e, kind);
  }
};

const constant = (o: Operand, kind: Bytes): Operand => (isKind(o) ? { is: 'string', value: kind } : o);

const fold = (e: Expr, kind: Bytes): Expr => {
  switch (e.op) {
    case 'exists':
      return e.field.field === KIND_FIELD ? TRUE : e;
    case 'has': {
      const value = constant(e.value, kind);
      return value === e.value ? e : { ...e, value };
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
      if (value !== null) return truth(value);
      return left === e.left && right === e.right ? e : { ...e, left, right };
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
