/** Which workloads a policy is for: `podSelector`, `containerSelector`, `hostSelector`, `nodeSelector`, and its namespace. */
import type { Located } from '../../document/located.ts';
import { all, globOf, not, quoted, some, test, type Condition } from '../condition.ts';
import { get, isMap } from '../read.ts';
import type { Plain } from '../tree.ts';
import type { Findings } from './findings.ts';
import { readSelector, type Requirement } from './labels.ts';
import { comparedTo } from './texts.ts';

/** A label that stands for the namespace of the pod. */
const NAMESPACE = 'k8s:io.kubernetes.pod.namespace';
/** What `containerSelector` knows, as parts of a scope and as fields. */
const OF_CONTAINER: Readonly<Record<string, { readonly part: 'container' | 'image'; readonly field: string }>> = {
  name: { part: 'container', field: 'container.name' },
  repo: { part: 'image', field: 'container.image' },
};

/** The selectors of a policy, or of `matchWorkloads`. */
export interface Workloads {
  /** Processes outside of containers. */
  readonly hosts: boolean;
  /** Containers of pods that fulfil both; undefined: none. */
  readonly pods: { readonly pod: readonly Requirement[]; readonly container: readonly Requirement[] } | undefined;
}

/**
 * Null selects nothing of its sort; a selector of pods takes all containers in them and the other way round; without any
 * selector everything is meant.
 * @returns undefined: every workload
 */
export function readWorkloads(node: Located | undefined, findings: Findings): Workloads | undefined {
  const pod = readSelector(node, 'podSelector', findings);
  const container = readSelector(node, 'containerSelector', findings);
  const hosts = isMap(get(node, 'hostSelector'));
  const isAll = hosts && pod?.length === 0 && (container === undefined || container.length === 0);
  if (isAll || (pod === undefined && container === undefined && !hosts)) return undefined;
  const fits = (container ?? []).filter(({ key, span }) => {
    const known = Object.hasOwn(OF_CONTAINER, key);
    if (!known) findings.refuse(span, `containers have no \`${key}\``, 'they have `name` and `repo`');
    return known;
  });
  const pods = pod === undefined && container === undefined ? undefined : { pod: pod ?? [], container: fits };
  return { hosts, pods };
}

/** A scope that can be written as one, or the condition that it is otherwise. */
export interface Scope {
  readonly name: string;
  readonly scope: Plain | undefined;
}

interface Parts {
  class?: string[];
  host?: boolean;
  namespace?: string[];
  labels?: Record<string, string[]>;
  matchExpressions?: Plain[];
  image?: string[];
  container?: string[];
  node?: Record<string, string[]>;
}

/**
 * @param workloads of the spec
 * @param namespace of a policy that has one
 * @returns one scope, or two where hosts are meant beside pods; none where nothing can be in it
 */
export function scopesOf(
  workloads: Workloads | undefined,
  namespace: string | undefined,
  node: readonly Requirement[],
  findings: Findings,
): readonly Scope[] {
  const onNodes = nodeParts(node, findings);
  const withNodes = (parts: Parts, except: Parts = {}): Plain | undefined => {
    const out: Parts = { ...except, ...(onNodes.except === undefined ? {} : { node: onNodes.except }) };
    const own: Parts = { ...parts, ...(onNodes.node === undefined ? {} : { node: onNodes.node }) };
    const whole = { ...own, ...(Object.keys(out).length > 0 ? { except: out as Plain } : {}) };
    return Object.keys(whole).length === 0 ? undefined : (whole as Plain);
  };
  if (workloads === undefined && namespace === undefined) return [{ name: '', scope: withNodes({}) }];
  const scopes: Scope[] = [];
  const pods = workloads === undefined ? { pod: [], container: [] } : workloads.pods;
  if (pods !== undefined) {
    const found = podParts(pods, namespace);
    if (found !== undefined) scopes.push({ name: '', scope: withNodes(found.parts, found.except) });
  }
  if (workloads?.hosts === true) {
    scopes.push({ name: scopes.length > 0 ? '-host' : '', scope: withNodes({ host: true }) });
  }
  return scopes;
}

/** @returns undefined where no pod can fulfil it */
function podParts(
  { pod, container }: NonNullable<Workloads['pods']>,
  namespace: string | undefined,
): { parts: Parts; except: Parts } | undefined {
  const parts: Parts = {};
  const except: Parts = {};
  const into = (name: 'namespace' | 'container' | 'image', values: readonly string[]): void => {
    const globs = values.map(globOf);
    parts[name] = parts[name] === undefined ? globs : parts[name].filter((value) => globs.includes(value));
  };
  const outOf = (name: 'namespace' | 'container' | 'image', values: readonly string[]): void => {
    except[name] = [...(except[name] ?? []), ...values.map(globOf)];
  };
  if (namespace !== undefined) into('namespace', [namespace]);
  for (const { key, operator, values } of pod) {
    if (key !== NAMESPACE) {
      const single = operator === 'In' && values.length === 1 && parts.labels?.[key] === undefined;
      if (single) parts.labels = { ...parts.labels, [key]: [globOf(values[0])] };
      else
        (parts.matchExpressions ??= []).push({ key, operator, values: operator.endsWith('In') ? values : undefined });
    } else if (operator === 'In') into('namespace', values);
    else if (operator === 'NotIn') outOf('namespace', values);
    else if (operator === 'DoesNotExist') return undefined;
  }
  for (const { key, operator, values } of container) {
    const { part } = OF_CONTAINER[key];
    if (operator === 'In') into(part, values);
    else if (operator === 'NotIn') outOf(part, values);
    else if (operator === 'DoesNotExist') return undefined;
  }
  if ([parts.namespace, parts.container, parts.image].some((values) => values?.length === 0)) return undefined;
  if (parts.namespace === undefined) parts.class = ['kubernetes'];
  return { parts, except };
}

function nodeParts(
  requirements: readonly Requirement[],
  findings: Findings,
): { node?: Record<string, string[]>; except?: Record<string, string[]> } {
  const node: Record<string, string[]> = {};
  const except: Record<string, string[]> = {};
  for (const { key, operator, values, span } of requirements) {
    const into = operator === 'In' || operator === 'Exists' ? node : except;
    if (key in into || (into === except && Object.keys(except).length > 0)) {
      const help = 'ask once for each label, and leave out nodes by one of them';
      findings.refuse(span, 'these requirements on nodes make no one scope', help);
    } else {
      into[key] = operator.endsWith('In') ? values.map(globOf) : ['**'];
    }
  }
  return {
    ...(Object.keys(node).length > 0 ? { node } : {}),
    ...(Object.keys(except).length > 0 ? { except } : {}),
  };
}

/** `matchWorkloads` as a condition. */
export function askWorkloads(node: Located, findings: Findings): Condition {
  const workloads = readWorkloads(node, findings);
  if (workloads === undefined) return all([]);
  const hosts = workloads.hosts ? [not(test('exists(container.id)', node.span))] : [];
  const { pods } = workloads;
  if (pods === undefined) return some(hosts);
  const inPod = test('exists(k8s.pod)', node.span);
  const asked = [
    ...pods.pod.map((one) => askText(one.key === NAMESPACE ? 'k8s.namespace' : `k8s.labels[${quoted(one.key)}]`, one)),
    ...pods.container.map((one) => (one.key === 'repo' ? askImage(one) : askText(OF_CONTAINER[one.key].field, one))),
  ];
  return some([...hosts, all([inPod, ...asked])]);
}

function askText(field: string, { operator, values, span }: Requirement): Condition {
  const exists = test(`exists(${field})`, span);
  if (operator === 'Exists') return exists;
  if (operator === 'DoesNotExist') return not(exists);
  return comparedTo(field, operator === 'NotIn', values, span);
}

/** The repository of an image is what stands before its tag or digest. */
function askImage(requirement: Requirement): Condition {
  const { operator, values, span } = requirement;
  if (operator === 'Exists' || operator === 'DoesNotExist') return askText('container.image', requirement);
  const globs = values.map((value) => `${globOf(value)}{,:*,@**}`);
  const condition = some(globs.map((glob) => test(`container.image glob ${quoted(glob)}`, span)));
  return operator === 'In' ? condition : not(condition);
}
