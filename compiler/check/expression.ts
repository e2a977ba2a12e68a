/** From the syntax tree to the normal form: names are resolved, types checked, everything that is only notation is gone. */
import type { Diagnostic, Staged } from '../diagnostics/diagnostic.ts';
import type { AnyNode, ExprNode, OperandTestNode, TestNode } from '../expression/ast.ts';
import type { Expr } from '../../vm/bundle/normal.ts';
import { and, negatedIf, not, or, truth } from './build.ts';
import { checkCompare, checkIn } from './compare.ts';
import { unfit } from './constant.ts';
import { Abandoned, Context } from './context.ts';
import type { Environment } from './environment.ts';
import { resolveField } from './field.ts';
import { checkHas } from './has.ts';
import { checkMacroWith, useMacro } from './macro.ts';
import { resolveOneOrSet, resolveOperand, resolveSet } from './operand.ts';
import { measure, tooLarge } from './size.ts';
import { checkString } from './string.ts';
import { describe, elementOf, refOf, type Checked, type Resolved } from './value.ts';

/**
 * Checks an expression and lowers it.
 * @param env what names mean, and the kinds of the rule
 * @returns the typed expression; null exactly where there are errors, here or in a macro that was checked before
 */
export function checkExpression(node: ExprNode, env: Environment): Staged<Expr | null> {
  const context = new Context(env);
  const value = checkWhole(node, context);
  const excess = value && tooLarge(measure(value));
  if (excess)
    context.report(excess.code, `the expression is ${excess.message}`, node.span, 'use lists, or several rules');
  return { value: excess ? null : value, diagnostics: context.diagnostics };
}

/**
 * Checks a macro of `env` for its own sake. Its findings are reported once: by this, or by the first expression that
 * uses the macro.
 */
export const checkMacro = (name: string, env: Environment): readonly Diagnostic[] =>
  checkMacroWith(name, env, checkWhole);

/** Null also where there were too many findings. */
function checkWhole(node: ExprNode, context: Context): Checked {
  try {
    return check(node, context);
  } catch (error) {
    if (error instanceof Abandoned) return null;
    throw error;
  }
}

function check(node: ExprNode, context: Context): Checked {
  switch (node.kind) {
    case 'and':
    case 'or':
      return checkChain(node.kind, node.args, context);
    case 'not': {
      const arg = check(node.arg, context);
      return arg && not(arg);
    }
    case 'name':
      return useMacro(node, context, checkWhole);
    case 'exists': {
      const field = resolveField(node.field, context);
      return field && { op: 'exists', field: refOf(field) };
    }
    case 'any':
      return checkAny(node, context);
    case 'test':
      return checkOperandTest(node, context);
    case 'error':
      return null;
  }
}

/** Every part is checked, so that one run reports all that is wrong. */
function checkChain(op: 'and' | 'or', parts: readonly ExprNode[], context: Context): Checked {
  const args = parts.map((part) => check(part, context));
  if (!args.every((arg) => arg !== null)) return null;
  return op === 'and' ? and(args) : or(args);
}

function checkAny(node: AnyNode, context: Context): Checked {
  const list = resolveField(node.field, context);
  if (!list) return null;
  if (list.type !== 'list') {
    const help = list.type === 'string' ? 'test it directly' : null;
    return context.report('L2110', `\`any\` asks a list, ${describe(list)}`, node.field.span, help);
  }
  const test = checkTest(elementOf(list), node.test, context);
  return test && { op: 'any', list: refOf(list), test };
}

function checkOperandTest(node: OperandTestNode, context: Context): Checked {
  const left = resolveOperand(node.left, context);
  if (node.test) return checkTest(left, node.test, context);
  return left && checkAlone(left, context);
}

/** @param left null where it was reported: the right side is still looked at */
function checkTest(left: Resolved | null, node: TestNode, context: Context): Checked {
  switch (node.kind) {
    case 'compare': {
      const right = resolveOperand(node.right, context);
      return left && right && checkCompare(left, node.cmp, right, node.span, context);
    }
    case 'in': {
      const members = resolveSet(node.right, context);
      const expr = left && members && checkIn(left, members, node.span, context);
      return expr && negatedIf(node.negated, expr);
    }
    case 'string': {
      const rights = resolveOneOrSet(node.right, context);
      const expr = left && rights && checkString(left, node, rights, context);
      return expr && negatedIf(node.negated, expr);
    }
    case 'has': {
      const expr = left && checkHas(left, node, context);
      return expr && negatedIf(node.negated, expr);
    }
  }
}

/** An operand as a condition of its own. */
function checkAlone(value: Resolved, context: Context): Checked {
  if (value.is === 'literal') {
    if (value.sort === 'boolean') return truth(value.value as boolean);
    return context.report('L2111', `${describe(value)}, not a condition`, value.span);
  }
  const { type, name, span } = value;
  const ref = refOf(value);
  if (type === 'bool' || ref.mask !== undefined) return { op: 'truth', of: ref };
  if (type === 'list' || type === 'flags') return unfit(value, context);
  return context.report(
    'L2111',
    `${describe(value)}, not a condition`,
    span,
    `write \`exists(${name})\`, or compare it`,
  );
}
