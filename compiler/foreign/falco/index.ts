/** Falco: its rule sets, and what they mean. */
import type { Located } from '../../document/located.ts';
import { get, isMap, isScalar } from '../read.ts';
import type { System } from '../system.ts';
import { lowerRuleSet } from './policies.ts';
import { isSelection } from './selection.ts';

const ITEMS = ['rule', 'macro', 'list', 'required_engine_version', 'required_plugin_versions'];

/** A list of items, or a selection of rules; a list that is broken is a list of texts, or of maps of which one is an item. */
function recognises(root: Located): boolean {
  if (isSelection(root)) return true;
  if (root.is !== 'list' || root.items.length === 0) return false;
  return (
    root.items.every(isScalar) ||
    root.items.some((item) => isMap(item) && ITEMS.some((key) => get(item, key) !== undefined))
  );
}

export const FALCO: System = {
  name: 'falco',
  title: 'Falco',
  options: {
    'rule-matching': {
      values: ['first', 'all'],
      default: 'first',
      doc: 'whether the first rule that matches decides, as in Falco, or each is noted (`rule_matching`)',
    },
    'unknown-fields': {
      values: ['never', 'refuse'],
      default: 'never',
      doc: 'whether a comparison with a field that events here do not have is false, or an error',
    },
  },
  ignoresTags: true,
  recognises,
  lower: (documents, options, report) => lowerRuleSet(documents, options, report),
};

export { lowerRuleSet, type Dialect } from './policies.ts';
export { tagOf } from './rules.ts';
export type { Rule } from './ruleset.ts';
