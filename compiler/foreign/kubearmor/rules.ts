/** Entries of one policy as rules: those that are alike become one. */
import { all, not, test, written, type Condition } from '../condition.ts';
import { nameOf, UniqueNames } from '../names.ts';
import { at, type Plain } from '../tree.ts';
import { argumentsAre, argumentsOf, heldBy, isOwner, KINDS } from './conditions.ts';
import type { Entry } from './entry.ts';
import { severityOf } from './severity.ts';

/** @param entries in the order in which they are looked up */
export function rulesOf(entries: readonly Entry[]): Plain[] {
  const names = new UniqueNames();
  return groupsOf(entries).flatMap((group) => groupRules(group, names));
}

/** Neighbours that differ only in what they look up. */
function groupsOf(entries: readonly Entry[]): Entry[][] {
  const groups: { readonly like: string; readonly entries: Entry[] }[] = [];
  for (const entry of entries) {
    const like = alike(entry);
    const last = groups.at(-1);
    if (last?.like === like) last.entries.push(entry);
    else groups.push({ like, entries: [entry] });
  }
  return groups.map((group) => group.entries);
}

const alike = ({ target, span: _, sources, args, paths, message, ...rest }: Entry): string =>
  JSON.stringify([
    rest,
    target.is,
    target.recursive ?? null,
    target.is === 'every-protocol' || target.is === 'preset' ? target.text.span : null,
    sources?.map(({ path, directory }) => [path.value, directory]) ?? null,
    args?.map(({ value }) => value) ?? null,
    paths === null ? null : [paths.is, paths.text.value, argumentsOf(target)],
    message?.value ?? null,
  ]);

const ON_TERMINAL = test('proc.interactive');
const READ = ['file.read'];
const WRITTEN = ['file.modify'];

type MakeRule = (does: Does, on: readonly string[], when: Condition, suffix?: string) => Plain;

function groupRules(group: readonly Entry[], names: UniqueNames): Plain[] {
  const [entry] = group;
  const { action, alone, ownerOnly, readOnly, offTerminal, span } = entry;
  const about = thingOf(group);
  const rule: MakeRule = (does, on, when, suffix = '') =>
    at(span, {
      name: names.take(`${VERBS[does]}-${about}${suffix}`),
      on: on.length === 1 ? on[0] : on,
      when: written(when, span),
      action: does === 'note' ? 'audit' : does,
      ...(does === 'note' ? { continue: true } : {}),
      ...(does === 'allow' ? {} : notesFor(entry)),
    });
  const base = heldBy(group);
  if (action === 'Audit') return refusals(entry, base, 'note', rule);
  const tangled = offTerminal && (ownerOnly || readOnly);
  return alone && !tangled ? refusals(entry, base, 'deny', rule) : answers(entry, base, rule);
}

/** Rules for what is refused, and none for the rest. */
function refusals(entry: Entry, base: Condition, does: Does, rule: MakeRule): Plain[] {
  const { subject, ownerOnly, readOnly, offTerminal, args } = entry;
  const others = ownerOnly ? [not(isOwner(subject))] : [];
  if (readOnly && subject === 'file') {
    const read = others.length > 0 ? [rule(does, READ, all([base, ...others]), '-read-by-others')] : [];
    return [rule(does, WRITTEN, base, '-written'), ...read];
  }
  const argued = args === null ? [] : [not(argumentsAre(args))];
  const terminal = offTerminal && !ownerOnly && args === null ? [ON_TERMINAL] : [];
  return [rule(does, KINDS[subject], all([base, ...argued, ...others, ...terminal]))];
}

/** Rules for everything that the entry is about, in KubeArmor's order: arguments, terminal, owner, reading, action. */
function answers(entry: Entry, base: Condition, rule: MakeRule): Plain[] {
  const { subject, action, ownerOnly, readOnly, offTerminal, args } = entry;
  const kinds = KINDS[subject];
  const made: Plain[] = [];
  if (args !== null) made.push(rule('allow', kinds, all([base, argumentsAre(args)]), '-with-arguments'));
  if (offTerminal) made.push(rule('deny', kinds, all([base, ON_TERMINAL]), '-on-terminal'));
  if (ownerOnly) made.push(rule('allow', readOnly ? READ : kinds, all([base, isOwner(subject)]), '-by-owner'));
  if (ownerOnly || args !== null) return [...made, rule('deny', kinds, base)];
  if (readOnly && subject === 'file') {
    return [...made, rule('allow', READ, base, '-read'), rule('deny', WRITTEN, base, '-written')];
  }
  return [...made, rule(action === 'Block' && !offTerminal ? 'deny' : 'allow', kinds, base)];
}

type Does = 'note' | 'allow' | 'deny';
const VERBS: Readonly<Record<Does, string>> = { note: 'audit', allow: 'allow', deny: 'block' };

const notesFor = ({ severity, tags, message }: Entry): { [key: string]: Plain | undefined } => ({
  severity: severity === null ? undefined : severityOf(severity),
  tags: tags.length === 0 ? undefined : tags,
  message: message === null ? undefined : at(message.span, literally(message.value)),
});

/** Braces around what looks like a field are text there. */
const literally = (message: string): string => message.replace(/\{(?=[A-Za-z_][A-Za-z0-9_]*\.)/g, '{ ');

/** What a rule is about, in a name. */
function thingOf(group: readonly Entry[]): string {
  const [{ subject, target }] = group;
  const noun = NOUNS[target.is] ?? (subject === 'process' ? 'program' : subject === 'file' ? 'file' : '');
  const name = nameOf(target.text.value, target.is);
  const rest = group.length > 1 ? `-and-${group.length - 1}-more` : '';
  return [noun, name].filter((part) => part !== '').join('-') + rest;
}

const NOUNS: { readonly [K in Entry['target']['is']]?: string } = {
  protocol: 'protocol',
  'every-protocol': 'protocol',
  domain: 'domain',
  capability: 'capability',
  call: 'call',
  preset: 'preset',
};
