/** Facts of a workload that a user names: `namespace=payments,app=api` and the like, as a record for the VM. */
import type { Bytes } from '../../vm/bundle/normal.ts';
import { encodeRecord, fieldByName, type Value } from '../../vm/event/index.ts';

/** Names that stand for a field; any other name is a label of the pod. */
const SHORT: Readonly<Record<string, string>> = {
  namespace: 'k8s.namespace',
  pod: 'k8s.pod',
  node: 'k8s.node',
  cluster: 'k8s.cluster',
  image: 'container.image',
  container: 'container.name',
  class: 'host.class',
  host: 'host.name',
};

const bytes = (text: string): Bytes => Buffer.from(text, 'utf8').toString('latin1');

/**
 * @param scope names and values, as `lictor run --scope` takes them: a short name, a field of the workload by its full
 *   name (`k8s.cluster`), or the name of a pod's label, also as `label:NAME`
 * @param host name of this machine
 * @returns values by field id; errors: a field that is not the workload's or not a string
 */
export const workloadFacts = (
  scope: Readonly<Record<string, string>>,
  host: string,
): { readonly values: ReadonlyMap<number, Value> } | { readonly error: string } => {
  const values = new Map<number, Value>([[fieldByName('host.name')!.id, bytes(host)]]);
  const labels: Bytes[] = [];
  for (const [name, value] of Object.entries(scope)) {
    const full = SHORT[name] ?? name;
    const field = name.startsWith('label:') ? undefined : fieldByName(full);
    if (!field) labels.push(bytes(name.replace(/^label:/, '')), bytes(value));
    else if (field.of !== 'workload' || field.type !== 'string')
      return { error: `\`${name}\` is not a text about a workload` };
    else if (Buffer.byteLength(value) > field.max) return { error: `the value of \`${name}\` is too long` };
    else values.set(field.id, bytes(value));
  }
  if (labels.length > 0) values.set(fieldByName('k8s.labels')!.id, labels);
  return { values };
};

/** The facts as a record of kind 0. */
export const workloadRecord = (values: ReadonlyMap<number, Value>, key: bigint): Uint8Array =>
  encodeRecord({ kind: 0, time: undefined, values }, { workload: key });
