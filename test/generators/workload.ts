/** Workloads that a scope holds, that it just misses, and that nobody knows yet. */
import type { Bytes, Scope } from '../../vm/bundle/normal.ts';
import type { Value } from '../../vm/event/event.ts';
import type { Random } from './random.ts';
import { fieldId, LABEL_KEYS, randomString } from './values.ts';

const ID = fieldId('container.id');
const NAME = fieldId('container.name');
const IMAGE = fieldId('container.image');
const NAMESPACE = fieldId('k8s.namespace');
const POD = fieldId('k8s.pod');
const LABELS = fieldId('k8s.labels');
const CLUSTER = fieldId('k8s.cluster_labels');
const NODE = fieldId('host.labels');
const CLASS = fieldId('host.class');
/** Any of these makes a container a known one. */
const KNOWN = [
  NAME,
  IMAGE,
  NAMESPACE,
  POD,
  LABELS,
  CLUSTER,
  ...['image_tag', 'privileged'].map((n) => fieldId(`container.${n}`)),
];
const OTHERS = ['k8s.node', 'k8s.cluster'].map(fieldId);

/** A text that a glob of a scope holds, where the glob is simple. */
function ofGlob(r: Random, pattern: Bytes): Bytes {
  const unescaped = pattern.replace(/\\(.)/gs, '$1');
  if (!/[*?{[]/.test(pattern)) return unescaped;
  return unescaped
    .replace(/\{([^,{}]*),[^{}]*\}/g, '$1')
    .replace(/\[(.)-.\]/g, '$1')
    .replace(/\*\*/g, () => r.pick(['', 'a', 'a/b']))
    .replace(/\*/g, () => r.pick(['', 'x', 'api']))
    .replace(/\?/g, 'i');
}

const labelsOf = (r: Random, wanted: Readonly<Record<string, readonly Bytes[]>>): Bytes[] =>
  Object.entries(wanted).flatMap(([key, patterns]) => [key, ofGlob(r, r.pick(patterns))]);

export function aimAtScope(r: Random, scope: Scope, values: Map<number, Value>): void {
  if (r.chance(0.12)) {
    for (const field of [...KNOWN, ...OTHERS]) values.delete(field);
    values.set(ID, randomString(r, ID)); // an unknown workload
    return;
  }
  if (scope.host === true) values.delete(ID);
  if (scope.host === false) values.set(ID, '8f0c');
  if (scope.class !== undefined) aimAtClass(r, r.pick(scope.class), values);
  if (scope.namespace !== undefined) values.set(NAMESPACE, ofGlob(r, r.pick(scope.namespace)));
  if (scope.image !== undefined)
    values.set(IMAGE, ofGlob(r, r.pick(scope.image)) + r.pick(['', '', ':1.4', '@sha256:ab', ':1.4@sha256:ab']));
  if (scope.container !== undefined) values.set(NAME, ofGlob(r, r.pick(scope.container)));
  if (scope.node !== undefined) values.set(NODE, labelsOf(r, scope.node));
  if (scope.cluster !== undefined) values.set(CLUSTER, labelsOf(r, scope.cluster));
  const labels = new Map<Bytes, Bytes>();
  if (scope.labels !== undefined)
    for (const [key, patterns] of Object.entries(scope.labels)) labels.set(key, ofGlob(r, r.pick(patterns)));
  for (const test of scope.matchExpressions ?? []) {
    if (test.operator === 'In') labels.set(test.key, r.pick(test.values));
    else if (test.operator === 'Exists' && !labels.has(test.key)) labels.set(test.key, 'x');
    else if (test.operator === 'NotIn' && r.chance(0.5)) labels.set(test.key, 'other');
  }
  if (r.chance(0.2)) labels.set(r.pick(LABEL_KEYS), randomString(r, NAMESPACE));
  if (labels.size > 0) values.set(LABELS, [...labels].flat());
}

function aimAtClass(r: Random, wanted: Bytes, values: Map<number, Value>): void {
  if (wanted === 'kubernetes' && r.chance(0.7)) values.set(POD, 'api-6f9');
  else if (wanted === 'container' && r.chance(0.7)) {
    values.delete(POD);
    values.set(ID, '8f0c');
  } else values.set(CLASS, wanted);
}
