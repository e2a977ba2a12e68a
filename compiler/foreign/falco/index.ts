/** Falco: its rule sets, and what they mean. */
import type { Located } from '../../document/located.ts';
import { get, itemsOf } from '../read.ts';
import type { System } from '../system.ts';
import { lowerRuleSet } from './policies.ts';
import { isSelection } from './selection.ts';

const ITEMS = ['rule', 'macro', 'list', 'required_engine_version', 'required_plugin_versions'];

/** A list of which one item at least has a key of theirs, or a selection of rules. */
const recognises = (root: Located): boolean =>
  isSelection(root) || itemsOf(root).some((item) => ITEMS.some((key) => get(item, key) !== undefined));

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
