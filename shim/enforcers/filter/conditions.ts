/**
 * From conditions of rules to graphs over registers, for one system call. The call's name and number are constants
 * there; arguments are compared as unsigned numbers of 64 bits, half by half. What registers do not say (who asks,
 * strings behind pointers) is assumed: that it holds where the graph must find all calls that a rule may match, that it
 * does not where it may find only those that the rule surely matches.
 */
import type { Expr, FieldRef, Operand } from '../../../vm/bundle/normal.ts';
import { fieldId, type Event } from '../../../vm/event/index.ts';
import { holds } from '../../../vm/reference/expression.ts';
import { high, low, test, type Node } from './graph.ts';

const NAME = fieldId('syscall.name');
const NUMBER = fieldId('syscall.nr');
const FIRST_ARGUMENT = fieldId('syscall.arg0');
const ARGUMENTS = 6;
const ALL_BITS = 2n ** 64n - 1n;

type Comparison = Extract<Expr, { op: 'compare' }>['cmp'];
const MIRRORED: Readonly<Record<Comparison, Comparison>> = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

const lowHalf = (value: bigint): number => Number(value & 0xffffffffn);
const highHalf = (value: bigint): number => Number(value >> 32n);

/** An argument, or bits of it. */
interface Register {
  readonly argument: number;
  readonly mask: bigint;
}

const registerOf = (operand: Operand | ({ readonly is?: undefined } & FieldRef)): Register | null => {
  if (operand.is !== undefined && operand.is !== 'field') return null;
  const argument = operand.field - FIRST_ARGUMENT;
  if (argument < 0 || argument >= ARGUMENTS) return null;
  return { argument, mask: operand.mask === undefined ? ALL_BITS : BigInt.asUintN(64, BigInt(operand.mask)) };
};

/** An unsigned number of 64 bits; null: a register is never equal to it, or it is none. */
const constantOf = (operand: Operand): bigint | null => {
  if (operand.is !== 'int') return null;
  const value = BigInt(operand.value);
  return value >= 0n && value <= ALL_BITS ? value : null;
};

const equal = ({ argument, mask }: Register, value: bigint, yes: Node, no: Node): Node => {
  const lower = low(argument, test('equal', lowHalf(value), yes, no), lowHalf(mask));
  return high(argument, test('equal', highHalf(value), lower, no), highHalf(mask));
};

const greater = ({ argument, mask }: Register, value: bigint, orEqual: boolean, yes: Node, no: Node): Node => {
  const lower = low(argument, test(orEqual ? 'at least' : 'above', lowHalf(value), yes, no), lowHalf(mask));
  const upper = test('above', highHalf(value), yes, test('equal', highHalf(value), lower, no));
  return high(argument, upper, highHalf(mask));
};

const compare = (register: Register, cmp: Comparison, value: bigint, yes: Node, no: Node): Node => {
  switch (cmp) {
    case '=':
      return equal(register, value, yes, no);
    case '>':
      return greater(register, value, false, yes, no);
    case '>=':
      return greater(register, value, true, yes, no);
    case '<':
      return greater(register, value, true, no, yes);
    case '<=':
      return greater(register, value, false, no, yes);
  }
};

/** Fields that the operands of a test read; null: it is not one of names and numbers. */
const fieldsOf = (expr: Expr): readonly number[] | null => {
  const of = (...operands: readonly Operand[]): readonly number[] | null =>
    operands.some((operand) => operand.is === 'element')
      ? null
      : operands.flatMap((operand) => (operand.is === 'field' ? [operand.field] : []));
  switch (expr.op) {
    case 'exists':
      return [expr.field.field];
    case 'truth':
      return [expr.of.field];
    case 'in':
    case 'glob':
    case 'matches':
      return of(expr.left);
    case 'compare':
    case 'startswith':
    case 'endswith':
    case 'contains':
    case 'within':
      return of(expr.left, expr.right);
    default:
      return null;
  }
};

/** A test of registers, or null where it is none. */
const registerTest = (expr: Expr, yes: Node, no: Node): Node | null => {
  if (expr.op === 'exists') return registerOf(expr.field) ? yes : null;
  if (expr.op === 'truth') {
    const register = registerOf(expr.of);
    return register && equal(register, 0n, no, yes);
  }
  if (expr.op === 'in') {
    const register = registerOf(expr.left);
    const values = expr.set.map(constantOf);
    if (!register || values.includes(null)) return null;
    return values.reduceRight((rest, value) => equal(register, value!, yes, rest), no);
  }
  if (expr.op !== 'compare') return null;
  const turned = expr.left.is !== 'field';
  const register = registerOf(turned ? expr.right : expr.left);
  const value = constantOf(turned ? expr.left : expr.right);
  if (!register || value === null) return null;
  return compare(register, turned ? MIRRORED[expr.cmp] : expr.cmp, value, yes, no);
};

/**
 * @param call an event of the system call that has its name and number, and nothing else
 * @param yes where calls go for which the condition holds
 * @param assumed whether what registers do not say holds
 */
export const condition = (expr: Expr, call: Event, yes: Node, no: Node, assumed: boolean): Node => {
  switch (expr.op) {
    case 'and':
      return expr.args.reduceRight((rest, arg) => condition(arg, call, rest, no, assumed), yes);
    case 'or':
      return expr.args.reduceRight((rest, arg) => condition(arg, call, yes, rest, assumed), no);
    case 'not':
      return condition(expr.arg, call, no, yes, !assumed);
    default:
      if (fieldsOf(expr)?.every((field) => field === NAME || field === NUMBER)) return holds(expr, call) ? yes : no;
      return registerTest(expr, yes, no) ?? (assumed ? yes : no);
  }
};
