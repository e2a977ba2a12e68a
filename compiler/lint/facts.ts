/** What lints ask of each rule: its whole condition, and where it stands. */
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Expr } from '../../vm/bundle/normal.ts';
import { ACTIONS, type Action } from '../../vm/spec/verdict.ts';
import type { ResolvedPolicy, ResolvedRule } from '../resolve/index.ts';

export interface RuleFacts {
  readonly rule: ResolvedRule;
  readonly policy: ResolvedPolicy;
  /** `when` and no `unless`. */
  readonly condition: Expr;
  readonly action: Action;
  /** Number in the order of decision. */
  readonly position: number;
}

export type Warn = (diagnostic: Diagnostic) => void;

/** All rules in the order of decision. */
export function factsOf(policies: readonly ResolvedPolicy[]): RuleFacts[] {
  const facts: RuleFacts[] = [];
  for (const policy of policies) {
    for (const rule of policy.rules) {
      const unless = rule.unless.map(({ expr }): Expr => ({ op: 'not', arg: expr }));
      const condition: Expr = unless.length === 0 ? rule.when.expr : { op: 'and', args: [rule.when.expr, ...unless] };
      facts.push({ rule, policy, condition, action: rule.action.value, position: facts.length });
    }
  }
  return facts;
}

/** Whether the operation fails under this action. */
export const fails = (action: Action): boolean => ACTIONS.indexOf(action) >= ACTIONS.indexOf('deny');
