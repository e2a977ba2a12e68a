/** Scopes of ours as selectors of KubeArmor: the way back of `../kubearmor/selection.ts`. */
import type { Span } from '../../diagnostics/diagnostic.ts';
import { toText } from '../../expression/bytes.ts';
import type { Bytes, LabelTest, Scope, ScopeParts } from '../../../vm/bundle/normal.ts';
import { EVERYTHING, CONTAINER_LABEL, NO_KUBERNETES, type Label, type Selection } from '../kubearmor/selection.ts';
import { textAt } from './entries.ts';
import { literalOf } from './expression.ts';

/** Texts of globs that have no wildcards; null: one has, or has characters that a name there cannot have. */
export function names(globs: readonly Bytes[] = []): readonly string[] | null {
  const found = globs.map((glob) => literalOf(toText(glob) ?? '*'));
  return found.every((name) => name !== null && /^[A-Za-z0-9_.-]+$/.test(name))
    ? found.filter((name) => name !== null)
    : null;
}

/** Labels and their texts; null: a value has wildcards. */
export function labelTexts(
  labels: Readonly<Record<string, readonly Bytes[]>> = {},
): readonly [string, readonly string[]][] | null {
  const found = Object.entries(labels).map(([key, globs]): [string, readonly string[]] | null => {
    const texts = globs.map((glob) => literalOf(toText(glob) ?? '*'));
    const name = toText(key);
    return name === null || texts.includes(null) ? null : [name, texts.filter((text) => text !== null)];
  });
  return found.includes(null) ? null : found.filter((label) => label !== null);
}

const has = (parts: ScopeParts, allowed: readonly (keyof Scope)[]): boolean =>
  Object.keys(parts).every((key) => (allowed as readonly string[]).includes(key));

/** @returns null where KubeArmor selects no such workloads */
export function selectionOf(scope: Scope, span: Span): Selection | null {
  return scope.host === true ? hostsOf(scope, span) : podsOf(scope, span);
}

const HOSTNAME = /^(kubearmor|kubernetes)\.io\/hostname$/;

function hostsOf(scope: Scope, span: Span): Selection | null {
  const node = labelTexts(scope.node);
  if (!has(scope, ['host', 'node']) || node === null) return null;
  const fits = node.every(([key, values]) =>
    HOSTNAME.test(key)
      ? values.every((value) => /^[A-Za-z0-9.-]+$/.test(value))
      : values.length === 1 && !/hostnamereg$/.test(key),
  );
  const texts = node.map(([key, values]) => [key, values.map((value) => textAt(value, span))] as const);
  return fits ? { ...EVERYTHING, host: true, node: Object.fromEntries(texts) } : null;
}

function podsOf(scope: Scope, span: Span): Selection | null {
  const namespaces = names(scope.namespace);
  const containers = names(scope.container);
  const labels = labelTexts(scope.labels);
  const except = exceptionsOf(scope.except ?? {}, span);
  const tests = expressionsOf(scope.matchExpressions ?? [], span);
  const allowed = ['class', 'namespace', 'container', 'labels', 'matchExpressions', 'except'] as const;
  if (!has(scope, allowed) || !namespaces || !containers || !labels || !except || !tests) return null;
  const named = namespaces.length > 0 || containers.length > 0;
  const isCluster = JSON.stringify(scope.class) === '["kubernetes"]' && !named;
  if (!(isCluster || (scope.class === undefined && named))) return null;
  if (labels.some(([key, values]) => values.length !== 1 || key === CONTAINER_LABEL)) return null;
  if (except.namespaces.length > 0 && namespaces.length > 0) return null;
  if (except.anyLabel.length > 0 && tests.anyLabel.length > 0) return null;
  // Without a namespace, only policies for a cluster select pods, and containers are of policies for a namespace.
  if (containers.length > 0 && (namespaces.length > 1 || except.namespaces.length > 0)) return null;
  return {
    ...EVERYTHING,
    namespaces: namespaces.length > 0 ? namespaces.map((name) => textAt(name, span)) : null,
    exceptNamespaces: except.namespaces.map((name) => textAt(name, span)),
    labels: labels.map(([key, [value]]) => [key, textAt(value, span)]),
    anyLabel: [...tests.anyLabel, ...except.anyLabel],
    noLabel: tests.noLabel,
    containers: containers.map((name) => textAt(name, span)),
  };
}

/** Of one operator the tests of a label; null: a text is not UTF-8. */
function labelsOf(tests: readonly LabelTest[], span: Span): Label[] | null {
  const found = tests.flatMap(({ key, values }) => values.map((value) => [toText(key), toText(value)] as const));
  const fits = found.every(([key, value]) => key !== null && key !== '' && !key.includes('=') && value !== null);
  return fits ? found.map(([key, value]): Label => [key ?? '', textAt(value ?? '', span)]) : null;
}

function expressionsOf(tests: readonly LabelTest[], span: Span): Pick<Selection, 'anyLabel' | 'noLabel'> | null {
  const ins = tests.filter(({ operator }) => operator === 'In');
  const outs = tests.filter(({ operator }) => operator === 'NotIn');
  const anyLabel = labelsOf(ins, span);
  const noLabel = labelsOf(outs, span);
  // Labels of several `In` are alternatives there.
  if (ins.length > 1 || ins.length + outs.length < tests.length || !anyLabel || !noLabel) return null;
  return { anyLabel, noLabel };
}

/** Namespaces, and labels of which one must be there, as the frontend writes both. */
function exceptionsOf(except: ScopeParts, span: Span): { namespaces: readonly string[]; anyLabel: Label[] } | null {
  const namespaces = names(except.namespace);
  const tests = except.matchExpressions ?? [];
  const anyLabel = labelsOf(tests, span);
  const fits = has(except, ['namespace', 'matchExpressions']) && tests.every(({ operator }) => operator === 'NotIn');
  const keys = new Set(tests.map(({ key }) => key));
  return fits && namespaces && anyLabel && keys.size === tests.length && tests.length !== 1
    ? { namespaces, anyLabel }
    : null;
}

type ResourceKind = 'KubeArmorPolicy' | 'KubeArmorClusterPolicy' | 'KubeArmorHostPolicy';

/** Which resource has the selection, its namespace, and how its body says it. */
export function selectorOf(selection: Selection): {
  readonly kind: ResourceKind;
  readonly namespace?: string;
  readonly body: object;
} {
  const { host, namespaces, exceptNamespaces, labels, anyLabel, noLabel, containers, node } = selection;
  if (host) {
    const hosts = Object.entries(node).map(([key, texts]) => [key, texts.map(({ value }) => value).join(',')] as const);
    const matchLabels = Object.fromEntries(hosts.length > 0 ? hosts : [['kubernetes.io/hostname', '*']]);
    return { kind: 'KubeArmorHostPolicy', body: { nodeSelector: { matchLabels } } };
  }
  const inCluster = namespaces?.length !== 1 && containers.length === 0;
  const expression = (key: string, operator: string, values: readonly string[]): object[] =>
    values.length > 0 ? [{ key, operator, values }] : [];
  const valuesOf = (all: readonly Label[]): string[] => all.map(([key, { value }]) => `${key}=${value}`);
  const matchExpressions = [
    ...expression('namespace', 'In', inCluster ? (namespaces ?? []).map(({ value }) => value) : []),
    ...expression(
      'namespace',
      'NotIn',
      exceptNamespaces.map(({ value }) => value),
    ),
    ...expression('label', 'In', valuesOf(anyLabel)),
    ...expression('label', 'NotIn', valuesOf(noLabel)),
  ];
  const named = containers.length > 0 ? [[CONTAINER_LABEL, `[${containers.map(({ value }) => value).join(',')}]`]] : [];
  const matchLabels = Object.fromEntries([...labels.map(([key, { value }]) => [key, value]), ...named]);
  const selector = {
    ...(Object.keys(matchLabels).length > 0 && { matchLabels }),
    ...(matchExpressions.length > 0 && { matchExpressions }),
  };
  if (inCluster) return { kind: 'KubeArmorClusterPolicy', body: { selector } };
  return { kind: 'KubeArmorPolicy', namespace: namespaces?.[0].value ?? NO_KUBERNETES, body: { selector } };
}
