/** Selectors: the workloads that a policy is for, and whether two policies can meet in one. */
import { diagnose, nearest } from '../../diagnostics/index.ts';
import type { Report } from '../../schema/read.ts';
import type { Text } from '../../schema/shape.ts';
import { globOf } from '../condition.ts';
import { at, type Plain } from '../tree.ts';
import type { Metadata, NodeSelectorBody, SelectorBody } from './shapes.ts';

/** A label and its value, `*` in the value of a host's label is a wildcard. */
export type Label = readonly [key: string, value: Text];

export interface Selection {
  /** Processes outside containers. */
  readonly host: boolean;
  /** The only ones; null: all but those of `exceptNamespaces`. */
  readonly namespaces: readonly Text[] | null;
  readonly exceptNamespaces: readonly Text[];
  readonly labels: readonly Label[];
  /** One of them at least; empty: no matter. */
  readonly anyLabel: readonly Label[];
  readonly noLabel: readonly Label[];
  /** Names; empty: no matter. */
  readonly containers: readonly Text[];
  /** Values by the host's label. */
  readonly node: Readonly<Record<string, readonly Text[]>>;
}

export const EVERYTHING: Selection = {
  host: false,
  namespaces: null,
  exceptNamespaces: [],
  labels: [],
  anyLabel: [],
  noLabel: [],
  containers: [],
  node: {},
};

export const CONTAINER_LABEL = 'kubearmor.io/container.name';
/** What containers without Kubernetes are given as their namespace. */
export const NO_KUBERNETES = 'container_namespace';

/** Of a policy for pods: they are of its namespace. */
export function podSelection(
  metadata: Metadata | undefined,
  selector: SelectorBody | undefined,
  report: Report,
): Selection {
  const labels = (selector?.matchLabels?.value ?? []).map(({ key, value }): Label => [key.value, value]);
  const named = labels.filter(([key]) => key === CONTAINER_LABEL).flatMap(([, value]) => containersIn(value));
  const expressions = expressionsOf(selector, ['label'], report);
  const { namespace } = metadata ?? {};
  const free = namespace?.value === NO_KUBERNETES || (namespace === undefined && named.length > 0);
  const fallback: Text | undefined = metadata && { value: 'default', span: metadata.head, place: () => metadata.head };
  const space = namespace ?? fallback;
  return {
    ...EVERYTHING,
    ...expressions,
    namespaces: free || space === undefined ? null : [space],
    labels: labels.filter(([key]) => key !== CONTAINER_LABEL),
    containers: [...(selector?.containers?.value ?? []), ...named],
  };
}

/** `[a,b]` or `a`. */
const containersIn = (value: Text): Text[] =>
  value.value
    .replace(/^\[(.*)\]$/s, '$1')
    .split(',')
    .map((name) => ({ ...value, value: name.trim() }))
    .filter((name) => name.value !== '');

/** Of a policy for a cluster: namespaces are chosen like labels. */
export const clusterSelection = (selector: SelectorBody | undefined, report: Report): Selection => ({
  ...EVERYTHING,
  ...expressionsOf(selector, ['namespace', 'label'], report),
  labels: (selector?.matchLabels?.value ?? []).map(({ key, value }): Label => [key.value, value]),
  containers: selector?.containers?.value ?? [],
});

function expressionsOf(
  selector: SelectorBody | undefined,
  keys: readonly string[],
  report: Report,
): Pick<Selection, 'namespaces' | 'exceptNamespaces' | 'anyLabel' | 'noLabel'> {
  const namespaces: Text[] = [];
  const exceptNamespaces: Text[] = [];
  const anyLabel: Label[] = [];
  const noLabel: Label[] = [];
  for (const { key, operator, values, head } of selector?.matchExpressions?.value ?? []) {
    if (key === undefined || !keys.includes(key.value)) {
      const help = `it is ${keys.map((name) => `\`${name}\``).join(' or ')}`;
      report(diagnose('L5004', `\`key: ${key?.value ?? ''}\` selects nothing`, key?.span ?? head, help));
      continue;
    }
    if (operator?.value !== 'In' && operator?.value !== 'NotIn') {
      const help =
        operator && nearest(operator.value, ['In', 'NotIn']) !== null
          ? `did you mean \`${nearest(operator.value, ['In', 'NotIn'])}\`?`
          : 'it is `In` or `NotIn`';
      report(diagnose('L5004', `unknown operator \`${operator?.value ?? ''}\``, operator?.span ?? head, help));
      continue;
    }
    const inside = operator.value === 'In';
    for (const text of values?.value ?? []) {
      if (key.value === 'namespace') (inside ? namespaces : exceptNamespaces).push(text);
      else (inside ? anyLabel : noLabel).push(...labelIn(text, report));
    }
  }
  // KubeArmor forgets what is excluded where something is included.
  return {
    namespaces: namespaces.length > 0 ? namespaces : null,
    exceptNamespaces: namespaces.length > 0 ? [] : exceptNamespaces,
    anyLabel,
    noLabel,
  };
}

function labelIn(text: Text, report: Report): Label[] {
  const cut = text.value.indexOf('=');
  if (cut > 0) return [[text.value.slice(0, cut), { ...text, value: text.value.slice(cut + 1) }]];
  report(diagnose('L5004', `\`${text.value}\` is no label`, text.span, 'write `key=value`'));
  return [];
}

const HOSTNAME = /^(kubearmor|kubernetes)\.io\/hostname(reg)?$/;

/** Of a policy for hosts. The name of a host may be `*`, several names, or a pattern. */
export function hostSelection(selector: NodeSelectorBody | undefined): Selection {
  const node: Record<string, readonly Text[]> = {};
  for (const { key, value } of selector?.matchLabels?.value ?? []) {
    const name = HOSTNAME.exec(key.value);
    if (name === null) node[key.value] = [{ ...value, value: globOf(value.value) }];
    else if (value.value !== '*') {
      const names = value.value.split(',').map((one) => one.trim());
      node[`${name[1]}.io/hostname`] = names.map((one) => ({ ...value, value: name[2] ? one : globOf(one) }));
    }
  }
  return { ...EVERYTHING, host: true, node };
}

/**
 * @param namespace of those that are selected, this alone
 * @param without of those that are selected, all but these
 */
export function scopeOf(selection: Selection, namespace: string | null = null, without: readonly string[] = []): Plain {
  const { host, namespaces, exceptNamespaces, labels, anyLabel, noLabel, containers, node } = selection;
  if (host) return { host: true, node: Object.keys(node).length > 0 ? mapOf(node) : undefined };
  const only =
    namespace !== null ? [globOf(namespace)] : namespaces?.filter(({ value }) => !without.includes(value)).map(globbed);
  const excluded = only !== undefined ? [] : [...exceptNamespaces.map(globbed), ...without.map(globOf)];
  const any = byKey(anyLabel);
  const expressions = [
    ...(any.length === 1 ? [{ key: any[0][0], operator: 'In', values: any[0][1] }] : []),
    ...byKey(noLabel).map(([key, values]) => ({ key, operator: 'NotIn', values })),
  ];
  // That one of several labels is there: nothing is left out but what has none of them.
  const none = any.length > 1 ? any.map(([key, values]) => ({ key, operator: 'NotIn', values })) : undefined;
  const anywhere = only === undefined && containers.length === 0;
  const except = {
    namespace: excluded.length > 0 ? excluded : undefined,
    matchExpressions: none,
  };
  return {
    class: anywhere ? ['kubernetes'] : undefined,
    namespace: only,
    labels: labels.length > 0 ? Object.fromEntries(labels.map(([key, value]) => [key, globbed(value)])) : undefined,
    matchExpressions: expressions.length > 0 ? expressions : undefined,
    container: containers.length > 0 ? containers.map(globbed) : undefined,
    except: excluded.length > 0 || none !== undefined ? except : undefined,
  };
}

const globbed = ({ value, span }: Text): Plain => at(span, globOf(value));
const mapOf = (node: Selection['node']): Plain =>
  Object.fromEntries(
    Object.entries(node).map(([key, texts]) => [key, texts.map(({ value, span }) => at(span, value))]),
  );

function byKey(labels: readonly Label[]): [string, Plain[]][] {
  const keys = [...new Set(labels.map(([key]) => key))];
  return keys.map((key) => [key, labels.filter(([one]) => one === key).map(([, { value, span }]) => at(span, value))]);
}

/** A selection as `canMeet` asks it. */
export interface Facets {
  /** The same for selections that are the same. */
  readonly key: string;
  readonly host: boolean;
  /** The only ones of each; null: all. */
  readonly namespaces: readonly string[] | null;
  readonly containers: readonly string[] | null;
  readonly exceptNamespaces: readonly string[];
  /** Values that the workload's label has one of. */
  readonly labels: ReadonlyMap<string, readonly string[]>;
}

export function facetsOf(selection: Selection): Facets {
  const values = (texts: readonly Text[]): string[] => texts.map(({ value }) => value);
  const { host, namespaces, exceptNamespaces, containers, labels, anyLabel } = selection;
  const wanted = new Map<string, readonly string[]>(labels.map(([key, { value }]) => [key, [value]]));
  if (new Set(anyLabel.map(([key]) => key)).size === 1) {
    wanted.set(
      anyLabel[0][0],
      anyLabel.map(([, { value }]) => value),
    );
  }
  const facets = {
    host,
    namespaces: namespaces && values(namespaces),
    containers: containers.length > 0 ? values(containers) : null,
    exceptNamespaces: values(exceptNamespaces),
  };
  return { ...facets, labels: wanted, key: JSON.stringify([facets, ...wanted]) };
}

/** Whether a workload could be of both. Where it cannot be told, it could. */
export function canMeet(a: Facets, b: Facets): boolean {
  if (a.host || b.host) return a.host === b.host;
  if (apart(a.namespaces, b.namespaces) || apart(a.containers, b.containers)) return false;
  if (isExcluded(a, b) || isExcluded(b, a)) return false;
  for (const [key, wanted] of a.labels) if (apart(wanted, b.labels.get(key) ?? null)) return false;
  return true;
}

const apart = (one: readonly string[] | null, other: readonly string[] | null): boolean =>
  one !== null && other !== null && !one.some((value) => other.includes(value));

const isExcluded = ({ namespaces }: Facets, { exceptNamespaces }: Facets): boolean =>
  namespaces?.every((name) => exceptNamespaces.includes(name)) === true;
