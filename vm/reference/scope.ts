/** Whether a policy's scope holds a workload (semantics, sections 5.6 and 5.7). */
import type { Bytes, LabelTest, NormalPolicy, Scope, ScopeParts } from '../bundle/normal.ts';
import { splitImage, valueOf } from '../event/derive.ts';
import type { Event } from '../event/event.ts';
import { fieldId } from '../event/fields.ts';
import { FIELDS } from '../spec/fields.ts';
import { failing } from './action.ts';
import { labelOf } from './expression.ts';
import { globMatches } from './glob.ts';

/** `maybe`: it depends on facts of the container that have not arrived. */
export type Holds = 'yes' | 'maybe' | 'no';

export type ScopeResult =
  | { readonly is: 'holds' }
  /** It could hold, and the policy can deny. */
  | { readonly is: 'assumed' }
  /** `part` does not hold, or is the part of `except` that does; or it is not known and the policy cannot deny. */
  | { readonly is: 'out'; readonly part: string };

const CONTAINER = fieldId('container.id');
const CLASS = fieldId('host.class');
const METADATA = FIELDS.filter(({ id, name }) => /^(container|k8s)\./.test(name) && id !== CONTAINER);

/** A container whose metadata have not arrived: its id is given and nothing else of `container` or `k8s`. */
export const isUnknown = ({ values }: Event): boolean =>
  values.has(CONTAINER) && !METADATA.some((field) => values.has(field.id));

/** Whether any rule or default of the policy can make an operation fail. */
const canDeny = ({ rules, defaults }: NormalPolicy): boolean =>
  rules.some((rule) => failing(rule.action)) || Object.values(defaults).some(failing);

export function scopeOf(policy: NormalPolicy, event: Event): ScopeResult {
  const { holds, part } = scopeHolds(policy.scope, event);
  if (holds === 'yes') return { is: 'holds' };
  return holds === 'maybe' && canDeny(policy) ? { is: 'assumed' } : { is: 'out', part };
}

/** `part` is the first one that keeps the scope from holding. */
function scopeHolds(scope: Scope, event: Event): { holds: Holds; part: string } {
  const wanted = partsOf(scope, event);
  const taken = partsOf(scope.except ?? {}, event).map(([name, holds]): Part => [`except.${name}`, NOT[holds]]);
  const all = [...wanted, ...taken];
  for (const result of ['no', 'maybe'] as const) {
    const part = all.find(([, holds]) => holds === result);
    if (part) return { holds: result, part: part[0] };
  }
  return { holds: 'yes', part: '' };
}

const NOT: Readonly<Record<Holds, Holds>> = { yes: 'no', maybe: 'maybe', no: 'yes' };
type Part = [name: string, holds: Holds];

/** The parts that are given, each with whether it holds. */
function partsOf(parts: ScopeParts, event: Event): Part[] {
  const sure = (holds: boolean): Holds => (holds ? 'yes' : 'no');
  const known = (holds: boolean): Holds => (isUnknown(event) ? 'maybe' : sure(holds));
  const text = (name: string): Bytes | undefined => valueOf(event, fieldId(name)) as Bytes | undefined;
  const labels = (name: string): readonly Bytes[] => (valueOf(event, fieldId(name)) ?? []) as readonly Bytes[];

  const found: Part[] = [];
  if (parts.host !== undefined) found.push(['host', sure(parts.host !== event.values.has(CONTAINER))]);
  if (parts.class) found.push(['class', classHolds(parts.class, event)]);
  if (parts.namespace) found.push(['namespace', known(oneOf(parts.namespace, text('k8s.namespace')))]);
  if (parts.labels) found.push(['labels', known(allLabels(parts.labels, labels('k8s.labels')))]);
  if (parts.matchExpressions) {
    const holds = parts.matchExpressions.every((test) => labelTest(test, labels('k8s.labels')));
    found.push(['matchExpressions', known(holds)]);
  }
  if (parts.image) found.push(['image', known(imageHolds(parts.image, text('container.image')))]);
  if (parts.container) found.push(['container', known(oneOf(parts.container, text('container.name')))]);
  if (parts.node) found.push(['node', sure(allLabels(parts.node, labels('host.labels')))]);
  if (parts.cluster) found.push(['cluster', known(allLabels(parts.cluster, labels('k8s.cluster_labels')))]);
  return found;
}

/** An absent value matches nothing. */
const oneOf = (patterns: readonly Bytes[], value: Bytes | undefined): boolean =>
  value !== undefined && patterns.some((pattern) => globMatches(pattern, value, false));

/** The class of an unknown workload that does not give it is container or kubernetes: its pod may not have arrived. */
function classHolds(patterns: readonly Bytes[], event: Event): Holds {
  const given = event.values.has(CLASS) || !isUnknown(event);
  const possible = given ? [valueOf(event, CLASS) as Bytes] : ['container', 'kubernetes'];
  const holding = possible.filter((name) => oneOf(patterns, name));
  return holding.length === possible.length ? 'yes' : holding.length > 0 ? 'maybe' : 'no';
}

const allLabels = (wanted: Readonly<Record<string, readonly Bytes[]>>, labels: readonly Bytes[]): boolean =>
  Object.entries(wanted).every(([name, patterns]) => oneOf(patterns, labelOf(labels, name)));

/** As in Kubernetes: values are literal, and a label that is absent is not in any set. */
function labelTest({ key, operator, values }: LabelTest, labels: readonly Bytes[]): boolean {
  const value = labelOf(labels, key);
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
}

/** A pattern without tag or digest ignores those of the image. */
function imageHolds(patterns: readonly Bytes[], image: Bytes | undefined): boolean {
  if (image === undefined) return false;
  const { name } = splitImage(image);
  return patterns.some((pattern) => globMatches(pattern, splitImage(pattern).name === pattern ? name : image, false));
}
