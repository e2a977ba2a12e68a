/** What an expression means for an event (semantics, sections 2 and 3). */
import type { Bytes, Constant, Expr, FieldRef, Operand } from '../bundle/normal.ts';
import { inNetwork, isIPv4 } from '../event/address.ts';
import { valueOf } from '../event/derive.ts';
import type { Event, Value } from '../event/event.ts';
import { fieldById } from '../event/fields.ts';
import { pairs } from '../event/json.ts';
import { globMatches, lower } from './glob.ts';
import { regexMatches } from './regex.ts';

/**
 * Whether the expression holds. Logic is two-valued: a test with an absent operand is false.
 * @param element inside `any`: the element of the list that is tested
 */
export function holds(expr: Expr, event: Event, element?: Bytes): boolean {
  const value = (operand: Operand): Value | undefined => operandValue(operand, event, element);
  switch (expr.op) {
    case 'and':
      return expr.args.every((arg) => holds(arg, event, element));
    case 'or':
      return expr.args.some((arg) => holds(arg, event, element));
    case 'not':
      return !holds(expr.arg, event, element);
    case 'exists':
      return fieldValue(expr.field, event) !== undefined;
    case 'truth': {
      const truth = fieldValue(expr.of, event);
      return typeof truth === 'bigint' ? truth !== 0n : truth === true;
    }
    case 'compare':
      return both(value(expr.left), value(expr.right), (left, right) => compare(expr.cmp, left, right));
    case 'in': {
      const left = value(expr.left);
      return left !== undefined && expr.set.some((member) => isOne(left, member));
    }
    case 'startswith':
    case 'endswith':
    case 'contains':
      return both(value(expr.left), value(expr.right), (left, right) =>
        stringTest(expr.op, fold(expr.fold, left as Bytes), fold(expr.fold, right as Bytes)),
      );
    case 'glob':
    case 'matches': {
      const left = value(expr.left);
      const matches = expr.op === 'glob' ? globMatches : regexMatches;
      return left !== undefined && matches(expr.pattern, left as Bytes, expr.fold);
    }
    case 'within': {
      const left = value(expr.left);
      if (expr.right.is === 'cidr') return left !== undefined && isOne(left, expr.right);
      return both(left, value(expr.right), (path, directory) => isBelow(path as Bytes, directory as Bytes));
    }
    case 'flag': {
      const flags = fieldValue(expr.field, event);
      return flags !== undefined && (((flags as bigint) >> BigInt(expr.bit)) & 1n) === 1n;
    }
    case 'has':
      return both(fieldValue(expr.list, event), value(expr.value), (list, wanted) =>
        (list as readonly Bytes[]).includes(wanted as Bytes),
      );
    case 'any': {
      const list = fieldValue(expr.list, event) as readonly Bytes[] | undefined;
      return list !== undefined && list.some((item) => holds(expr.test, event, item));
    }
  }
}

/** The value of an operand, undefined where it is absent. */
export function operandValue(operand: Operand, event: Event, element: Bytes | undefined): Value | undefined {
  if (operand.is === 'field') return fieldValue(operand, event);
  return operand.is === 'element' ? element : constantValue(operand);
}

/** The value of a field, of an element of it, or of its masked bits. */
export function fieldValue(ref: FieldRef, event: Event): Value | undefined {
  const whole = valueOf(event, ref.field);
  if (whole === undefined) return undefined;
  if (ref.index !== undefined) return (whole as readonly Bytes[])[ref.index];
  if (ref.key !== undefined) return labelOf(whole as readonly Bytes[], ref.key);
  if (ref.mask === undefined) return whole;
  const masked = (whole as bigint) & BigInt(ref.mask);
  return fieldById(ref.field)?.type === 'uint' ? BigInt.asUintN(64, masked) : BigInt.asIntN(64, masked);
}

/** The value of a label, undefined where there is none of that name. */
export const labelOf = (labels: readonly Bytes[], name: Bytes): Bytes | undefined =>
  pairs(labels).find(([key]) => key === name)?.[1];

const constantValue = (constant: Constant): Value => (constant.is === 'int' ? BigInt(constant.value) : constant.value);

const both = (
  left: Value | undefined,
  right: Value | undefined,
  test: (left: Value, right: Value) => boolean,
): boolean => left !== undefined && right !== undefined && test(left, right);

const fold = (folded: boolean, bytes: Bytes): Bytes => (folded ? lower(bytes) : bytes);

function compare(cmp: '=' | '<' | '<=' | '>' | '>=', left: Value, right: Value): boolean {
  if (cmp === '=') return left === right;
  // Addresses have an order within their family; what else is ordered are integers.
  if (typeof left === 'string' && isIPv4(left) !== isIPv4(right as Bytes)) return false;
  return cmp === '<' ? left < right : cmp === '<=' ? left <= right : cmp === '>' ? left > right : left >= right;
}

const isOne = (value: Value, member: Constant): boolean =>
  member.is === 'cidr' ? inNetwork(value as Bytes, member.value, member.bits) : value === constantValue(member);

function stringTest(op: 'startswith' | 'endswith' | 'contains', left: Bytes, right: Bytes): boolean {
  return op === 'startswith' ? left.startsWith(right) : op === 'endswith' ? left.endsWith(right) : left.includes(right);
}

/** Whether a path is the directory or below it; slashes at the end of the directory do not count. */
function isBelow(path: Bytes, directory: Bytes): boolean {
  const base = directory.replace(/\/+$/, '');
  return path === base || path.startsWith(`${base}/`);
}
