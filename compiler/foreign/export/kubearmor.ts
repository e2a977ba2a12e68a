/** Policies of ours as KubeArmorPolicy, KubeArmorClusterPolicy and KubeArmorHostPolicy. */
import { diagnose } from '../../diagnostics/index.ts';
import type { ResolvedPolicy, ResolvedRule } from '../../resolve/index.ts';
import type { Report } from '../../schema/read.ts';
import type { Entry, Subject } from '../kubearmor/entry.ts';
import { compareRanks, interfere, keysOf, rankOf } from '../kubearmor/lookup.ts';
import { withAlone } from '../kubearmor/order.ts';
import { eachOverlap, type Placed } from '../kubearmor/overlap.ts';
import type { Selection } from '../kubearmor/selection.ts';
import { entriesOf, type Exported } from './entries.ts';
import { Naming, noteLost, originOf, refuseMode } from './policy.ts';
import { configurationOf, judgeDefaults, listedIn } from './postures.ts';
import { bodyOf } from './sections.ts';
import { selectionOf, selectorOf } from './selection.ts';
import type { ExportFormat } from './format.ts';

/** A policy on its way. */
export interface Leaving {
  readonly policy: ResolvedPolicy;
  readonly selection: Selection;
  readonly entries: readonly Exported[];
}

export const KUBEARMOR_EXPORT: ExportFormat = {
  name: 'kubearmor',
  title: 'KubeArmor',
  documents(policies, report) {
    const leaving = policies.flatMap((policy) => read(policy, report));
    judgeOrder(leaving, report);
    judgeRefusals(leaving, report);
    const postures = judgeDefaults(leaving, report);
    const naming = new Naming();
    const documents = joined(leaving.filter(({ entries }) => entries.length > 0)).map((one) => ({
      source: one.policy.name.span.source,
      document: documentOf(one, naming, report),
    }));
    const configuration = configurationOf(postures);
    return configuration === null ? documents : [...documents, { source: null, document: configuration }];
  },
};

function read(policy: ResolvedPolicy, report: Report): Leaving[] {
  refuseMode(policy, 'KubeArmor', report);
  const { name, scope, rules } = policy;
  const span = policy.document.spec.scope?.span ?? name.span;
  const selection = selectionOf(scope, span);
  if (selection === null) {
    const help =
      'it is for `host: true` with labels of the host, for `class: [kubernetes]`, or for namespaces, labels and containers by their whole names';
    report(diagnose('L5704', `no selector of KubeArmor selects the workloads of \`${name.value}\``, span, help));
  }
  const entries = entriesOf(rules, listedIn(policy), report);
  return selection === null ? [] : [{ policy, selection, entries }];
}

/**
 * Parts of one imported policy as one again: KubeArmor looks up in all policies of a workload together, and where the place
 * of a policy would matter, `judgeOrder` has refused it.
 */
function joined(leaving: readonly Leaving[]): readonly Leaving[] {
  const found = new Map<unknown, Leaving>();
  for (const one of leaving) {
    const origin = originOf(one.policy.document);
    const key = origin === undefined ? one : JSON.stringify([origin, selectorOf(one.selection)]);
    const known = found.get(key);
    found.set(key, known === undefined ? one : { ...known, entries: [...known.entries, ...one.entries] });
  }
  return [...found.values()];
}

/** What stands first here must be looked up first there, wherever it matters which does. */
function judgeOrder(leaving: readonly Leaving[], report: Report): void {
  const wrong: (readonly [first: Placed, second: Placed])[] = [];
  const policies = leaving.map(({ selection, entries }) => ({ selection, entries: entries.map(({ entry }) => entry) }));
  eachOverlap(policies, (one, other) => {
    const [first, second] = byPlace(one, other) < 0 ? [one, other] : [other, one];
    if (!inPlace(first.entry, second.entry, first.policy === second.policy)) wrong.push([first, second]);
  });
  wrong.sort(([a, b], [c, d]) => a.policy - c.policy || b.policy - d.policy || byPlace(a, c) || byPlace(b, d));
  const said = new Set<unknown>();
  const ruleOf = ({ policy, index }: Placed): ResolvedRule => leaving[policy].entries[index].rule;
  for (const [a, b] of wrong.map(([first, second]) => [ruleOf(first), ruleOf(second)])) {
    if (said.has(b)) continue;
    said.add(b);
    const message = `KubeArmor asks for \`${b.name.value}\` before \`${a.name.value}\`, or for one of them alone`;
    const help =
      'its order is: what is noted; paths, program names, directories with sources; paths, program names, directories without; patterns; the deeper directory first, and of one target one rule';
    const related = [{ message: 'this rule comes first here', span: a.name.span }];
    report(diagnose('L5705', message, b.name.span, help, related));
  }
}

/** Less than zero: a stands before b here. */
const byPlace = (a: Placed, b: Placed): number => a.policy - b.policy || a.index - b.index;

/** @param together in one policy: what it says of a key twice is kept once; of what is looked up alike, the order stays */
function inPlace(first: Entry, second: Entry, together: boolean): boolean {
  if (together) {
    const keys = new Set(keysOf(first));
    if (keysOf(second).some((key) => keys.has(key))) return false;
  }
  if (!interfere(first, second)) return true;
  const order = compareRanks(rankOf(first), rankOf(second));
  return order < 0 || (order === 0 && together);
}

/** A rule that only refuses is an entry only where nothing else is said of what it lets through. */
function judgeRefusals(leaving: readonly Leaving[], report: Report): void {
  const policies = withAlone(
    leaving.map(({ selection, entries }) => ({
      selection,
      entries: entries.map(({ entry }) => entry),
      allowing: new Set(
        entries.filter(({ entry }) => entry.action === 'Allow').map(({ entry }): Subject => entry.subject),
      ),
    })),
  );
  leaving.forEach(({ entries }, i) => {
    entries.forEach(({ refusesOnly, rule }, n) => {
      if (!refusesOnly || policies[i].entries[n].alone) return;
      const help = 'let a rule of the same target follow it, or stand before it, that allows the rest';
      report(
        diagnose(
          'L5701',
          `an entry for \`${rule.name.value}\` would also allow what the rule leaves to others`,
          rule.name.span,
          help,
        ),
      );
    });
  });
}

function documentOf({ policy, selection, entries }: Leaving, naming: Naming, report: Report): object {
  const { kind, namespace, body } = selectorOf(selection);
  for (const { rule } of entries) noteLost(rule, report);
  return {
    apiVersion: 'security.kubearmor.com/v1',
    kind,
    metadata: { ...naming.metadata(policy, report), ...(namespace !== undefined && { namespace }) },
    spec: { ...body, ...bodyOf(entries.map(({ entry }) => entry)) },
  };
}
