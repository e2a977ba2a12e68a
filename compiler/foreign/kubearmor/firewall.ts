/**
 * The firewall of hosts: what all KubeArmorNetworkPolicies together do. It stands behind what programs may do, and both have
 * to let a connection pass. So it becomes rules that only refuse or note, before all others of KubeArmor: each excepts what
 * an entry before it lets through, and nothing needs a rule that allows and would hide what others refuse.
 */
import type { Report } from '../../schema/read.ts';
import { all, quoted, quotedSet, test, written, type Condition } from '../condition.ts';
import { UniqueNames } from '../names.ts';
import type { ForeignDocument, Lowered } from '../system.ts';
import { at, lowered, type Plain } from '../tree.ts';
import {
  DIRECTIONS,
  isPacket,
  overlap,
  readNetworkPolicy,
  type Direction,
  type FlowEntry,
  type NetworkPolicy,
} from './network-policy.ts';
import type { Postures } from './posture.ts';
import { scopeOf, type Selection } from './selection.ts';
import { severityOf } from './severity.ts';

/** The order of what has none: rules of programs do not stand before it. */
const PROGRAMS = 1000;

/** An entry with the selection of its policy. */
interface Placed {
  readonly flow: FlowEntry;
  readonly policy: NetworkPolicy;
}

/** @param documents in document order, which is that of the firewall's rules */
export function hostFirewall(
  documents: readonly ForeignDocument[],
  postures: Postures,
  names: UniqueNames,
  report: Report,
): Lowered[] {
  const policies = documents.flatMap((document) => readNetworkPolicy(document, report) ?? []);
  const flows = policies.flatMap((policy) => policy.flows.map((flow): Placed => ({ flow, policy })));
  return policies.flatMap((policy, n): Lowered[] => {
    const { name, selection, span } = policy;
    const rules = [
      ...flows.flatMap((one, place) => (one.policy === policy ? ruleOf(one, flows.slice(0, place)) : [])),
      ...postureRules(policies, n, flows, postures),
    ];
    const metadata = { name: names.take(name), annotations: { 'kubearmor.com/kind': 'KubeArmorNetworkPolicy' } };
    const order = PROGRAMS - policies.length + n;
    return rules.length === 0
      ? []
      : [lowered('Policy', span, metadata, { mode: 'enforce', order, scope: scopeOf(selection), rules })];
  });
}

/** @param before entries that are asked first */
function ruleOf(one: Placed, before: readonly Placed[]): Plain[] {
  const { flow } = one;
  const { action, direction, name, when, span, severity, tags, message } = flow;
  if (action === 'Allow') return [];
  return [
    at(span, {
      name,
      on: kindsOf(direction),
      when: written(when, span),
      unless: exceptions(
        one.policy,
        before.filter((other) => other.flow.action !== 'Block' && !isApart(flow, other.flow)),
      ),
      action: action === 'Audit' ? 'audit' : 'deny',
      continue: action === 'Audit' ? true : undefined,
      severity: severity === null ? undefined : severityOf(severity),
      tags: tags.length > 0 ? tags : undefined,
      message: message === null ? undefined : at(message.span, message.value),
    }),
  ];
}

/** What becomes of packets that no entry is about: said once for each selection that has an allow-list, in its last policy. */
function postureRules(
  policies: readonly NetworkPolicy[],
  n: number,
  flows: readonly Placed[],
  { network }: Postures,
): Plain[] {
  const policy = policies[n];
  const same = policies.filter(({ selection }) => isSame(selection, policy.selection));
  if (network === 'allow' || same.at(-1) !== policy || !same.some(({ allows }) => allows)) return [];
  return (['ingress', 'egress'] as const).map((direction) =>
    at(policy.span, {
      name: `posture-${direction}`,
      on: kindsOf(direction),
      when: written(isPacket(policy.span), policy.span),
      unless: exceptions(
        policy,
        flows.filter(
          ({ flow, policy: other }) =>
            flow.direction === direction && (flow.action !== 'Block' || policies.indexOf(other) > n),
        ),
      ),
      action: network === 'audit' ? 'audit' : 'deny',
      continue: network === 'audit' ? true : undefined,
    }),
  );
}

const kindsOf = (direction: Direction): Plain => {
  const { on } = DIRECTIONS[direction];
  return on.length === 1 ? on[0] : [...on];
};

/** What other entries decide, as exceptions of a rule; those that refuse and stand before it have done so. */
function exceptions(policy: NetworkPolicy, others: readonly Placed[]): Plain | undefined {
  const names = new UniqueNames();
  const made = others.map(({ flow, policy: other }) => {
    const name = names.take(other === policy ? flow.name : `${other.name}.${flow.name}`);
    const when = isSame(policy.selection, other.selection) ? flow.when : all([isNode(other.selection), flow.when]);
    return at(flow.span, { name, when: written(when, flow.span) });
  });
  return made.length > 0 ? made : undefined;
}

/** Whether no packet is of both. */
const isApart = (a: FlowEntry, b: FlowEntry): boolean =>
  a.direction !== b.direction ||
  (a.networks !== null &&
    b.networks !== null &&
    !a.networks.some((one) => b.networks!.some((other) => overlap(one, other)))) ||
  (a.ports !== null &&
    b.ports !== null &&
    !a.ports.some((one) =>
      b.ports!.some((other) => one.protocol === other.protocol && one.from <= other.to && other.from <= one.to),
    ));

const labelsOf = ({ node }: Selection): (readonly [key: string, globs: readonly string[]])[] =>
  Object.entries(node).map(([key, texts]) => [key, texts.map(({ value }) => value)]);

const isSame = (a: Selection, b: Selection): boolean => JSON.stringify(labelsOf(a)) === JSON.stringify(labelsOf(b));

/** The selector of another policy as a condition. Where labels are not known, it does not hold. */
const isNode = (selection: Selection): Condition =>
  all(labelsOf(selection).map(([key, globs]) => test(`host.labels[${quoted(key)}] glob ${quotedSet(globs)}`)));
