/** KubeArmor: its documents, and what they mean. */
import { diagnose } from '../../diagnostics/index.ts';
import type { Located } from '../../document/located.ts';
import type { Report } from '../../schema/read.ts';
import { UniqueNames } from '../names.ts';
import { get, isMap, textOf } from '../read.ts';
import type { ForeignDocument, Lowered, System } from '../system.ts';
import { hostFirewall } from './firewall.ts';
import { ordered, withAlone } from './order.ts';
import { documentsOf, readPolicy, type ReadPolicy } from './policy.ts';
import { isConfiguration, isNamespace, OPTIONS, posturesOf } from './posture.ts';
import { RESOURCE_KINDS, type ResourceKind } from './shapes.ts';

const GROUP = 'security.kubearmor.com/';

const isPolicy = (root: Located): boolean =>
  !isConfiguration(root) &&
  (textOf(get(root, 'apiVersion'))?.startsWith(GROUP) === true ||
    textOf(get(root, 'kind'))?.startsWith('KubeArmor') === true ||
    isPseudoCode(root));

/** What blogs show as policies: neither a group nor a kind, `match` above the sections. */
const isPseudoCode = (root: Located): boolean =>
  get(root, 'kind') === undefined &&
  get(root, 'action') !== undefined &&
  SECTIONS.some((section) => get(get(root, 'match'), section) !== undefined);

const SECTIONS = ['process', 'file', 'network', 'capabilities', 'syscalls'];

export const KUBEARMOR: System = {
  name: 'kubearmor',
  title: 'KubeArmor',
  options: OPTIONS,
  recognises: (root) => isPolicy(root) || isNamespace(root) || isConfiguration(root),
  lower(documents, options, report) {
    const settings = documents.filter(({ root }) => !isPolicy(root)).map(({ root }) => root);
    const postures = posturesOf(settings, options, report);
    const policies = distinct(
      documents.flatMap((document) => {
        const kind = isPolicy(document.root) ? kindOf(document, report) : null;
        return kind === null ? [] : [{ kind, document }];
      }),
      report,
    );
    const names = new UniqueNames();
    const own = policies.flatMap(({ kind, document }) => (kind === 'KubeArmorNetworkPolicy' ? [document] : []));
    return [...hostFirewall(own, postures.host, names, report), ...hooked(policies, postures, names, report)];
  },
};

interface KnownDocument {
  readonly kind: ResourceKind;
  readonly document: ForeignDocument;
}

function kindOf({ root }: ForeignDocument, report: Report): ResourceKind | null {
  const node = get(root, 'kind');
  const text = textOf(node);
  const kind = RESOURCE_KINDS.find((name) => name === text);
  if (kind !== undefined) return kind;
  const span = node?.span ?? (isMap(root) ? root.entries[0]?.key.span : undefined) ?? root.span;
  const help =
    get(root, 'match') === undefined
      ? `it is one of ${RESOURCE_KINDS.join(', ')}`
      : 'sections stand directly under `spec` of a KubeArmorPolicy: `process: {matchPaths: [{path: /bin/bash}]}`';
  if (text === undefined) report(diagnose('L5101', 'no policy of KubeArmor: it has no `kind`', span, help));
  else report(diagnose('L5004', `KubeArmor has no \`kind: ${text}\``, span, help));
  return null;
}

/** Of several of one name the last, as in a cluster. */
function distinct(policies: readonly KnownDocument[], report: Report): KnownDocument[] {
  const keyOf = ({ kind, document: { root } }: KnownDocument): string => {
    const metadata = get(root, 'metadata');
    return JSON.stringify([
      kind,
      textOf(get(metadata, 'namespace')) ?? 'default',
      textOf(get(metadata, 'name')) ?? root.span,
    ]);
  };
  const last = new Map(policies.map((policy) => [keyOf(policy), policy]));
  return policies.filter((policy) => {
    if (last.get(keyOf(policy)) === policy) return true;
    const name = get(get(policy.document.root, 'metadata'), 'name');
    const message = `a later ${policy.kind} replaces \`${textOf(name) ?? ''}\``;
    report(diagnose('L5107', message, name?.span ?? null, 'a cluster keeps one of a name: give it another'));
    return false;
  });
}

/** The first order that is given to policies whose order matters. */
const FIRST_ORDER = 1001;

function hooked(
  documents: readonly KnownDocument[],
  postures: ReturnType<typeof posturesOf>,
  names: UniqueNames,
  report: Report,
): Lowered[] {
  const policies = documents.flatMap(({ kind, document }) => {
    const policy = kind === 'KubeArmorNetworkPolicy' ? null : readPolicy(kind, document, report);
    return policy === null ? [] : [policy];
  });
  const begun = new Set<ReadPolicy>();
  let order = FIRST_ORDER;
  return ordered(withAlone(policies)).flatMap((part) => {
    const first = !begun.has(part.policy);
    begun.add(part.policy);
    return documentsOf(part, { first, order: part.bound ? order++ : null, names }, postures);
  });
}
