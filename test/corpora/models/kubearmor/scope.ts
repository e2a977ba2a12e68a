/** Whom a policy of KubeArmor is for. */
import type { ModelEvent } from '../event.ts';
import type { Policy } from './policies.ts';

/** @returns whether the policy applies to the process of an event: pods of a namespace, of the cluster, or the host itself */
export const applies = (policy: Policy, event: ModelEvent): boolean => {
  const { namespace, labels = {} } = event.k8s ?? {};
  const inPod = event.container?.id !== undefined;
  switch (policy.kind) {
    case 'KubeArmorHostPolicy':
    case 'KubeArmorNetworkPolicy':
      return !inPod && Object.entries(policy.labels).every(([key, value]) => onHost(event, key, value));
    case 'KubeArmorPolicy':
      return (
        inPod &&
        namespace === policy.namespace &&
        Object.entries(policy.labels).every(([key, value]) => labels[key] === value) &&
        (policy.containers.length === 0 || policy.containers.includes(event.container?.name ?? '')) &&
        labelled(policy, labels)
      );
    case 'KubeArmorClusterPolicy':
      return inPod && inNamespace(policy, namespace ?? '') && labelled(policy, labels);
  }
};

/** `kubernetes.io/hostname` and `kubearmor.io/hostname` take several names, and `*` for any host that has one. */
const onHost = ({ host = {} }: ModelEvent, key: string, value: string): boolean => {
  const has = host.labels?.[key];
  if (!/^(kubernetes|kubearmor)\.io\/hostname$/.test(key)) return has === value;
  return value.split(',').some((name) => (name === '*' ? has !== undefined : name === has));
};

const inNamespace = ({ expressions }: Policy, namespace: string): boolean => {
  const about = expressions.filter(({ key }) => key === 'namespace');
  const wanted = about.filter(({ operator }) => operator === 'In').flatMap(({ values }) => values);
  if (wanted.length > 0) return wanted.includes(namespace);
  return !about.some(({ operator, values }) => operator === 'NotIn' && values.includes(namespace));
};

/** The values are `key=value` texts; one of those wanted, and none of those that are not. */
const labelled = ({ expressions }: Policy, labels: Readonly<Record<string, string>>): boolean =>
  expressions
    .filter(({ key }) => key === 'label')
    .every(({ operator, values }) => {
      const some = values.some((value) => {
        const [key, ...rest] = value.split('=');
        return labels[key] === rest.join('=');
      });
      return operator === 'In' ? some : !some;
    });
