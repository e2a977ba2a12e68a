/** Membership in lists and flag sets. */
import type { HasNode, OperandNode, SetNode } from '../expression/ast.ts';
import { nearest } from '../diagnostics/nearest.ts';
import type { Bytes, Expr } from '../../vm/bundle/normal.ts';
import { and, or } from './build.ts';
import { constantFor } from './constant.ts';
import type { Context } from './context.ts';
import { resolveOperand, resolveSet } from './operand.ts';
import { describe, elementOf, refOf, type Checked, type Resolved, type TypedValue } from './value.ts';

/** `has`, `hasany`, `hasall`, without their negation. */
export function checkHas(left: Resolved, node: HasNode, context: Context): Checked {
  if (left.is !== 'typed' || (left.type !== 'list' && left.type !== 'flags')) return refuse(left, node, context);
  const rights = rightOf(node, context);
  if (!rights) return null;
  const tests = rights.map((right) =>
    left.type === 'flags' ? hasFlag(left, right, context) : hasElement(left, right, context),
  );
  if (!tests.every((test) => test !== null)) return null;
  if (node.op !== 'hasall') return or(tests);
  // All of none: true for a list that is there, and false, as every comparison, for one that is absent.
  return tests.length > 0 ? and(tests) : { op: 'exists', field: refOf(left) };
}

function refuse(left: Resolved, node: HasNode, context: Context): null {
  const help =
    left.is === 'typed' && left.type === 'string'
      ? 'write `contains` for a part of a string, `in (…)` for one of several values'
      : left.is === 'typed' && left.type === 'map'
        ? `write \`exists(${left.name}["…"])\``
        : null;
  return context.report('L2110', `\`${node.op}\` asks a list or a flag set, ${describe(left)}`, left.span, help);
}

function rightOf({ op, right }: HasNode, context: Context): readonly Resolved[] | null {
  const isSet = right.kind === 'members' || right.kind === 'list';
  if (op === 'has') {
    if (isSet)
      return context.report('L2110', '`has` takes one value', right.span, 'write `hasany` or `hasall` with a set');
    const operand = resolveOperand(right as OperandNode, context);
    return operand && [operand];
  }
  if (!isSet && right.kind !== 'parameter') {
    return context.report('L2110', `\`${op}\` takes a set`, right.span, 'write `has` for one value');
  }
  return resolveSet(right as SetNode, context);
}

function hasElement(list: TypedValue, right: Resolved, context: Context): Checked {
  const field = refOf(list);
  if (right.is === 'literal') {
    const value = constantFor(right, elementOf(list), context);
    return value && { op: 'has', list: field, value };
  }
  if (right.type === 'string') return { op: 'has', list: field, value: right.operand };
  return context.report('L2110', `an element is a string, ${describe(right)}`, right.span);
}

function hasFlag(flags: TypedValue, right: Resolved, context: Context): Expr | null {
  if (right.is === 'typed' || right.sort !== 'string') {
    return context.report('L2110', `a flag is asked for by its name, ${describe(right)}`, right.span);
  }
  const names = flags.spec.values ?? [];
  const name = right.value as Bytes;
  const bit = names.indexOf(name);
  if (bit >= 0) return { op: 'flag', field: refOf(flags), bit };
  const plain = name.toLowerCase().replace(/^cap_|^o_/, '');
  const near = names.includes(plain) ? plain : nearest(name, names);
  const help = near !== null ? `did you mean "${near}"?` : names.length <= 15 ? `flags: ${names.join(', ')}` : null;
  return context.report('L2104', `\`${flags.name}\` has no flag \`${name}\``, right.span, help);
}
