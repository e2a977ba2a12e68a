/** What lints ask of each rule: its whole condition, and where it stands. */
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Expr } from '../../vm/bundle/normal.ts';
import { ACTIONS, type Action } from '../../vm/spec/verdict.ts';
import type { ResolvedPolicy, ResolvedRule } from '../resolve/index.ts';
import { onceFor } from '../resolve/once.ts';

export interface RuleFacts {
  readonly rule: ResolvedRule;
  readonly policy: ResolvedPolicy;
  /** `when` and no `unless`. */
  readonly condition: Expr;
  readonly action: Action;
  /** Number in the order of decision. */
  readonly position: number;
  /** Ids of its kinds, as bits. */
  readonly kinds: number;
  /** The operation fails under its action. */
  readonly fails: boolean;
  /** The same number for the same scope; that of every workload is 0. */
  readonly scope: number;
}

export type Warn = (diagnostic: Diagnostic) => void;

/** All rules in the order of decision. */
export function factsOf(policies: readonly ResolvedPolicy[]): RuleFacts[] {
  const facts: RuleFacts[] = [];
  const scopes = new Map([['{}', 0]]);
  for (const policy of policies) {
    const text = scopeText(policy);
    const scope = scopes.get(text) ?? scopes.size;
    scopes.set(text, scope);
    for (const rule of policy.rules) {
      const action = rule.action.value;
      const kinds = rule.kinds.reduce((bits, kind) => bits | (1 << kind), 0);
      const condition = conditionOf(rule);
      facts.push({ rule, policy, condition, action, position: facts.length, kinds, fails: fails(action), scope });
    }
  }
  return facts;
}

const scopeText = onceFor(({ scope }: ResolvedPolicy) => JSON.stringify(scope));

const conditionOf = (rule: ResolvedRule): Expr => (rule.unless.length === 0 ? rule.when.expr : withoutUnless(rule));

/** One object for a rule: what is found out about a condition is kept with it. */
const withoutUnless = onceFor(({ when, unless }: ResolvedRule): Expr => {
  const nots = unless.map(({ expr }): Expr => ({ op: 'not', arg: expr }));
  return { op: 'and', args: [when.expr, ...nots] };
});

const FAILING: ReadonlySet<Action> = new Set(ACTIONS.slice(ACTIONS.indexOf('deny')));

/** Whether the operation fails under this action. */
export const fails = (action: Action): boolean => FAILING.has(action);
