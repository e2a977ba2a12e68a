/** Policies of KubeArmor, read, and as documents of ours. */
import { diagnose } from '../../diagnostics/index.ts';
import type { Diagnostic, Span } from '../../diagnostics/diagnostic.ts';
import type { Located } from '../../document/located.ts';
import { headOf, type Report } from '../../schema/read.ts';
import type { Text } from '../../schema/shape.ts';
import { nameOf, type UniqueNames } from '../names.ts';
import type { ForeignDocument, Lowered } from '../system.ts';
import { lowered, type Plain } from '../tree.ts';
import { KINDS } from './conditions.ts';
import { readDocument, watched } from './document.ts';
import { actionOf, type Entry, type Subject } from './entry.ts';
import { withoutReplaced, type Part } from './order.ts';
import { capabilityEntries, networkEntries, syscallEntries } from './others.ts';
import { pathEntries } from './paths.ts';
import type { AllPostures, Posture, PostureClass, Postures } from './posture.ts';
import { presetEntries } from './presets.ts';
import { rulesOf } from './rules.ts';
import { clusterSelection, hostSelection, podSelection, scopeOf, type Selection } from './selection.ts';
import { RESOURCES, type Metadata, type ResourceKind, type Sections } from './shapes.ts';

/** A policy with its entries: everything but KubeArmorNetworkPolicy. */
export interface ReadPolicy {
  readonly kind: ResourceKind;
  readonly metadata: Metadata | undefined;
  readonly selection: Selection;
  readonly entries: readonly Entry[];
  /** What it has allow-lists of. An entry that a later one replaces makes one as well. */
  readonly allowing: ReadonlySet<Subject>;
  /** Of its first line. */
  readonly span: Span;
}

/** @returns null where nothing of it is left, which is reported */
export function readPolicy(
  kind: Exclude<ResourceKind, 'KubeArmorNetworkPolicy'>,
  { root }: ForeignDocument,
  reportAll: Report,
): ReadPolicy | null {
  const { report, failed } = watched(reportAll);
  const policy = readEntries(kind, root, report);
  if (policy === null || policy.entries.length > 0) return policy;
  if (!failed()) report(nothingLeft(policy.metadata, policy.span));
  return null;
}

export const nothingLeft = (metadata: Metadata | undefined, span: Span): Diagnostic =>
  diagnose('L5106', `nothing of \`${metadata?.name?.value ?? 'the policy'}\` is left`, span, 'it becomes no policy');

function readEntries(
  kind: Exclude<ResourceKind, 'KubeArmorNetworkPolicy'>,
  root: Located,
  report: Report,
): ReadPolicy | null {
  const span = headOf(root);
  if (kind === 'KubeArmorHostPolicy') {
    const read = readDocument(RESOURCES[kind], root, report);
    if (read?.spec === undefined) return missing('spec', span, report);
    const { metadata, spec } = read;
    for (const { class: name, head } of spec.device?.matchDevice?.value ?? []) {
      const help = 'no event is about devices that are plugged in';
      report(diagnose('L5003', 'entries of `device` are not carried over', name?.span ?? head, help));
    }
    return policyOf({ kind, metadata, selection: hostSelection(spec.nodeSelector), span }, spec, [], report);
  }
  const read = readDocument(RESOURCES[kind], root, report);
  if (read?.spec === undefined) return missing('spec', span, report);
  const { metadata, spec } = read;
  const selection =
    kind === 'KubeArmorPolicy'
      ? podSelection(metadata, spec.selector, report)
      : clusterSelection(spec.selector, report);
  return policyOf({ kind, metadata, selection, span }, spec, presetEntries(spec, report), report);
}

function missing(key: string, span: Span, report: Report): null {
  report(diagnose('L5005', `the key \`${key}\` is missing`, span, 'sections and action stand under `spec`'));
  return null;
}

function policyOf(
  head: Omit<ReadPolicy, 'entries' | 'allowing'>,
  spec: Sections,
  presets: readonly Entry[],
  report: Report,
): ReadPolicy {
  if (spec.apparmor !== undefined) {
    const help = 'say what it allows and denies as entries';
    report(diagnose('L5003', 'rules of AppArmor are not carried over', spec.apparmor.span, help));
  }
  const all = [
    ...presets,
    ...pathEntries('process', spec, report),
    ...pathEntries('file', spec, report),
    ...networkEntries(spec, report),
    ...capabilityEntries(spec, report),
    ...syscallEntries(spec, report),
  ].filter(({ sources }) => sources === null || sources.length > 0);
  // Each entry judges the action that it has; without one, nobody would.
  if (all.length === 0) actionOf(spec.action, report);
  const entries = withoutReplaced(all, ({ target, span }) => {
    const help = 'KubeArmor keeps one entry for each path and source, the last';
    report(diagnose('L5103', `a later entry replaces that of \`${target.text.value}\``, span, help));
  });
  const allowing = new Set(all.filter(({ action }) => action === 'Allow').map(({ subject }) => subject));
  return { ...head, entries, allowing };
}

/** Which posture is that of which subject, and what the subject is called in `defaults`. System calls have none. */
export const DEFAULTS: Readonly<
  Record<Exclude<Subject, 'syscalls'>, { readonly of: PostureClass; readonly kinds: readonly string[] }>
> = {
  process: { of: 'file', kinds: KINDS.process },
  file: { of: 'file', kinds: KINDS.file },
  network: { of: 'network', kinds: KINDS.network },
  dns: { of: 'network', kinds: KINDS.dns },
  capabilities: { of: 'capabilities', kinds: KINDS.capabilities },
};
const ACTIONS: Readonly<Record<Posture, string>> = { allow: 'allow', audit: 'audit', block: 'deny' };

/** An entry that allows makes its subject an allow-list: what no entry is about has the posture. */
function defaultsOf({ allowing }: ReadPolicy, postures: Postures): { [kind: string]: Plain } | undefined {
  const defaults = Object.entries(DEFAULTS)
    .filter(([subject]) => allowing.has(subject as Subject))
    .flatMap(([, { of, kinds }]) => kinds.map((kind) => [kind, ACTIONS[postures[of]]]));
  return defaults.length > 0 ? Object.fromEntries(defaults) : undefined;
}

/** @param order null: it does not matter */
export function documentsOf(
  { policy, entries, rank }: Part<ReadPolicy>,
  { first, order, names }: { readonly first: boolean; readonly order: number | null; readonly names: UniqueNames },
  postures: AllPostures,
): Lowered[] {
  const { selection, metadata, span, kind } = policy;
  const own = [...postures.namespaces].filter(([name]) => first && isOwn(policy, postures, name));
  const common = selection.host ? postures.host : onlyNamespace(selection, postures);
  const base = nameOf(metadata?.name?.value ?? '', 'policy');
  const suffix = rank === null ? '' : `.${rank.stage}${rank.depth > 1 ? `-${rank.depth}` : ''}`;
  const document = (name: string, scope: Plain, defaults: Plain | undefined, rules: Plain[] | undefined): Lowered =>
    lowered('Policy', metadata?.name?.span ?? span, metadataOf(names.take(name), kind, metadata), {
      mode: 'enforce',
      order: order ?? undefined,
      scope,
      defaults,
      rules,
    });
  const apart = own.map(([name]) => name);
  const whole = document(
    base + suffix,
    scopeOf(selection),
    first && apart.length === 0 ? defaultsOf(policy, common) : undefined,
    rulesOf(entries),
  );
  if (apart.length === 0) return [whole];
  const rest = defaultsOf(policy, common);
  return [
    whole,
    ...(rest === undefined ? [] : [document(`${base}.posture`, scopeOf(selection, null, apart), rest, undefined)]),
    ...own.flatMap(([name, of]) => {
      const defaults = defaultsOf(policy, of);
      return defaults === undefined
        ? []
        : [document(`${base}.posture-${nameOf(name, 'namespace')}`, scopeOf(selection, name), defaults, undefined)];
    }),
  ];
}

/** The posture that holds wherever the policy does, but for namespaces of their own. */
const onlyNamespace = ({ namespaces }: Selection, postures: AllPostures): Postures =>
  (namespaces?.length === 1 ? postures.namespaces.get(namespaces[0].value) : undefined) ?? postures.cluster;

/** Whether a namespace of several that the policy is for has a posture of its own that matters. */
function isOwn(policy: ReadPolicy, { cluster, namespaces }: AllPostures, name: string): boolean {
  const { selection } = policy;
  if (selection.host || selection.namespaces?.length === 1) return false;
  const has = (texts: readonly Text[]): boolean => texts.some(({ value }) => value === name);
  if (selection.namespaces !== null ? !has(selection.namespaces) : has(selection.exceptNamespaces)) return false;
  const own = namespaces.get(name) ?? cluster;
  return JSON.stringify(defaultsOf(policy, own)) !== JSON.stringify(defaultsOf(policy, cluster));
}

function metadataOf(name: string, kind: ResourceKind, metadata: Metadata | undefined): Plain {
  const description = metadata?.annotations?.value.find(({ key }) => key.value === 'description')?.value;
  const annotations = metadata?.annotations?.value.filter(({ key }) => key.value !== 'description') ?? [];
  const own = metadata?.name?.value === name ? {} : { 'kubearmor.com/name': metadata?.name?.value };
  return {
    name,
    description: description?.value,
    annotations: {
      'kubearmor.com/kind': kind,
      ...own,
      ...Object.fromEntries(annotations.map(({ key, value }) => [key.value, value.value])),
    },
  };
}
