/** Several questions of one operation become one decision (semantics, section 1). */
import type { Decision, PlaneDecision } from '../event/decision.ts';
import { ACTIONS } from '../spec/verdict.ts';

/**
 * Actual and as-if decisions are combined each for itself: the strictest counts, of equal ones the first question's;
 * what was noted is the union in the order of the questions.
 * @param decisions of the questions, in the order of the table; at least one
 * @returns the decision of the operation, and the index of the question whose actual decision counts
 */
export function combine(decisions: readonly Decision[]): { decision: Decision; question: number } {
  if (decisions.length === 0) throw new Error('BUG: an operation without a question');
  const question = strictest(decisions.map(({ actual }) => actual));
  const asIf = strictest(decisions.map((decision) => decision.asIf));
  return {
    decision: {
      actual: { ...decisions[question].actual, matches: union(decisions.map(({ actual }) => actual.matches)) },
      asIf: { ...decisions[asIf].asIf, matches: union(decisions.map((decision) => decision.asIf.matches)) },
      errno: decisions[question].errno,
      assumed: [...union(decisions.map(({ assumed }) => assumed))].sort((a, b) => a - b),
    },
    question,
  };
}

/** Index of the first of the strictest. */
function strictest(planes: readonly PlaneDecision[]): number {
  const ranks = planes.map(({ action }) => ACTIONS.indexOf(action));
  return ranks.indexOf(Math.max(...ranks));
}

const union = (lists: readonly (readonly number[])[]): readonly number[] => [...new Set(lists.flat())];
