/** Small normal forms for tests of the plan. */
import { planAndEmit, type BackendOptions, type Program } from '../../compiler/backend.ts';
import type { Expr, NormalForm, NormalRule, Operand } from '../../vm/bundle/normal.ts';
import { FIELDS } from '../../vm/spec/index.ts';

export const id = (name: string): number => FIELDS.find((f) => f.name === name)!.id;
export const field = (name: string): Operand => ({ is: 'field', field: id(name) });
export const equals = (name: string, value: string): Expr => ({
  op: 'compare',
  cmp: '=',
  left: field(name),
  right: { is: 'string', value },
});
export const and = (...args: Expr[]): Expr => ({ op: 'and', args });
export const or = (...args: Expr[]): Expr => ({ op: 'or', args });
export const not = (arg: Expr): Expr => ({ op: 'not', arg });

/** One enforced policy; each condition is a deny rule on `file.read`. */
export const policyOf = (conditions: readonly Expr[]): NormalForm => ({
  version: 1,
  policies: [
    {
      name: 'p',
      mode: 'enforce',
      tier: 'default',
      order: 1000,
      scope: {},
      defaults: {},
      rules: conditions.map((when, i): NormalRule => ({
        name: `r${i}`,
        kinds: [2],
        when,
        unless: [],
        action: 'deny',
        errno: 1,
        continue: false,
      })),
    },
  ],
});

/** The program of a normal form that must have one. */
export const programOf = (normal: NormalForm, options?: BackendOptions): Program => {
  const made = planAndEmit(normal, options);
  if ('errors' in made) throw new Error(JSON.stringify(made.errors));
  return made;
};
