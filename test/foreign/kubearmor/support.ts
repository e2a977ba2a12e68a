/** Policies of KubeArmor and events for them, as tests write them. */
import { briefly, bundleOf, decide, eventOf, findingsOf, sourcesOf, type Settings } from '../support.ts';

export const POD = {
  container: { id: 'c1', name: 'web' },
  k8s: { namespace: 'shop', pod: 'web-1', labels: { app: 'web' } },
};
export const HOST = { host: { name: 'h', labels: { 'kubernetes.io/hostname': 'node-1', env: 'test' } } };

export const policy = (
  spec: object,
  { name = 'p', kind = 'KubeArmorPolicy', namespace = 'shop' as string | undefined } = {},
) => JSON.stringify({ apiVersion: 'security.kubearmor.com/v1', kind, metadata: { name, namespace }, spec });
export const host = (spec: object): string => policy(spec, { kind: 'KubeArmorHostPolicy', namespace: undefined });
export const cluster = (spec: object): string => policy(spec, { kind: 'KubeArmorClusterPolicy', namespace: undefined });

/** The action of each event, with `noted` where rules that go on match. */
export function actions(
  texts: string | readonly string[],
  events: readonly object[],
  foreign: Settings = {},
): string[] {
  const sources = sourcesOf(...(typeof texts === 'string' ? [texts] : texts));
  return decide(
    bundleOf(sources, foreign),
    events.map((event) => eventOf({ ...POD, ...event })),
  ).map(({ actual }) => (actual.matches.length > 0 ? `${actual.action} noted` : actual.action));
}

export const said = (...texts: readonly string[]): string[] =>
  briefly(sourcesOf(...texts), findingsOf(sourcesOf(...texts)));

export const exec = (path: string, ppath = '/bin/sh', more: object = {}): object => ({
  kind: 'exec',
  proc: { path, ppath, ...more },
});
export const file = (kind: string, path: string, more: object = {}, owner_uid?: number): object => ({
  kind: `file.${kind}`,
  proc: { path: '/bin/cat', ...more },
  file: { path, ...(owner_uid !== undefined && { owner_uid }) },
});
export const net = (kind: string, net: object, path = '/bin/curl'): object => ({
  kind: `net.${kind}`,
  proc: { path },
  net,
});
