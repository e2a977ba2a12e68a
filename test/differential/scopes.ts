/** Many scopes in one bundle: which of them hold, and which are assumed to, shows for every workload at once. */
import { TRUE, type NormalForm, type NormalPolicy, type Scope } from '../../vm/bundle/normal.ts';
import type { Value } from '../../vm/event/index.ts';
import { randomScope } from '../generators/policy.ts';
import { Random } from '../generators/random.ts';
import { fieldId } from '../generators/values.ts';
import { aimAtScope } from '../generators/workload.ts';
import { deliver, type Delivery } from './case.ts';

const EXEC = 1;
const RANDOM = 60;

const CLASSES = [
  'host',
  'container',
  'kubernetes',
  'serverless',
  'CONTAINER',
  'Kubernetes',
  '*',
  'c*',
  '?ubernetes',
  '{host,container}',
];
const NAMED: readonly Scope[] = [
  {},
  { host: true },
  { host: false },
  ...CLASSES.map((name): Scope => ({ class: [name] })),
  ...CLASSES.map((name): Scope => ({ except: { class: [name] } })),
  { class: ['container', 'kubernetes'] },
  { except: { class: ['container', 'kubernetes'] } },
  { host: false, except: { namespace: ['kube-*'] } },
  { host: true, except: { namespace: ['kube-*'] } },
  { namespace: ['API', 'api*'] },
  { image: ['nginx', 'registry.example:5000/*', 'docker.io/nginx:*'] },
  { image: ['nginx:1.4', '*@sha256:*'] },
  { labels: { app: ['api', 'web*'], tier: ['*'] } },
  { node: { app: ['api'] } },
  { except: { node: { app: ['api'] } } },
  { cluster: { app: ['API', 'ap?'] } },
  ...(['In', 'NotIn', 'Exists', 'DoesNotExist'] as const).map((operator): Scope => {
    return { matchExpressions: [{ key: 'app', operator, values: operator.endsWith('In') ? ['api', 'a*'] : [] }] };
  }),
];

/** A policy that notes where its scope holds, and is assumed where it could hold. */
const policyOf = (scope: Scope, n: number): NormalPolicy => ({
  ...{ name: `p${n}`, mode: n % 4 === 0 ? 'observe' : 'enforce', tier: 'default', order: 1000, scope },
  defaults: n % 5 === 4 ? {} : { [EXEC]: 'deny' },
  rules: [{ name: 'r', kinds: [EXEC], when: TRUE, unless: [], action: 'audit', errno: 1, continue: true }],
});

export function scopes(): { readonly normal: NormalForm; readonly deliveries: readonly Delivery[] } {
  const r = new Random(3);
  const all = [...NAMED, ...r.list(RANDOM, () => randomScope(r))];
  const workloads = all.flatMap((scope) =>
    [scope, { ...scope, ...scope.except }].map((wanted) => {
      const values = new Map<number, Value>();
      aimAtScope(r, wanted, values);
      return values;
    }),
  );
  const unknown = [...CLASSES, null].map((name) => {
    const values = new Map<number, Value>([[fieldId('container.id'), '8f0c']]);
    if (name !== null) values.set(fieldId('host.class'), name);
    return values;
  });
  const metadata = ['container.privileged', 'k8s.pod', 'k8s.node', 'k8s.labels', 'container.image_tag'];
  const barelyKnown = metadata.map((name) => {
    const value = name === 'container.privileged' ? false : name === 'k8s.labels' ? [] : 'x';
    return new Map<number, Value>([
      [fieldId('container.id'), '8f0c'],
      [fieldId(name), value],
    ]);
  });
  const deliveries = [...workloads, ...unknown, ...barelyKnown].map((values) =>
    deliver(r, { kind: EXEC, time: undefined, values }),
  );
  return { normal: { version: 1, policies: all.map(policyOf) }, deliveries };
}
