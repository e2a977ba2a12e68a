/** Lints of policies: what stays open beside a denial, and what has no effect. */
import { diagnose } from '../diagnostics/index.ts';
import { FIELDS } from '../../vm/spec/fields.ts';
import { KINDS } from '../../vm/spec/kinds.ts';
import type { Expr } from '../../vm/bundle/normal.ts';
import type { ResolvedPolicy } from '../resolve/index.ts';
import { onceFor } from '../resolve/once.ts';
import { fails, type RuleFacts, type Warn } from './facts.ts';
import { nameOf } from './shadow.ts';
import { fieldTest, operandsOf } from './terms.ts';

const kindId = (wanted: string): number => KINDS.find(({ name }) => name === wanted)!.id;
const WRITE = kindId('file.write');
/** Other ways to get rid of a file's content. */
const BESIDE = ['file.delete', 'file.rename', 'file.link'].map((name) => ({ name, id: kindId(name) }));
const FILE_FIELDS = new Set(FIELDS.filter(({ name }) => name.startsWith('file.')).map(({ id }) => id));

/** A file that cannot be written can still be replaced, where the other operations are not denied. */
export function lintOpenModify(policies: readonly ResolvedPolicy[], rules: readonly RuleFacts[], warn: Warn): void {
  const covered = new Map(BESIDE.map(({ id }) => [id, { all: false, stems: new Set<string>() }]));
  for (const [id, cover] of covered) {
    if (policies.some(({ defaults }) => defaults[id] !== undefined && fails(defaults[id]))) cover.all = true;
  }
  for (const { rule, fails: denies } of rules) {
    if (!denies || !rule.kinds.some((kind) => covered.has(kind))) continue;
    const stems = fileStems(rule.when.expr);
    for (const kind of rule.kinds) {
      const cover = covered.get(kind);
      if (cover === undefined) continue;
      if (stems === null) cover.all = true;
      else stems.forEach((stem) => cover.stems.add(stem));
    }
  }
  for (const facts of rules) {
    const { rule } = facts;
    if (!facts.fails || !rule.kinds.includes(WRITE)) continue;
    const stems = fileStems(rule.when.expr);
    const open = BESIDE.filter(({ id }) => {
      const { all, stems: known } = covered.get(id)!;
      const handled = stems === null ? known.size > 0 : [...stems].some((stem) => known.has(stem));
      return !all && !rule.kinds.includes(id) && !handled;
    }).map(({ name }) => `\`${name}\``);
    if (open.length === 0) continue;
    warn(
      diagnose(
        'L3108',
        `\`${nameOf(facts)}\` denies \`file.write\`, but ${open.join(', ')} ${open.length === 1 ? 'stays' : 'stay'} open`,
        rule.when.span,
        'a file can be replaced without being written: `on: file.modify` means all of them',
      ),
    );
  }
}

/** Literal parts of the constants that file fields are compared with; null where the condition asks for none. */
const fileStems = onceFor(findStems);

function findStems(expr: Expr): ReadonlySet<string> | null {
  const stems = new Set<string>();
  let asks = false;
  const visit = (part: Expr): void => {
    if (part.op === 'and' || part.op === 'or') return part.args.forEach(visit);
    if (part.op === 'not') return visit(part.arg);
    if (!operandsOf(part).some(({ field }) => FILE_FIELDS.has(field))) return;
    asks = true;
    const test = fieldTest(part);
    const constants = test === null ? [] : test.op === 'in' ? test.set : [test.constant];
    for (const constant of constants) if (constant.is === 'string') stems.add(trim(constant.value));
    if (part.op === 'glob' || part.op === 'matches') stems.add(trim(part.pattern.replace(/[*?[{\\(.|^$+].*$/s, '')));
  };
  visit(expr);
  return asks ? stems : null;
}

const trim = (path: string): string => path.replace(/\/+$/, '');

/** Allowing what nothing refuses: the default is missing. */
export function lintAllowLists(policies: readonly ResolvedPolicy[], rules: readonly RuleFacts[], warn: Warn): void {
  // Kinds of which a later rule, or a default, says something else.
  const answered = new Set<number>();
  for (const { defaults } of policies) {
    for (const [kind, action] of Object.entries(defaults)) if (action !== 'allow') answered.add(Number(kind));
  }
  const idle = new Map<ResolvedPolicy, { first: RuleFacts; kinds: Set<number> }>();
  for (const facts of [...rules].reverse()) {
    const { rule, action, policy } = facts;
    if (action !== 'allow') rule.kinds.forEach((kind) => answered.add(kind));
    else {
      const open = rule.kinds.filter((kind) => !answered.has(kind));
      if (open.length < rule.kinds.length || open.length === 0) continue;
      const kinds = idle.get(policy)?.kinds ?? new Set();
      open.forEach((kind) => kinds.add(kind));
      idle.set(policy, { first: facts, kinds });
    }
  }
  for (const [policy, { first, kinds }] of idle) {
    const names = KINDS.filter(({ id }) => kinds.has(id)).map(({ name }) => `\`${name}\``);
    const help = `give the policy \`defaults: {${names[0].replaceAll('`', '')}: deny}\``;
    const message = `\`${policy.name.value}\` allows some ${names.join(', ')}, but nothing refuses or records the rest`;
    warn(diagnose('L3109', message, first.rule.action.span, help));
  }
}

/** A policy that says nothing. */
export function lintEmpty(policy: ResolvedPolicy, warn: Warn): void {
  if (policy.rules.length > 0 || Object.keys(policy.defaults).length > 0) return;
  warn(
    diagnose(
      'L3112',
      `\`${policy.name.value}\` has neither rules nor defaults`,
      policy.name.span,
      'add some, or delete it',
    ),
  );
}
