/** Warnings about what rules mean: those that no reader of one rule can see. */
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { onceFor } from '../resolve/once.ts';
import type { ResolvedPolicy } from '../resolve/index.ts';
import { factsOf } from './facts.ts';
import { lintNaming } from './naming.ts';
import { lintAllowLists, lintEmpty, lintOpenModify } from './policies.ts';
import { lintRule } from './rules.ts';
import { lintScope } from './scope.ts';
import { lintShadows } from './shadow.ts';

/**
 * @param policies in the order of decision, without errors
 * @param naming whether their names have to follow the scheme
 */
export function lint(policies: readonly ResolvedPolicy[], naming = false): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const warn = (diagnostic: Diagnostic): void => void diagnostics.push(diagnostic);
  const rules = factsOf(policies);
  for (const policy of policies) alone(policy).forEach(warn);
  lintShadows(rules, warn);
  lintOpenModify(policies, rules, warn);
  lintAllowLists(policies, rules, warn);
  if (naming) lintNaming(policies, warn);
  return diagnostics;
}

/** What follows from a policy alone. */
const alone = onceFor((policy: ResolvedPolicy): Diagnostic[] => {
  const diagnostics: Diagnostic[] = [];
  const warn = (diagnostic: Diagnostic): void => void diagnostics.push(diagnostic);
  lintScope(policy, warn);
  lintEmpty(policy, warn);
  for (const facts of factsOf([policy])) lintRule(facts, warn);
  return diagnostics;
});
