/** Policies of clusters: what they say of rulesets, and what of them is not for running containers. */
import { diagnose } from '../../diagnostics/index.ts';
import type { Located, LocatedMap, LocatedScalar } from '../../document/located.ts';
import { headOf, type Report } from '../../schema/read.ts';
import { get, isScalar, itemsOf, textOf } from '../read.ts';
import type { Ruleset } from './ruleset.ts';

/** @param policies resources and bodies of the API */
export function judgePolicies(policies: readonly LocatedMap[], rulesets: readonly Ruleset[], report: Report): void {
  for (const policy of policies) judgeAdmission(policy, report);
  const wanted = policies.flatMap((policy) => itemsOf(get(get(policy, 'runtime'), 'rulesets')).flatMap(nameIn));
  for (const name of wanted) {
    if (rulesets.some((ruleset) => isCalled(ruleset, name.text))) continue;
    const message = `the ruleset \`${name.text}\` is not among these documents`;
    report(diagnose('L5504', message, name.span, 'add its document'));
  }
  if (wanted.length === 0) return;
  for (const ruleset of rulesets) {
    if (wanted.some(({ text }) => isCalled(ruleset, text))) continue;
    const message = `no policy has the ruleset \`${ruleset.name.text}\`; it counts here all the same`;
    report(diagnose('L5504', message, ruleset.name.span, 'leave its document out, or add it to a policy'));
  }
}

/** A reference to a ruleset: a name, or a map with one. */
function nameIn(node: Located): readonly LocatedScalar[] {
  const found = [node, get(node, 'id'), get(node, 'name')].find(isScalar);
  return found === undefined ? [] : [found];
}

/** Ids are the name with a suffix after `-`, which names do not have. */
const isCalled = ({ name, id }: Ruleset, text: string): boolean =>
  text === name.text || text === id || text.startsWith(`${name.text}-`);

function judgeAdmission(policy: LocatedMap, report: Report): void {
  const bodies = [policy, get(policy, 'spec'), get(policy, 'default'), ...itemsOf(get(policy, 'namespaced'))];
  for (const key of ['rules', 'exceptions']) {
    for (const body of bodies) {
      const list = get(body, key);
      if (list === undefined || itemsOf(list).length === 0) continue;
      const types = [...new Set(itemsOf(list).flatMap((item) => textOf(get(item, 'type')) ?? []))];
      const names = types.map((type) => `\`${type}\``).join(', ');
      const message = `${key} judge pods and images, not what containers do${names === '' ? '' : `: ${names}`}`;
      report(diagnose('L5003', message, headOf(list), 'an admission controller decides them'));
    }
  }
}
