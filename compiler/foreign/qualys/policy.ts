/** A policy with its defaults and rules as a policy of ours. */
import { diagnose } from '../../diagnostics/index.ts';
import type { Span } from '../../diagnostics/diagnostic.ts';
import { describe, type Located, type LocatedMap } from '../../document/located.ts';
import { headOf, type Report } from '../../schema/read.ts';
import { globOf, written } from '../condition.ts';
import { booleanIn, choiceIn, entriesOf, listIn, textIn, type Entries, type Entry } from '../keys.ts';
import { nameOf, UniqueNames } from '../names.ts';
import type { Lowered } from '../system.ts';
import { at, lowered, type Plain } from '../tree.ts';
import { callOf } from './calls.ts';
import { ACTIONS, DEFAULT_KEYS, MODES, POLICY_KEYS, type QualysAction } from './keys.ts';
import { lowerRule, NOT_LOCAL, type Defaults } from './rule.ts';

type PolicyEntries = Entries<typeof POLICY_KEYS>;

export interface PolicyContext {
  /** Names of policies. */
  readonly names: UniqueNames;
  /** Images that policies are applied to where they do not say it; none: not known. */
  readonly images: readonly string[];
  /** By image: where the policy before was applied to it. */
  readonly applied: Map<string, Span>;
  readonly report: Report;
}

/** How actions come in the order of decision, which Qualys does not document: what refuses wins. */
const PRECEDENCE: readonly QualysAction[] = ['deny', 'monitor', 'allow'];
const AS_OURS = { allow: 'allow', deny: 'deny', monitor: 'audit' } as const;

/** @returns null where it is no policy of running containers, or wrong, which is reported */
export function lowerPolicy(node: LocatedMap, context: PolicyContext): Lowered | null {
  const { names, report } = context;
  const entries = entriesOf(node, POLICY_KEYS, report);
  const name = textIn(entries.name, report);
  if (entries.policyMode === undefined) report(diagnose('L5005', 'the policy has no `policyMode`', headOf(node)));
  const mode = choiceIn(entries.policyMode, MODES, report);
  const defaults = defaultsOf(entries, node, report);
  const ignored = ignoredOf(entries.ignoredSyscalls, report);
  if (booleanIn(entries.behavioralLearning, report) === true) {
    const message = 'policies are not learned here while they hold';
    const help = '`lictor record` and `lictor learn` make an allow-list of what a container does';
    report(diagnose('L5003', message, entries.behavioralLearning!.key.span, help));
  }
  const ruleNames = new UniqueNames();
  const rules = listIn(entries.rules, report).flatMap(
    (rule) => lowerRule(rule, { defaults, ignored, names: ruleNames, report }) ?? [],
  );
  const head = name?.span ?? headOf(node);
  const description = textIn(entries.description, report);
  const image = imagesOf(entries.images, head, mode, context);
  const own = names.take(nameOf(name?.text ?? '', 'qualys-policy'));
  const metadata = at(head, {
    name: at(head, own),
    description: description && at(description.span, description.text),
    annotations: annotationsOf(entries, own, report),
  });
  const inOrder = PRECEDENCE.flatMap((action) => rules.filter((rule) => rule.action === action));
  return lowered('Policy', head, metadata, {
    mode: at(entries.policyMode?.value.span ?? head, mode ?? 'enforce'),
    scope: image === null ? { host: false } : { image },
    defaults: kindsByDefault(defaults),
    rules: [...inOrder.map(({ rule }) => rule), ...networkDefault(defaults, ruleNames, entries, head)],
  });
}

function defaultsOf(entries: PolicyEntries, node: LocatedMap, report: Report): Defaults {
  const nested = entries.defaultActions?.value;
  if (nested !== undefined && nested.is !== 'map') {
    report(diagnose('L5004', `the default actions are a map, found ${describe(nested)}`, headOf(nested)));
  }
  const inside = nested?.is === 'map' ? entriesOf(nested, DEFAULT_KEYS, report) : {};
  const action = (own: keyof PolicyEntries, category: keyof typeof DEFAULT_KEYS): QualysAction | undefined => {
    const entry = entries[own] ?? inside[category];
    if (entry === undefined) report(diagnose('L5005', `the policy has no \`${own}\``, headOf(node)));
    return choiceIn(entry, ACTIONS, report);
  };
  return {
    network: action('defaultNetworkAction', 'network'),
    file: action('defaultFileAction', 'file'),
    application: action('defaultExecuteAction', 'application'),
  };
}

/** What is allowed anyway is left out, so that nobody is asked about it. Sockets of the same machine are no network: its default is a rule. */
function kindsByDefault({ file, application }: Defaults): Plain | undefined {
  const refused = (action: QualysAction | undefined): boolean => action !== undefined && action !== 'allow';
  if (!refused(file) && !refused(application)) return undefined;
  return {
    ...(refused(application) && { exec: AS_OURS[application!] }),
    ...(refused(file) && { 'file.read': AS_OURS[file!], 'file.modify': AS_OURS[file!] }),
  };
}

function networkDefault(
  { network }: Defaults,
  names: UniqueNames,
  { defaultNetworkAction, defaultActions }: PolicyEntries,
  head: Span,
): readonly Located[] {
  if (network === undefined || network === 'allow') return [];
  const span = (defaultNetworkAction ?? defaultActions)?.key.span ?? head;
  return [
    at(span, {
      name: names.take('default-network-action'),
      on: ['net.connect', 'net.send', 'net.accept'],
      when: written(NOT_LOCAL, span),
      action: AS_OURS[network],
      continue: network === 'monitor' ? true : undefined,
    }),
  ];
}

function ignoredOf(entry: Entry | undefined, report: Report): ReadonlySet<string> {
  const calls = listIn(entry, report).flatMap((item) => {
    const text = textIn(entry && { key: entry.key, value: item }, report);
    const call = text === undefined ? null : callOf(text, report);
    return call === null ? [] : [call];
  });
  if (calls.length > 0) {
    const message = 'what is refused leaves a record, also of a system call that is ignored';
    const help = 'rules that only monitor the call are left out; what rules and defaults refuse stays refused';
    report(diagnose('L5003', message, entry!.key.span, help));
  }
  return new Set(calls);
}

/** @returns globs; null where the policy holds for all containers */
function imagesOf(
  entry: Entry | undefined,
  head: Span,
  mode: 'enforce' | 'observe' | 'off' | undefined,
  { images, applied, report }: PolicyContext,
): readonly Located[] | null {
  const given = listIn(entry, report).flatMap((item) => textIn(entry && { key: entry.key, value: item }, report) ?? []);
  const texts =
    given.length > 0 ? given.map(({ text, span }) => ({ text, span })) : images.map((text) => ({ text, span: head }));
  if (texts.length === 0 && mode !== 'off') {
    const message = 'the policy does not say to which images it is applied: it holds for every container';
    report(diagnose('L5402', message, head, 'add `"images": ["…"]`, or say `--foreign qualys.images=…`'));
  }
  for (const { text, span } of texts.length > 0 ? texts : [{ text: '*', span: head }]) {
    const before = applied.get(text);
    if (mode === 'off') continue;
    if (before !== undefined) {
      const message = `another policy is applied to \`${text}\`, and both hold`;
      const related = [{ message: 'the other one', span: before }];
      report(diagnose('L5405', message, span, 'an image has one policy: leave one out', related));
    } else applied.set(text, span);
  }
  if (texts.length === 0) return null;
  return texts.map(({ text, span }) => at(span, text.split('*').map(globOf).join('**')));
}

function annotationsOf(entries: PolicyEntries, own: string, report: Report): Plain | undefined {
  const name = textIn(entries.name, report);
  const id = textIn(entries.id, report);
  if (id === undefined && (name === undefined || name.text === own)) return undefined;
  return {
    ...(name !== undefined && name.text !== own && { 'qualys.name': at(name.span, name.text) }),
    ...(id !== undefined && { 'qualys.id': at(id.span, id.text) }),
  };
}
