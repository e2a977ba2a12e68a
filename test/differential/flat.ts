/** A decision of the reference as the numbers of a verdict, in the order in which they lie in memory. */
import type { Decision } from '../../vm/event/index.ts';
import { ACTIONS, NO_POLICY, NO_RULE, VERDICT_FLAGS } from '../../vm/spec/index.ts';
import { samePlane } from './same.ts';

const number = (value: number, none: number): number => (value < 0 ? none : value);

const flagsOf = ({ actual, asIf, assumed }: Decision): number =>
  (actual.default ? VERDICT_FLAGS.default : 0) |
  (samePlane(actual, asIf) ? 0 : VERDICT_FLAGS.would) |
  (actual.matches.length + asIf.matches.length > 0 ? VERDICT_FLAGS.matches : 0) |
  (asIf.default ? VERDICT_FLAGS.asIfDefault : 0) |
  (assumed.length > 0 ? VERDICT_FLAGS.assumed : 0);

/** @returns action, flags, errno, as-if action, rule, as-if rule, policy, as-if policy */
export const flatOf = (decision: Decision): readonly number[] => {
  const { actual, asIf, errno } = decision;
  return [
    ...[ACTIONS.indexOf(actual.action), flagsOf(decision), errno, ACTIONS.indexOf(asIf.action)],
    ...[number(actual.rule, NO_RULE), number(asIf.rule, NO_RULE)],
    ...[number(actual.policy, NO_POLICY), number(asIf.policy, NO_POLICY)],
  ];
};
