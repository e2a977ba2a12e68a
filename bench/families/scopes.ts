/** Workloads, and the scopes that select them in the ways that policies of clusters do. */
import type { Scope } from '../../vm/bundle/normal.ts';
import type { Event } from '../../vm/event/index.ts';
import { ref } from './build.ts';
import type { Values } from './family.ts';

const FIELD = Object.fromEntries(
  [
    ...['container.id', 'container.name', 'container.image'],
    ...['k8s.namespace', 'k8s.pod', 'k8s.labels', 'k8s.node', 'host.name'],
  ].map((name) => [name, ref(name).field]),
);

/** How many workloads share a namespace. */
const NAMESPACE = 100;

const namespaceOf = (i: number): string => `team-${Math.floor(i / NAMESPACE)}`;
const appOf = (i: number): string => `app-${i}`;
const imageOf = (i: number): string => `registry.example/team-${Math.floor(i / NAMESPACE)}/app-${i}`;

/** The facts of the i-th workload. */
export const workloadFacts = (i: number): Values =>
  new Map<number, string | readonly string[]>([
    [FIELD['container.id'], `c${String(i).padStart(12, '0')}`],
    [FIELD['container.name'], `app-${i}-main`],
    [FIELD['container.image'], `${imageOf(i)}:1.${i % 40}`],
    [FIELD['k8s.namespace'], namespaceOf(i)],
    [FIELD['k8s.pod'], `app-${i}-5d9c7b-x2x${i % 10}`],
    [FIELD['k8s.labels'], ['app', appOf(i), 'tier', TIERS[i % TIERS.length], 'version', `v${i % 7}`]],
    [FIELD['k8s.node'], `node-${i % 64}`],
  ]);
const TIERS = ['web', 'worker', 'data'];

/** The key that records name the i-th workload by. */
export const workloadKey = (i: number): bigint => BigInt(i + 1) * 0x1_0000_0001n;

/** The facts of the first `n` workloads by their keys. */
export const workloadsOf = (n: number): Map<bigint, Event> =>
  new Map(
    Array.from({ length: n }, (_, i) => [workloadKey(i), { kind: 0, time: undefined, values: workloadFacts(i) }]),
  );

/** A scope that holds the i-th workload alone: the first four in four ways, of eight each five by namespace and label. */
export const scopeOf = (i: number): Scope => {
  switch (i % 8) {
    case 1:
      return { namespace: [namespaceOf(i)], container: [`app-${i}-main`] };
    case 2:
      return { image: [imageOf(i)] };
    case 3:
      return {
        namespace: [namespaceOf(i)],
        matchExpressions: [
          { key: 'app', operator: 'In', values: [appOf(i)] },
          { key: 'legacy', operator: 'DoesNotExist', values: [] },
        ],
      };
    default:
      return { namespace: [namespaceOf(i)], labels: { app: [appOf(i)] } };
  }
};
