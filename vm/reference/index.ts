/** The reference interpreter: the definition of what policies mean. */
import type { NormalForm } from '../bundle/normal.ts';
import type { Decision } from '../event/decision.ts';
import type { Event } from '../event/event.ts';
import { consider, decide } from './decide.ts';
import { explain, type Trace } from './explain.ts';

export type { Outcome, PolicyTrace, Reason, RuleTrace, Trace } from './explain.ts';
export type { ScopeResult } from './scope.ts';

export interface Reference {
  decide(event: Event): Decision;
  explain(event: Event): Trace;
}

/**
 * @param normal what the compiler made, or what a bundle holds
 * @returns an interpreter that takes every event as a whole: facts are joined to it before (vm/event/facts.ts)
 */
export const reference = (normal: NormalForm): Reference => ({
  decide: (event) => decide(consider(normal, event), event),
  explain: (event) => explain(normal, event),
});
