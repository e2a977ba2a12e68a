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
      facts.push({ rule, policy, condition: conditionOf(rule), action: rule.action.value, position: facts.length });
    }
  }
  return facts;
}

const conditions = new WeakMap<ResolvedRule, Expr>();

/** One object for a rule: what is found out about a condition is kept with it. */
function conditionOf(rule: ResolvedRule): Expr {
  if (rule.unless.length === 0) return rule.when.expr;
  let condition = conditions.get(rule);
  if (condition === undefined) {
    const unless = rule.unless.map(({ expr }): Expr => ({ op: 'not', arg: expr }));
    conditions.set(rule, (condition = { op: 'and', args: [rule.when.expr, ...unless] }));
  }
  return condition;
}

/** Whether the operation fails under this action. */
export const fails = (action: Action): boolean => FAILING.has(action);

const FAILING: ReadonlySet<Action> = new Set(ACTIONS.slice(ACTIONS.indexOf('deny')));
