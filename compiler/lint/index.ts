/** Warnings about what rules mean: those that no reader of one rule can see. */
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { ResolvedPolicy } from '../resolve/index.ts';
import { factsOf } from './facts.ts';
import { lintAllowLists, lintEmpty, lintOpenModify } from './policies.ts';
import { lintRule } from './rules.ts';
import { lintScope } from './scope.ts';
import { lintShadows } from './shadow.ts';

/** @param policies in the order of decision, without errors */
export function lint(policies: readonly ResolvedPolicy[]): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const warn = (diagnostic: Diagnostic): void => void diagnostics.push(diagnostic);
  const rules = factsOf(policies);
  for (const policy of policies) {
    lintScope(policy, warn);
    lintEmpty(policy, warn);
  }
  for (const facts of rules) lintRule(facts, warn);
  lintShadows(rules, warn);
  lintOpenModify(policies, rules, warn);
  lintAllowLists(policies, rules, warn);
  return diagnostics;
}
