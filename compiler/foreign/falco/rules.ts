/** Rules of Falco to rules of ours: the shapes of event for which a condition says the same become one rule. */
import { diagnose } from '../../diagnostics/index.ts';
import type { Span } from '../../diagnostics/diagnostic.ts';
import type { Located } from '../../document/located.ts';
import type { Report } from '../../schema/read.ts';
import { all, not, some, written, type Condition } from '../condition.ts';
import { type UniqueNames, nameOf } from '../names.ts';
import { at, type Plain } from '../tree.ts';
import type { Node } from './ast.ts';
import { type Conditions, isEventCheck, type Fault } from './conditions.ts';
import { conditionOf } from './exceptions.ts';
import { type Lowering, textOf, type Loss } from './lower.ts';
import { messageOf } from './output.ts';
import { PRIORITIES, type Rule } from './ruleset.ts';
import { guardOf, shapesFor, type Shape } from './shapes.ts';

/** What a rule becomes: one rule a group of kinds, none where it can never match. */
export interface LoweredRule {
  readonly name: string;
  readonly rules: readonly Located[];
  /** Of rules and their exceptions. */
  readonly conditions: readonly string[];
  readonly losses: readonly Loss[];
}

interface Exception {
  readonly name: string;
  readonly span: Span;
  readonly node: Node;
}

/** A condition and exceptions for some shapes of a kind. */
interface Variant {
  readonly shapes: readonly Shape[];
  readonly when: Condition;
  readonly unless: readonly { readonly name: string; readonly span: Span; readonly when: Condition }[];
}

export interface RuleContext {
  readonly conditions: Conditions;
  readonly lowering: Lowering;
  readonly names: UniqueNames;
  /** Keys of the rule of ours that are not Falco's to say. */
  readonly extra: (rule: Rule) => { readonly [key: string]: Plain | undefined };
  readonly report: Report;
}

/** @returns null where the rule is left out or has errors, which are reported */
export function lowerRule(rule: Rule, context: RuleContext): LoweredRule | null {
  const { conditions, report } = context;
  const { node, faults } = conditions.parse(rule.condition);
  const exceptions: Exception[] = [];
  const all = [...faults, ...(node === null ? [] : conditions.undefinedMacros(node))];
  for (const exception of rule.exceptions) {
    const text = conditionOf(exception);
    if (text === null) continue;
    if (typeof text === 'string') {
      report(diagnose('L5201', text, exception.span, 'Falco refuses it with LOAD_ERR_VALIDATE'));
      return null;
    }
    const parsed = conditions.parse(text);
    all.push(...parsed.faults, ...(parsed.node === null ? [] : conditions.undefinedMacros(parsed.node)));
    if (parsed.node !== null) exceptions.push({ name: exception.name, span: exception.span, node: parsed.node });
  }
  if (all.length > 0 || node === null) {
    reportFaults(rule, all, report);
    return null;
  }
  if (rule.warnEventTypes && holdsForAny(node, conditions))
    report(diagnose('L5206', `rule \`${rule.name}\` is about every event`, rule.span, 'Falco says LOAD_NO_EVTTYPE'));
  return emitted(rule, node, exceptions, context);
}

function reportFaults(rule: Rule, faults: readonly Fault[], report: Report): void {
  if (rule.skipIfUnknown && faults.every(({ unknown }) => unknown)) {
    const [{ message }] = faults;
    report(
      diagnose('L5205', `rule \`${rule.name}\` is left out: ${message}`, rule.span, 'Falco says LOAD_UNKNOWN_FILTER'),
    );
    return;
  }
  for (const { code, message, span, help } of faults) report(diagnose(code, message, span, help));
}

function emitted(rule: Rule, node: Node, exceptions: readonly Exception[], context: RuleContext): LoweredRule {
  const { lowering, conditions } = context;
  const losses: Loss[] = [];
  const named = [...conditions.events(node), ...exceptions.flatMap((exception) => conditions.events(exception.node))];
  const variants = shapesFor(named).map((shape): Variant => {
    const when = lowering.lower(node, shape);
    losses.push(...when.losses);
    if (when.condition.is === 'false') return { shapes: [shape], when: when.condition, unless: [] };
    const unless = exceptions.flatMap((exception) => {
      const lowered = lowering.lower(exception.node, shape);
      losses.push(...lowered.losses);
      const isNever = lowered.condition.is === 'false';
      return isNever ? [] : [{ name: exception.name, span: exception.span, when: lowered.condition }];
    });
    return { shapes: [shape], when: when.condition, unless };
  });
  const groups = grouped(variants);
  const base = nameOf(rule.name, 'rule');
  const conditionsOf: string[] = [];
  const rules = groups.map(({ kinds, variant }, n) => {
    const name = context.names.take(n === 0 ? base : `${base}.${suffixOf(kinds, groups)}`);
    conditionsOf.push(textOf(variant.when), ...variant.unless.map(({ when }) => textOf(when)));
    return at(rule.span, ruleOf(rule, name, kinds, variant, context));
  });
  return { name: base, rules, conditions: conditionsOf, losses: once(losses) };
}

/** Kinds with the same condition and exceptions; those of which nothing holds are left out. */
function grouped(variants: readonly Variant[]): readonly { kinds: string[]; variant: Variant }[] {
  const byKind = new Map<string, Variant[]>();
  for (const variant of variants) {
    const { kind } = variant.shapes[0];
    byKind.set(kind, [...(byKind.get(kind) ?? []), variant]);
  }
  const groups = new Map<string, { kinds: string[]; variant: Variant }>();
  for (const [kind, own] of byKind) {
    const variant = united(own);
    if (variant.when.is === 'false') continue;
    const key = keyOf(variant);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { kinds: [kind], variant });
    else group.kinds.push(kind);
  }
  return [...groups.values()];
}

const keyOf = ({ when, unless }: Variant): string =>
  [textOf(when), ...unless.map((exception) => `${exception.name}: ${textOf(exception.when)}`)].join('\n');

/** The shapes of a kind together: each condition with the guard of its shapes. */
function united(variants: readonly Variant[]): Variant {
  const shapes = variants.flatMap((variant) => variant.shapes);
  const different = new Map<string, Variant>();
  for (const variant of variants) {
    const before = different.get(keyOf(variant));
    different.set(
      keyOf(variant),
      before === undefined ? variant : { ...before, shapes: [...before.shapes, ...variant.shapes] },
    );
  }
  const holding = [...different.values()].filter(({ when }) => when.is !== 'false');
  if (holding.length === 0) return { ...variants[0], shapes };
  const alike = holding.every(({ unless }) => keyOf({ ...holding[0], unless }) === keyOf(holding[0]));
  const parts = holding.map((variant) => {
    const guard = guardOf(variant.shapes, shapes);
    return all(alike ? [guard, variant.when] : [guard, variant.when, ...variant.unless.map(({ when }) => not(when))]);
  });
  return { shapes: holding[0].shapes, when: some(parts), unless: alike ? holding[0].unless : [] };
}

/** A class where no other group has kinds of it, else the first kind. */
function suffixOf(kinds: readonly string[], groups: readonly { kinds: readonly string[] }[]): string {
  const classOf = (kind: string): string => kind.split('.')[0];
  const [first] = kinds;
  const alone = groups.filter((group) => group.kinds.some((kind) => classOf(kind) === classOf(first))).length === 1;
  return alone && kinds.every((kind) => classOf(kind) === classOf(first)) ? classOf(first) : first;
}

function ruleOf(
  rule: Rule,
  name: string,
  kinds: readonly string[],
  { shapes, when, unless }: Variant,
  { extra }: RuleContext,
): { readonly [key: string]: Plain | undefined } {
  return {
    name,
    on: kinds.length === 1 ? kinds[0] : kinds,
    when: written(when, rule.condition.place(0, rule.condition.text.length)),
    unless:
      unless.length === 0
        ? undefined
        : unless.map((exception) => ({
            name: nameOf(exception.name, 'exception'),
            when: written(exception.when, exception.span),
          })),
    action: 'audit',
    severity: PRIORITIES[rule.priority],
    tags: rule.tags.length === 0 ? undefined : rule.tags.map(tagOf),
    message: messageOf(rule.output, shapes[0], rule.span),
    enabled: rule.enabled ? undefined : false,
    ...extra(rule),
  };
}

/** Techniques of ATT&CK as they are named in tags of ours. */
export const tagOf = (tag: string): string => (/^T\d{4}(?:\.\d{3})?$/.test(tag) ? `mitre:${tag}` : tag);

function once(losses: readonly Loss[]): readonly Loss[] {
  const seen = new Map<string, Loss>();
  for (const loss of losses) seen.set(`${loss.code} ${loss.name} ${loss.span.source} ${loss.span.start}`, loss);
  return [...seen.values()];
}

/** Whether the condition could hold for an event of which it names no type: then Falco holds it against all of them. */
function holdsForAny(node: Node, conditions: Conditions): boolean {
  const can = (part: Node, wanted: boolean, within: readonly string[]): boolean => {
    switch (part.is) {
      case 'and':
        return part.of[wanted ? 'every' : 'some']((one) => can(one, wanted, within));
      case 'or':
        return part.of[wanted ? 'some' : 'every']((one) => can(one, wanted, within));
      case 'not':
        return can(part.of, !wanted, within);
      case 'macro': {
        const body = within.includes(part.name) ? null : conditions.macro(part.name);
        return body === null || can(body, wanted, [...within, part.name]);
      }
      case 'check': {
        if (isNever(part)) return !wanted;
        if (!isEventCheck(part)) return true;
        return ['=', '==', 'in'].includes(part.op) ? !wanted : true;
      }
    }
  };
  return can(node, true, []);
}

/** `evt.num = 0`, the way to write a condition that never holds. */
const isNever = (check: Extract<Node, { is: 'check' }>): boolean =>
  check.left.is === 'field' &&
  check.left.name === 'evt.num' &&
  ['=', '=='].includes(check.op) &&
  check.right.is === 'values' &&
  check.right.of.every((value) => value.is === 'value' && value.text === '0');
