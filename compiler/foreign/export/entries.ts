/** Rules of ours as entries of KubeArmor: the way back of `../kubearmor/conditions.ts` and `../kubearmor/rules.ts`. */
import { diagnose } from '../../diagnostics/index.ts';
import type { Span } from '../../diagnostics/diagnostic.ts';
import type { ResolvedRule } from '../../resolve/index.ts';
import { kindsOf } from '../../resolve/rule.ts';
import type { Report } from '../../schema/read.ts';
import type { Text } from '../../schema/shape.ts';
import type { Expr } from '../../../vm/bundle/normal.ts';
import { SEVERITIES } from '../../../vm/spec/verdict.ts';
import { KINDS, OWNER, SOURCE, USER } from '../kubearmor/conditions.ts';
import { PLAIN, type Entry, type EntryAction, type Subject } from '../kubearmor/entry.ts';
import { conjuncts, equality, fieldOf, textTests } from './expression.ts';
import { isPath, targetsOf, type NamedTarget } from './targets.ts';

/** An entry, and the rule that it follows from. */
export interface Exported {
  readonly entry: Entry;
  readonly rule: ResolvedRule;
  /** It only refuses, so it is true to its rule only where nothing else is said of what it lets through. */
  readonly refusesOnly: boolean;
}

/** Kinds as one text. */
const keyOf = (kinds: readonly number[]): string => [...kinds].sort((a, b) => a - b).join(' ');
const SUBJECTS = new Map(
  Object.entries(KINDS).map(([subject, kinds]) => [keyOf(kinds.flatMap(kindsOf)), subject as Subject]),
);
const READ = keyOf(kindsOf('file.read'));
const WRITTEN = keyOf(kindsOf('file.modify'));

/** What a rule says, before its neighbours are asked. */
interface Said {
  readonly rule: ResolvedRule;
  readonly subject: Subject;
  readonly events: 'all' | 'read' | 'written';
  readonly targets: readonly NamedTarget[];
  /** Paths of programs; null: all. */
  readonly sources: readonly string[] | null;
  readonly extra: 'none' | 'owner' | 'others' | 'terminal';
  readonly action: EntryAction;
}

/** @returns entries in the order of the rules; those of rules that fit nowhere are missing, which is reported */
export function entriesOf(
  rules: readonly ResolvedRule[],
  listed: ReadonlySet<Subject>,
  report: Report,
): readonly Exported[] {
  const said = rules.map((rule) => read(rule, report));
  const found: Exported[] = [];
  for (let n = 0; n < said.length; n++) {
    const one = said[n];
    if (one === null) continue;
    const next = said.at(n + 1);
    const flag = next ? pairOf(one, next) : null;
    if (flag !== null && next) {
      found.push(
        ...made(one.action === 'Block' ? one : next, flag, listed.has(one.subject) ? 'Allow' : 'Block', false),
      );
      n++;
    } else found.push(...alone(one, report));
  }
  return found;
}

type Flag = 'ownerOnly' | 'readOnly' | 'offTerminal';

/** Two rules that are one entry: what it lets through, and what it refuses. */
function pairOf(a: Said, b: Said): Flag | null {
  const same = (one: Said): string =>
    JSON.stringify([one.subject, one.targets.map(({ is, text, recursive }) => [is, text, recursive]), one.sources]);
  if (same(a) !== same(b)) return null;
  const shape = [a, b].map(({ action, events, extra }) => `${action} ${events} ${extra}`).join(', ');
  return (
    (
      {
        'Allow all owner, Block all none': 'ownerOnly',
        'Allow read none, Block written none': 'readOnly',
        'Block all terminal, Allow all none': 'offTerminal',
      } as const
    )[shape] ?? null
  );
}

function alone(one: Said, report: Report): readonly Exported[] {
  const { rule, action, events, extra } = one;
  if (events === 'all' && extra === 'none') return made(one, null, action, false);
  const refuses = action !== 'Allow';
  const flag: Flag | null =
    refuses && events === 'written' && extra === 'none'
      ? 'readOnly'
      : refuses && events === 'all' && extra === 'others'
        ? 'ownerOnly'
        : refuses && events === 'all' && extra === 'terminal'
          ? 'offTerminal'
          : null;
  if (flag !== null) return made(one, flag, action, action === 'Block');
  const help =
    'owner, terminal and reading each stand alone: deny what others than the owner do, what is written, or what comes from a terminal';
  report(diagnose('L5701', `no entry says what \`${rule.name.value}\` does`, rule.when.span, help));
  return [];
}

function made(
  { rule, subject, targets, sources }: Said,
  flag: Flag | null,
  action: EntryAction,
  refusesOnly: boolean,
): readonly Exported[] {
  const { severity, tags, message } = rule;
  const span = rule.when.span;
  const text = (value: string): Text => textAt(value, span);
  return targets.map(({ text: value, ...target }) => ({
    rule,
    refusesOnly,
    entry: {
      ...PLAIN,
      subject,
      target: { ...target, text: text(value) },
      sources: sources?.map((path) => ({ path: text(path) })) ?? null,
      action,
      ...(flag !== null && { [flag]: true }),
      severity: severity === null ? null : 2 * (SEVERITIES as readonly string[]).indexOf(severity) + 2,
      tags,
      message: message === null ? null : text(message),
      span,
    },
  }));
}

/** @param span of what it follows from */
export const textAt = (value: string, span: Span): Text => ({ value, span, place: () => span });

/** @returns null where KubeArmor has no words for it, which is reported */
function read(rule: ResolvedRule, report: Report): Said | null {
  const action = actionOf(rule, report);
  const key = keyOf(rule.kinds);
  const subject = SUBJECTS.get(key) ?? (key === READ || key === WRITTEN ? 'file' : undefined);
  if (subject === undefined) {
    const sets = Object.values(KINDS).map((kinds) => `[${kinds.join(', ')}]`);
    const help = `a rule is on one of ${sets.join(', ')}, or on file.modify alone`;
    report(diagnose('L5702', `no entry is about the events of \`${rule.name.value}\``, rule.name.span, help));
    return null;
  }
  if (action === null) return null;
  if (subject === 'syscalls' && action !== 'Audit') {
    const help = 'make it `audit` with `continue: true`';
    report(diagnose('L5703', 'KubeArmor only notes system calls', rule.action.span, help));
    return null;
  }
  const events = key === READ ? 'read' : key === WRITTEN ? 'written' : 'all';
  const condition = conditionOf(rule, subject, report);
  return condition === null ? null : { rule, subject, events, action, ...condition };
}

function actionOf(rule: ResolvedRule, report: Report): EntryAction | null {
  const { action, errno, unless } = rule;
  if (unless.length > 0) {
    const help = 'put a rule that allows it in front';
    report(diagnose('L5701', `no entry has exceptions like \`${unless[0].name}\``, unless[0].span, help));
    return null;
  }
  if (action.value === 'allow') return 'Allow';
  if (action.value === 'deny' && (errno ?? 'EPERM') === 'EPERM') return 'Block';
  if (action.value === 'audit' && rule.continue) return 'Audit';
  const help =
    action.value === 'audit'
      ? '`Audit` notes and goes on: say `continue: true`'
      : action.value === 'deny'
        ? 'leave `errno` out'
        : 'make it `deny`';
  const what = action.value === 'deny' ? `errno: ${errno}` : action.value;
  report(diagnose('L5703', `no action of KubeArmor is \`${what}\``, action.span, help));
  return null;
}

const isField = (expr: Expr, left: string, right: string): boolean =>
  expr.op === 'compare' &&
  expr.cmp === '=' &&
  [`${left} ${right}`, `${right} ${left}`].includes(`${fieldOf(expr.left)} ${fieldOf(expr.right)}`);
const isOwner = (expr: Expr, subject: Subject): boolean => isField(expr, USER, OWNER[subject] ?? '');
const isTerminal = (expr: Expr): boolean =>
  expr.op === 'truth' && fieldOf({ is: 'field', ...expr.of }) === 'proc.interactive';

/** Target, sources and one of owner and terminal: each once. */
function conditionOf(
  rule: ResolvedRule,
  subject: Subject,
  report: Report,
): Pick<Said, 'targets' | 'sources' | 'extra'> | null {
  let targets: readonly NamedTarget[] | null = null;
  let sources: readonly string[] | null = null;
  let extra: Said['extra'] = 'none';
  const refuse = (message: string, help: string): null => {
    report(diagnose('L5701', message, rule.when.span, help));
    return null;
  };
  for (const part of conjuncts(rule.when.expr)) {
    const special = isOwner(part, subject)
      ? 'owner'
      : part.op === 'not' && isOwner(part.arg, subject)
        ? 'others'
        : ['process', 'file', 'network'].includes(subject) && isTerminal(part)
          ? 'terminal'
          : null;
    if (special !== null && extra === 'none') {
      extra = special;
      continue;
    }
    const equal = equality(part);
    if (sources === null && equal?.field === SOURCE[subject]) {
      const paths = textTests(part)?.map(({ text }) => text) ?? [];
      if (paths.length > 0 && paths.every(isPath)) {
        sources = [...new Set(paths)];
        continue;
      }
    }
    const found: readonly NamedTarget[] | null = targets === null ? targetsOf(subject, part) : null;
    if (found === null) {
      return refuse(
        `no entry has the condition of \`${rule.name.value}\``,
        'an entry has one path, directory, pattern, program name, protocol, domain, capability or system call, and with it programs that act, the owner or a terminal',
      );
    }
    targets = found;
  }
  targets ??= subject === 'network' ? [{ is: 'every-protocol', text: 'all' }] : null;
  if (targets === null)
    return refuse(`\`${rule.name.value}\` names nothing to look up`, 'name a path, or a directory: `/` is all of them');
  const isPattern = targets.some(({ is }) => is === 'pattern');
  if (isPattern && (sources !== null || extra === 'terminal')) {
    return refuse('patterns have neither sources nor terminals', 'name paths or directories instead of a glob');
  }
  if (sources !== null && targets.some(({ is }) => is === 'name')) {
    return refuse('no enforcer looks for names of programs that a source starts', 'name the path of the program');
  }
  return { targets, sources, extra };
}
