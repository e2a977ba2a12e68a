/** The selectors of a hook: what each asks of each of our questions, and what it does. */
import type { Span } from '../../diagnostics/diagnostic.ts';
import { nearest } from '../../diagnostics/index.ts';
import type { Located } from '../../document/located.ts';
import { headOf } from '../../schema/read.ts';
import { ALWAYS, all, type Condition } from '../condition.ts';
import { get, isEmpty, isMap, textOf } from '../read.ts';
import { readActions, type Effect } from './actions.ts';
import { askArgument, askData, type Asked } from './arguments.ts';
import type { Question } from './hooks.ts';
import { FILTERS, KEYS } from './keys.ts';
import { askBinaries, askCapabilities, askNamespace, askPids } from './process.ts';
import { askWorkloads } from './workloads.ts';

export interface Selector {
  readonly label: string | undefined;
  /** By question of the hook; undefined where it cannot be decided, which was said. */
  readonly when: readonly Condition[] | undefined;
  /** Undefined likewise. */
  readonly effect: Effect | undefined;
  readonly span: Span;
}

/** A selector as it is written, with the filters of its macros behind its own. */
interface Merged {
  readonly node: Located;
  readonly label: string | undefined;
  filters(key: string): readonly Located[];
}

/**
 * @param macros `selectorsMacros` of the policy
 * @returns in order; without selectors everything is reported
 */
export function readSelectors(
  hook: Located,
  questions: readonly Question[],
  macros: Located | undefined,
  asked: Asked,
): readonly Selector[] {
  const { findings } = asked;
  const nodes = findings.list(get(hook, 'selectors'), 'selectors');
  const always = (span: Span): Selector => ({
    label: undefined,
    when: questions.map(() => ALWAYS),
    effect: { is: 'report' },
    span,
  });
  if (nodes.length === 0) return [always(headOf(hook))];
  return nodes.map((node) => {
    if (isMap(node)) return readSelector(merge(node, macros, asked), questions, asked);
    if (!isEmpty(node)) findings.wrong(node, 'selectors', 'each is a map of filters');
    return always(headOf(node));
  });
}

function merge(node: Located, macros: Located | undefined, { findings }: Asked): Merged {
  findings.keys(node, KEYS.selector);
  const used = findings.texts(get(node, 'macros'), 'macros').flatMap((name) => {
    const macro = get(macros, name.text);
    if (macro === undefined) {
      const near = isMap(macros)
        ? nearest(
            name.text,
            macros.entries.map(({ key }) => key.text),
          )
        : null;
      const help = near === null ? 'define it in `selectorsMacros`' : `did you mean \`${near}\`?`;
      findings.wrong(name, 'macros', help);
      return [];
    }
    findings.keys(macro, KEYS.selector);
    const inner = get(macro, 'macros');
    if (inner !== undefined) findings.wrong(inner, 'macros', 'a macro cannot use others');
    return [macro];
  });
  const label = [node, ...used]
    .map((one) => textOf(get(one, 'label')))
    .find((text) => text !== undefined && text !== '');
  const filters = (key: string): readonly Located[] =>
    [node, ...used].flatMap((one) => findings.list(get(one, key), key));
  return { node, label, filters };
}

function readSelector(merged: Merged, questions: readonly Question[], asked: Asked): Selector {
  const { findings } = asked;
  const { node, label, filters } = merged;
  const lists = Object.fromEntries(FILTERS.map((key) => [key, filters(key)]));
  let decidable = true;
  for (const [key, message, help] of UNKNOWN) {
    if (lists[key].length === 0) continue;
    decidable = false;
    findings.refuse(headOf(lists[key][0]), message, help);
  }
  const effect = readActions(lists['matchActions'], findings);
  const workloads = get(node, 'matchWorkloads');
  const common = [
    ...lists['matchPIDs'].map((one) => askPids(one, findings)),
    ...lists['matchNamespaces'].map((one) => askNamespace(one, findings)),
    ...lists['matchCapabilities'].map((one) => askCapabilities(one, findings)),
    ...lists['matchData'].map((one) => askData(one, asked)),
    ...lists['matchParentBinaries'].map((one) => askBinaries(one, 'proc.ppath', findings)),
    ...(isMap(workloads) ? [askWorkloads(workloads, findings)] : []),
  ];
  const when = questions.map((question) => {
    const program = question.kind === 'exec' ? 'proc.caller_path' : 'proc.path';
    const own = [
      ...lists['matchBinaries'].map((one) => askBinaries(one, program, findings)),
      ...lists['matchArgs'].map((one) => askArgument(one, question, asked)),
    ];
    return whole([...own, ...common]);
  });
  const decided = decidable && !when.includes(undefined);
  return { label, when: decided ? (when as Condition[]) : undefined, effect, span: headOf(node) };
}

const whole = (parts: readonly (Condition | undefined)[]): Condition | undefined =>
  parts.includes(undefined) ? undefined : all(parts as Condition[]);

/** Filters that no event of ours can decide. */
const UNKNOWN: readonly (readonly [key: string, message: string, help: string])[] = [
  ['matchReturnArgs', 'the result of a call is not there before it', 'leave the filter out: attempts count then'],
  ['matchReturnActions', 'the result of a call is not there before it', 'write them as `matchActions`'],
  ['matchNamespaceChanges', 'namespaces of a process are not in our events', 'hook `sys_unshare` and `sys_setns`'],
  [
    'matchCapabilityChanges',
    'what a process could at its start is not in our events',
    'ask for its capabilities: `matchCapabilities`',
  ],
];
