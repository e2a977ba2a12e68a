/** Operands and sets: literals, parameters and lists become values. */
import type { Span } from '../diagnostics/diagnostic.ts';
import type { OperandNode, ParameterNode, SetNode } from '../expression/ast.ts';
import { isBroken, toBytes } from '../expression/bytes.ts';
import type { Context } from './context.ts';
import type { ParameterDefinition, Value } from './environment.ts';
import { resolveField } from './field.ts';
import type { LiteralValue, Resolved } from './value.ts';

/** One operand; null: reported. */
export function resolveOperand(node: OperandNode, context: Context): Resolved | null {
  const { span } = node;
  switch (node.kind) {
    case 'field':
      return resolveField(node, context);
    case 'text':
      return { is: 'literal', sort: 'string', value: node.value, span, written: true };
    case 'integer':
      return { is: 'literal', sort: 'integer', value: node.value, span };
    case 'boolean':
      return { is: 'literal', sort: 'boolean', value: node.value, span };
    case 'parameter': {
      const parameter = resolveParameter(node, context);
      if (!parameter) return null;
      if (parameter.type === 'list') {
        return context.report(
          'L2110',
          `\`$${node.name}\` is a list, not one value`,
          span,
          `write \`in $${node.name}\``,
        );
      }
      const literal = literalOf(parameter.value, span, `\`$${node.name}\``, context);
      return literal && (parameter.type === 'address' ? { ...literal, sort: 'address' } : literal);
    }
  }
}

function resolveParameter(node: ParameterNode, context: Context): ParameterDefinition | null {
  const parameter = context.env.parameter(node.name);
  if (parameter) return parameter;
  const help = context.suggest(node.name, 'parameter') ?? 'declare it under `parameters` of a Library';
  return context.report('L2103', `there is no parameter \`$${node.name}\``, node.span, help);
}

function literalOf(value: Value, span: Span, of: string, context: Context): LiteralValue | null {
  switch (typeof value) {
    case 'string':
      if (isBroken(value)) return context.report('L2014', `${of} holds half of a surrogate pair`, span);
      return { is: 'literal', sort: 'string', value: toBytes(value), span };
    case 'boolean':
      return { is: 'literal', sort: 'boolean', value, span };
    case 'bigint':
      return { is: 'literal', sort: 'integer', value, span };
    case 'number':
      if (!Number.isSafeInteger(value))
        return context.report('L2004', `${of} holds \`${value}\`, which is not an integer`, span);
      return { is: 'literal', sort: 'integer', value: BigInt(value), span };
  }
}

function literalsOf(values: readonly Value[], span: Span, of: string, context: Context): LiteralValue[] | null {
  const literals: LiteralValue[] = [];
  for (const value of values) {
    const literal = literalOf(value, span, of, context);
    if (!literal) return null;
    literals.push(literal);
  }
  return literals;
}

/** The members of a set; null: reported. A list may have none. */
export function resolveSet(node: SetNode, context: Context): readonly Resolved[] | null {
  const { span } = node;
  if (node.kind === 'members') {
    const members = node.members.map((member) => resolveOperand(member, context));
    return members.every((member) => member !== null) ? members : null;
  }
  if (node.kind === 'parameter') {
    const parameter = resolveParameter(node, context);
    if (!parameter) return null;
    if (parameter.type === 'list') return literalsOf(parameter.value, span, `\`$${node.name}\``, context);
    return context.report('L2110', `\`$${node.name}\` is one value, not a list`, span, `write \`($${node.name})\``);
  }
  const list = context.env.list(node.name);
  if (list) return literalsOf(list.values, span, `\`${node.name}\``, context);
  const help = context.env.macro(node.name)
    ? `\`${node.name}\` is a macro: it is a test of its own`
    : (context.suggest(node.name, 'list') ?? `a string stands in double quotes: ("${node.name}")`);
  return context.report('L2102', `there is no list \`${node.name}\``, span, help);
}

/** What stands right of a string operator: one operand or the members of a set. */
export function resolveOneOrSet(node: OperandNode | SetNode, context: Context): readonly Resolved[] | null {
  const isList = node.kind === 'parameter' && context.env.parameter(node.name)?.type === 'list';
  if (node.kind === 'members' || node.kind === 'list' || isList) return resolveSet(node as SetNode, context);
  const operand = resolveOperand(node, context);
  return operand && [operand];
}
