/** Which system calls a condition can be about: rules are compiled for those alone. */
import type { Expr, Operand } from '../../../vm/bundle/normal.ts';
import { fieldId } from '../../../vm/event/index.ts';
import { syscallNumber } from '../../sensors/index.ts';

const NAME = fieldId('syscall.name');
const NUMBER = fieldId('syscall.nr');

/** @returns the numbers that a condition can hold for; null: any */
export const numbersOf = (expr: Expr): ReadonlySet<number> | null => {
  switch (expr.op) {
    case 'and': {
      const parts = expr.args.map(numbersOf).filter((part) => part !== null);
      return parts.length === 0 ? null : new Set([...parts[0]].filter((nr) => parts.every((part) => part.has(nr))));
    }
    case 'or': {
      const parts = expr.args.map(numbersOf);
      return parts.includes(null) ? null : new Set(parts.flatMap((part) => [...part!]));
    }
    case 'compare':
      return expr.cmp === '=' ? constants(expr.left, [expr.right]) : null;
    case 'in':
      return constants(expr.left, expr.set);
    default:
      return null;
  }
};

const constants = (left: Operand, right: readonly Operand[]): ReadonlySet<number> | null => {
  if (left.is !== 'field' || left.mask !== undefined) return null;
  const numbers = right.map((operand) => {
    if (left.field === NAME && operand.is === 'string') return syscallNumber(operand.value) ?? -1;
    return left.field === NUMBER && operand.is === 'int' ? Number(operand.value) : null;
  });
  return numbers.includes(null) ? null : new Set(numbers.filter((nr) => nr !== null && nr >= 0) as number[]);
};
