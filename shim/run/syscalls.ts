/** Which system calls the rules of kind `syscall` are about: only those are traced, because tracing costs every call. */
import type { Expr, NormalForm, Operand } from '../../vm/bundle/normal.ts';
import { fieldId, kindByName } from '../../vm/event/index.ts';
import { syscallNumber } from '../sensors/index.ts';

const KIND = kindByName('syscall')!.id;
const NAME = fieldId('syscall.name');
const NUMBER = fieldId('syscall.nr');
/** As many as the kernel side has room for. */
const ALL = Array.from({ length: 512 }, (_, nr) => nr);

/** The numbers that a test can hold for; null: any. */
const numbersOf = (expr: Expr): ReadonlySet<number> | null => {
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

/** @returns numbers of the system calls that a rule or a default of the bundle can be about */
export const syscallsOf = (normal: NormalForm): readonly number[] => {
  const found = new Set<number>();
  for (const policy of normal.policies) {
    if (policy.defaults[KIND] !== undefined) return ALL;
    for (const rule of policy.rules.filter((rule) => rule.kinds.includes(KIND))) {
      const numbers = numbersOf(rule.when);
      if (numbers === null) return ALL;
      for (const nr of numbers) found.add(nr);
    }
  }
  return [...found].sort((a, b) => a - b);
};
