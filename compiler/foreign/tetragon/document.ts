/** A TracingPolicy as policies of ours. */
import type { Located } from '../../document/located.ts';
import { headOf } from '../../schema/read.ts';
import { nameOf, UniqueNames } from '../names.ts';
import { get, isMap, isScalar, textOf } from '../read.ts';
import type { ForeignDocument, Lowered } from '../system.ts';
import { lowered, type Plain } from '../tree.ts';
import { isSilent, type Effect } from './actions.ts';
import { readArguments } from './arguments.ts';
import type { Findings } from './findings.ts';
import { readHook, SECTIONS, type Section } from './hook.ts';
import { KEYS } from './keys.ts';
import { readSelector } from './labels.ts';
import { readLists } from './lists.ts';
import { readMode, type Mode } from './options.ts';
import { rulesOf, type MadeRule, type Notes } from './rules.ts';
import { readSelectors } from './selectors.ts';
import { readWorkloads, scopesOf } from './workloads.ts';

/** What `--foreign` says. */
export interface Settings {
  /** Of all policies; undefined: each says it. */
  readonly mode: Mode | undefined;
  /** Namespace of policies that have one without naming it. */
  readonly namespace: string;
}

/**
 * The effects of all hooks that match are joined: events are posted, and the process is killed where one of them kills it.
 * With us the first decides, so what only reports comes before what kills, and that before what denies, over all policies.
 */
const GROUPS: readonly { readonly effect: Effect['is']; readonly order: number; readonly name: string }[] = [
  { effect: 'report', order: 910, name: 'report' },
  { effect: 'kill', order: 920, name: 'kill' },
  { effect: 'deny', order: 930, name: 'deny' },
];

/** @param names of all policies */
export function lowerDocument(
  { root }: ForeignDocument,
  settings: Settings,
  names: UniqueNames,
  findings: Findings,
): Lowered[] {
  findings.keys(root, KEYS.document);
  const metadata = get(root, 'metadata');
  const name = textOf(get(metadata, 'name'));
  if (name === undefined) findings.missing(metadata ?? root, 'name');
  const spec = get(root, 'spec');
  if (!isMap(spec)) {
    if (spec === undefined) findings.missing(root, 'spec');
    else findings.wrong(spec, 'spec', 'a map with hooks');
    return [];
  }
  findings.keys(spec, KEYS.spec);
  const mode = settings.mode ?? readMode(spec, findings);
  const namespaced = textOf(get(root, 'kind')) === 'TracingPolicyNamespaced';
  const namespace = namespaced ? (textOf(get(metadata, 'namespace')) ?? settings.namespace) : undefined;
  const host = get(spec, 'hostSelector');
  if (namespaced && isMap(host)) findings.wrong(host, 'hostSelector', 'a policy of a namespace is for pods alone');
  const workloads = readWorkloads(spec, findings);
  const scopes = scopesOf(workloads, namespace, readSelector(spec, 'nodeSelector', findings) ?? [], findings);
  const rules = [...hooksOf(spec, findings)];
  const groups = GROUPS.map((group) => ({ ...group, rules: rules.filter(({ effect }) => effect === group.effect) }));
  const used = groups.filter((group) => group.rules.length > 0);
  const base = nameOf(name ?? '', 'tracing-policy');
  return scopes.flatMap((scope) =>
    used.map((group) => {
      const suffix = used.length > 1 ? `-${group.name}` : '';
      const own = { name: names.take(`${base}${scope.name}${suffix}`), ...notesOf(metadata) };
      return lowered('Policy', headOf(root), own, {
        mode: mode === 'monitor' ? 'observe' : 'enforce',
        order: group.order,
        scope: scope.scope,
        rules: group.rules.map(({ rule }) => rule),
      });
    }),
  );
}

/** The annotations, of which the description is ours as well. */
function notesOf(metadata: Located | undefined): { description?: Plain; annotations?: Plain } {
  const annotations = get(metadata, 'annotations');
  if (!isMap(annotations)) return {};
  const texts = annotations.entries.filter(({ value }) => isScalar(value) && typeof value.value === 'string');
  const description = texts.find(({ key }) => key.text === 'description')?.value;
  const others = texts.filter(({ value }) => value !== description);
  return {
    ...(description === undefined ? {} : { description }),
    ...(others.length === 0
      ? {}
      : { annotations: Object.fromEntries(others.map(({ key, value }) => [key.text, value])) }),
  };
}

function* hooksOf(spec: Located, findings: Findings): Generator<MadeRule> {
  const lists = readLists(spec, findings);
  const macros = get(spec, 'selectorsMacros');
  const names = new UniqueNames();
  const loader = get(spec, 'loader');
  if (isScalar(loader) && loader.value === true) {
    const rule = { name: names.take('loader'), on: 'file.map_exec', when: true, action: 'audit', continue: true };
    yield { effect: 'report', rule };
  }
  for (const section of SECTIONS) {
    for (const node of findings.list(get(spec, section), section)) {
      findings.keys(node, KEYS.hook[section]);
      if (isSilent(node)) {
        findings.dropped(headOf(node), 'the hook only keeps track', 'events of sockets always have their process');
        continue;
      }
      const hook = readHook(section, node, lists, findings);
      if (hook === undefined) continue;
      dropTracking(node, findings);
      const args = readArguments(node, 'args', findings);
      const data = readArguments(node, 'data', findings);
      const asked = { args, data, lists, tracepoint: section === 'tracepoints', findings };
      const selectors = readSelectors(node, hook.questions, macros, asked);
      yield* rulesOf(hook, selectors, hookNotes(node, section, findings), names, findings);
    }
  }
}

function dropTracking(node: Located, findings: Findings): void {
  const action = get(node, 'returnArgAction');
  if (action === undefined || textOf(action) === '') return;
  findings.dropped(
    headOf(action),
    '`returnArgAction` is not carried over',
    'events of sockets always have their process',
  );
}

function hookNotes(node: Located, section: Section, findings: Findings): Notes {
  const message = get(node, 'message');
  const tags = findings.texts(get(node, 'tags'), 'tags').map(({ text }) => text);
  if (message !== undefined && textOf(message) === undefined)
    findings.wrong(message, 'message', `a text, of ${section}`);
  return {
    message: textOf(message) === '' || textOf(message) === undefined ? undefined : message,
    tags: tags.length > 0 ? tags : undefined,
  };
}
