/** The normal form as one line, for tests to compare. */
import type { Constant, Expr, FieldRef, Operand } from '../../vm/bundle/normal.ts';
import { FIELDS } from '../../vm/spec/fields.ts';

const hex = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('hex');

function ref({ field, index, key, mask }: FieldRef): string {
  const at = index !== undefined ? `[${index}]` : key !== undefined ? `[${JSON.stringify(key)}]` : '';
  return `${FIELDS.find((spec) => spec.id === field)!.name}${at}${mask === undefined ? '' : `&${mask}`}`;
}

function value(operand: Operand | Constant): string {
  switch (operand.is) {
    case 'field':
      return ref(operand);
    case 'element':
      return '@';
    case 'string':
      return JSON.stringify(operand.value);
    case 'int':
    case 'bool':
      return String(operand.value);
    case 'address':
      return hex(operand.value);
    case 'cidr':
      return `${hex(operand.value)}/${operand.bits}`;
  }
}

/** Every part of the expression shows. */
export function lowered(expr: Expr): string {
  switch (expr.op) {
    case 'and':
    case 'or':
      if (expr.args.length === 0) return expr.op === 'and' ? 'TRUE' : 'FALSE';
      return `(${expr.args.map(lowered).join(` ${expr.op} `)})`;
    case 'not':
      return `not ${lowered(expr.arg)}`;
    case 'exists':
      return `exists(${ref(expr.field)})`;
    case 'truth':
      return `truth(${ref(expr.of)})`;
    case 'compare':
      return `${value(expr.left)} ${expr.cmp} ${value(expr.right)}`;
    case 'in':
      return `${value(expr.left)} in {${expr.set.map(value).join(', ')}}`;
    case 'glob':
    case 'matches':
      return `${value(expr.left)} ${expr.fold ? 'i' : ''}${expr.op} ${JSON.stringify(expr.pattern)}`;
    case 'within':
      return `${value(expr.left)} within ${value(expr.right)}`;
    case 'flag':
      return `${ref(expr.field)} flag ${expr.bit}`;
    case 'has':
      return `${ref(expr.list)} has ${value(expr.value)}`;
    case 'any':
      return `any(${ref(expr.list)}, ${lowered(expr.test)})`;
    default:
      return `${value(expr.left)} ${expr.fold ? 'i' : ''}${expr.op} ${value(expr.right)}`;
  }
}
