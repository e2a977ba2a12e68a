/** Typed expressions as text, for people: what a test asked, in the syntax of the language as far as it goes. */
import type { Bytes, Constant, Expr, FieldRef, Operand } from '../../vm/bundle/normal.ts';
import { formatAddress, isIPv4 } from '../../vm/event/address.ts';
import { fieldById } from '../../vm/event/index.ts';
import { displayText } from '../../vm/event/text.ts';

/** Members of a set that are shown; the rest is counted. */
const MEMBERS = 8;

const quoted = (bytes: Bytes): string => `"${displayText(bytes).replace(/["\\]/g, '\\$&')}"`;

/** @returns the name of a field with its index, key or mask */
export function fieldText({ field, index, key, mask }: FieldRef): string {
  const name = fieldById(field)?.name ?? `field ${field}`;
  const part = index !== undefined ? `[${index}]` : key !== undefined ? `[${quoted(key)}]` : '';
  return `${name}${part}${mask === undefined ? '' : ` & ${mask}`}`;
}

function constantText(constant: Constant): string {
  switch (constant.is) {
    case 'string':
      return quoted(constant.value);
    case 'address':
      return `"${formatAddress(constant.value)}"`;
    case 'cidr':
      return `"${formatAddress(constant.value)}/${constant.bits - (isIPv4(constant.value) && constant.bits >= 96 ? 96 : 0)}"`;
    default:
      return String(constant.value);
  }
}

function operandText(operand: Operand): string {
  if (operand.is === 'field') return fieldText(operand);
  return operand.is === 'element' ? 'element' : constantText(operand);
}

function setText(set: readonly Constant[]): string {
  const shown = set.slice(0, MEMBERS).map(constantText);
  if (set.length > MEMBERS) shown.push(`… ${set.length - MEMBERS} more`);
  return `(${shown.join(', ')})`;
}

/** @returns the text of a whole expression */
export function expressionText(expr: Expr): string {
  switch (expr.op) {
    case 'and':
    case 'or':
      if (expr.args.length === 0) return expr.op === 'and' ? 'true' : 'false';
      return expr.args
        .map((arg) => (arg.op === 'and' || arg.op === 'or' ? `(${expressionText(arg)})` : expressionText(arg)))
        .join(` ${expr.op} `);
    case 'not':
      return expr.arg.op === 'and' || expr.arg.op === 'or'
        ? `not (${expressionText(expr.arg)})`
        : `not ${expressionText(expr.arg)}`;
    case 'exists':
      return `exists(${fieldText(expr.field)})`;
    case 'truth':
      return fieldText(expr.of);
    case 'compare':
      return `${operandText(expr.left)} ${expr.cmp} ${operandText(expr.right)}`;
    case 'in':
      return `${operandText(expr.left)} in ${setText(expr.set)}`;
    case 'startswith':
    case 'endswith':
    case 'contains':
      return `${operandText(expr.left)} ${expr.fold ? 'i' : ''}${expr.op} ${operandText(expr.right)}`;
    case 'glob':
    case 'matches':
      return `${operandText(expr.left)} ${expr.fold ? 'i' : ''}${expr.op} ${quoted(expr.pattern)}`;
    case 'within':
      return `${operandText(expr.left)} within ${operandText(expr.right)}`;
    case 'flag':
      return `${fieldText(expr.field)} has "${fieldById(expr.field.field)?.values?.[expr.bit] ?? expr.bit}"`;
    case 'has':
      return `${fieldText(expr.list)} has ${operandText(expr.value)}`;
    case 'any':
      return `any(${fieldText(expr.list)}, ${expressionText(expr.test)})`;
  }
}
