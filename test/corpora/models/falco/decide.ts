/** Which of Falco's rules an event of ours fires. */
import type { ModelEvent } from '../event.ts';
import { holds } from './evaluate.ts';
import { fieldsOf } from './fields.ts';
import type { Rule } from './rules.ts';

/**
 * @param matching Falco's `rule_matching`: only the first rule in the order of the files, or all
 * @returns names in order
 */
export const firing = (rules: readonly Rule[], event: ModelEvent, matching: 'first' | 'all'): readonly string[] => {
  const fired = rules.filter(({ enabled, condition }) => enabled && holds(condition, fieldsOf(event)));
  return fired.slice(0, matching === 'first' ? 1 : undefined).map(({ name }) => name);
};
