/** Macros: values, each checked once, however often it is used. */
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { NameNode } from '../expression/ast.ts';
import type { Expr } from '../../vm/bundle/normal.ts';
import { LIMITS } from '../../vm/spec/limits.ts';
import { Context } from './context.ts';
import type { Environment, MacroDefinition } from './environment.ts';
import { measure, tooLarge } from './size.ts';
import type { Checked } from './value.ts';

type Check = (node: NonNullable<MacroDefinition['node']>, context: Context) => Checked;

/** What macros stand for; null: with errors, which were reported. */
const known = new WeakMap<MacroDefinition, Expr | null>();

/** The value of a macro, where it is used. */
export function useMacro(node: NameNode, context: Context, check: Check): Checked {
  const { name, span } = node;
  const { env, macros } = context;
  const definition = env.macro(name);
  if (!definition) {
    const help = env.list(name)
      ? `\`${name}\` is a list: write \`field in ${name}\``
      : (context.suggest(name, 'macro') ?? 'declare it under `macros` of a Library');
    return context.report('L2102', `there is no macro \`${name}\``, span, help);
  }
  if (macros.includes(name)) {
    const path = [...macros.slice(macros.indexOf(name)), name].join(' → ');
    const related = definition.span ? [{ message: `\`${name}\` is declared here`, span: definition.span }] : undefined;
    return context.report(
      'L2105',
      `the macro \`${name}\` uses itself: ${path}`,
      span,
      'a macro is a value of its own',
      related,
    );
  }
  const found = known.get(definition);
  if (found !== undefined) return found;
  const limit = LIMITS.exprDepth.value;
  if (macros.length >= limit) return context.report('L2007', `more than ${limit} macros inside each other`, span);
  const inner = new Context(env, [...macros, name]);
  const value = definition.node && check(definition.node, inner);
  for (const diagnostic of inner.diagnostics) context.diagnostics.push(diagnostic);
  const excess = value && tooLarge(measure(value));
  if (excess) context.report(excess.code, `the macro \`${name}\` is ${excess.message}`, span);
  const kept = excess ? null : value;
  known.set(definition, kept);
  return kept;
}

/**
 * Checks a macro for its own sake: what is wrong in it is reported here, and never again where it is used.
 * @param name one that `env` knows
 */
export function checkMacroWith(name: string, env: Environment, check: Check): readonly Diagnostic[] {
  const definition = env.macro(name);
  if (!definition) throw new Error(`BUG: there is no macro ${name}`);
  if (known.has(definition)) return [];
  const context = new Context(env);
  useMacro({ kind: 'name', name, span: definition.span ?? { source: 0, start: 0, end: 0 } }, context, check);
  return context.diagnostics;
}
