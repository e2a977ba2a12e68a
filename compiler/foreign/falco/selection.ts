/** `rules:` of Falco's configuration: which rules are switched on and off, one step after the other. */
import { diagnose } from '../../diagnostics/index.ts';
import type { Located } from '../../document/located.ts';
import { headOf, type Report } from '../../schema/read.ts';
import { regexOf } from '../condition.ts';
import { get, isMap, isScalar, itemsOf } from '../read.ts';
import type { ForeignDocument } from '../system.ts';
import type { Rule } from './ruleset.ts';

const OPERATIONS = ['enable', 'disable'] as const;

/** Whether a document says which rules are switched on and off. */
export function isSelection(root: Located): boolean {
  const steps = itemsOf(get(root, 'rules'));
  return steps.length > 0 && steps.every((step) => OPERATIONS.some((operation) => get(step, operation) !== undefined));
}

/** @param rules are changed */
export function select(documents: readonly ForeignDocument[], rules: Iterable<Rule>, report: Report): void {
  const all = [...rules];
  for (const { root } of documents) {
    if (!isMap(root)) continue;
    for (const step of itemsOf(get(root, 'rules')))
      for (const operation of OPERATIONS) {
        const which = get(step, operation);
        if (which !== undefined) apply(which, operation === 'enable', all, report);
      }
  }
}

function apply(which: Located, enabled: boolean, rules: readonly Rule[], report: Report): void {
  const [rule, tag] = [get(which, 'rule'), get(which, 'tag')].map((node) => (isScalar(node) ? node : undefined));
  if (rule === undefined && tag === undefined) {
    report(diagnose('L5004', 'a selection has `rule` or `tag`', headOf(which), 'write `rule: "*"`, or a tag'));
    return;
  }
  const name = rule && new RegExp(`^${rule.text.split('*').map(regexOf).join('.*')}$`, 's');
  const chosen = rules.filter(
    (one) => name?.test(one.name) === true || (tag !== undefined && one.tags.includes(tag.text)),
  );
  for (const one of chosen) one.enabled = enabled;
  const node = rule ?? tag;
  if (chosen.length === 0 && node !== undefined)
    report(diagnose('L5003', `no rule is chosen by \`${node.text}\``, node.span, 'name a rule or a tag that there is'));
}
