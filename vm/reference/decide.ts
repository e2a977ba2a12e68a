/** The decision of one event (semantics, section 5). */
import type { NormalForm, NormalPolicy, NormalRule } from '../bundle/normal.ts';
import type { Decision, PlaneDecision } from '../event/decision.ts';
import type { Event } from '../event/event.ts';
import { DEFAULT_ERRNO, ERRNOS } from '../spec/verdict.ts';
import { failing, stricter } from './action.ts';
import { holds } from './expression.ts';
import { scopeOf, type ScopeResult } from './scope.ts';

/** A policy with its number and what its scope says of the event. */
export interface Considered {
  readonly policy: NormalPolicy;
  readonly number: number;
  /** Number of its first rule over the whole bundle. */
  readonly firstRule: number;
  readonly scope: ScopeResult;
}

export function consider(normal: NormalForm, event: Event): readonly Considered[] {
  let firstRule = 0;
  return normal.policies.map((policy, number) => {
    const considered = { policy, number, firstRule, scope: scopeOf(policy, event) };
    firstRule += policy.rules.length;
    return considered;
  });
}

/** Whether the rule matches: it covers the kind, its condition holds, and none of its exceptions does. */
export const ruleMatches = (rule: NormalRule, event: Event): boolean =>
  rule.kinds.includes(event.kind) && holds(rule.when, event) && !rule.unless.some(({ when }) => holds(when, event));

/** Whether a rule ends its policy only: one that lets pass, in a policy that is assumed. */
export const endsPolicy = (scope: ScopeResult, rule: NormalRule): boolean =>
  scope.is === 'assumed' && !rule.continue && !failing(rule.action);

export function decide(policies: readonly Considered[], event: Event): Decision {
  const inScope = policies.filter(({ scope }) => scope.is !== 'out');
  const actual = plane(
    inScope.filter(({ policy }) => policy.mode === 'enforce'),
    event,
  );
  const assumed = inScope.filter(({ policy, scope }) => scope.is === 'assumed' && applies(policy, event.kind));
  return {
    actual,
    asIf: plane(inScope, event),
    errno: errnoOf(actual, policies),
    assumed: assumed.map(({ number }) => number),
  };
}

const applies = ({ defaults, rules }: NormalPolicy, kind: number): boolean =>
  kind in defaults || rules.some((rule) => rule.kinds.includes(kind));

function errnoOf({ action, policy, rule }: PlaneDecision, policies: readonly Considered[]): number {
  if (!failing(action)) return 0;
  return rule < 0 ? ERRNOS[DEFAULT_ERRNO] : policies[policy].policy.rules[rule - policies[policy].firstRule].errno;
}

/** First match over the rules of these policies in their order, else the strictest default. */
function plane(policies: readonly Considered[], event: Event): PlaneDecision {
  const matches: number[] = [];
  const open: Considered[] = [];
  for (const considered of policies) {
    const { policy, number, firstRule, scope } = considered;
    let ended = false;
    for (const [i, rule] of policy.rules.entries()) {
      if (!ruleMatches(rule, event)) continue;
      ended = endsPolicy(scope, rule);
      if (ended) break;
      if (!rule.continue) return { action: rule.action, policy: number, rule: firstRule + i, default: false, matches };
      matches.push(firstRule + i);
    }
    if (!ended) open.push(considered);
  }
  return byDefault(open, event, matches);
}

/** The strictest default; of equal ones that of the first policy. */
function byDefault(policies: readonly Considered[], event: Event, matches: readonly number[]): PlaneDecision {
  let decision: PlaneDecision = { action: 'allow', policy: -1, rule: -1, default: false, matches };
  for (const { policy, number } of policies) {
    const action = policy.defaults[event.kind];
    if (action === undefined || (decision.default && !stricter(action, decision.action))) continue;
    decision = { action, policy: number, rule: -1, default: true, matches };
  }
  return decision;
}
