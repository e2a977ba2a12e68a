/** One policy: its rules in sequence, with everything that libraries, exceptions and overlays say of them. */
import { diagnose, nearest } from '../diagnostics/index.ts';
import { TIERS, type Action } from '../../vm/spec/verdict.ts';
import type { Scope } from '../../vm/bundle/normal.ts';
import type { ExceptionDocument, LibraryRuleBody, PolicyDocument, UseBody } from '../schema/documents.ts';
import type { Report } from '../schema/read.ts';
import type { Text } from '../schema/shape.ts';
import { targetKey, type Change } from './exceptions.ts';
import type { Libraries } from './library.ts';
import { Names } from './names.ts';
import { judgeRule, kindsOf, resolveRule, undeniable, type ResolvedRule } from './rule.ts';
import { resolveScope } from './scope.ts';

export interface ResolvedPolicy {
  readonly document: PolicyDocument;
  readonly name: Text;
  readonly mode: 'enforce' | 'observe' | 'off';
  readonly tier: (typeof TIERS)[number];
  readonly order: number;
  readonly scope: Scope;
  /** By kind id. */
  readonly defaults: Readonly<Record<number, Action>>;
  /** Enabled rules, in order. */
  readonly rules: readonly ResolvedRule[];
}

/** What the rules of a policy may take from elsewhere. */
export interface PolicyContext {
  readonly libraries: Libraries;
  /** By `targetKey`. */
  readonly exceptions: ReadonlyMap<string, readonly ExceptionDocument[]>;
  readonly changes: ReadonlyMap<string, Change>;
  /** Sources are missing: names that are not known are not reported. */
  readonly incomplete: boolean;
}

export function resolvePolicy(document: PolicyDocument, context: PolicyContext, report: Report): ResolvedPolicy {
  const { spec, metadata } = document;
  const name = metadata.name;
  const rules = new Names<ResolvedRule>('rule');
  for (const written of spec.rules?.value ?? []) {
    const merged = 'use' in written ? mergeUse(written, context, report) : { name: written.name, body: written };
    if (merged === null) continue;
    const key = targetKey(name.value, merged.name.value);
    const change = context.changes.get(key);
    const rule = resolveRule(merged.name, merged.body, context.exceptions.get(key) ?? [], context.libraries, report);
    const final: ResolvedRule = {
      ...rule,
      action: change?.action ?? rule.action,
      continue: rule.continue && staysNoted(change?.action),
      enabled: change?.enabled?.value ?? rule.enabled,
      span: written.span,
    };
    judgeRule(final, report);
    rules.add(merged.name, final, report);
  }
  return {
    document,
    name,
    mode: context.changes.get(targetKey(name.value))?.mode?.value ?? spec.mode.value,
    tier: spec.tier?.value ?? 'default',
    order: spec.order?.value ?? 1000,
    scope: resolveScope(spec.scope, report),
    defaults: resolveDefaults(document, report),
    rules: [...rules].map(([, rule]) => rule).filter(({ enabled }) => enabled),
  };
}

/** A rule of a library under its name, with the few keys that a use may set. */
function mergeUse(
  use: UseBody,
  { libraries, incomplete }: PolicyContext,
  report: Report,
): { name: Text; body: LibraryRuleBody } | null {
  const body = libraries.rules.find(use.use, 'L1203', incomplete, report);
  if (body === undefined) return null;
  const { action = body.action, severity = body.severity, enabled = body.enabled } = use;
  const goesOn = staysNoted(use.action) ? body.continue : undefined;
  return { name: use.use, body: { ...body, action, severity, enabled, continue: goesOn } };
}

/**
 * Whether a rule that only notes its matches still does. One that gets another action from outside decides: who uses or
 * overlays it cannot take `continue` out of its text.
 * @param given action of a use or of an overlay, if it says one
 */
const staysNoted = (given: { readonly value: Action } | undefined): boolean =>
  given === undefined || given.value === 'audit';

/** For each kind the action of the narrowest name that covers it. */
function resolveDefaults({ spec }: PolicyDocument, report: Report): Record<number, Action> {
  const defaults: Record<number, Action> = {};
  const widest = [...(spec.defaults?.value ?? [])].sort(
    (a, b) => kindsOf(b.key.value).length - kindsOf(a.key.value).length,
  );
  for (const { key, value } of widest) {
    const kinds = kindsOf(key.value);
    const fixed = value.value === 'deny' ? undeniable(kinds) : [];
    if (fixed.length > 0) {
      const message = `the default denies ${fixed.map((kind) => `\`${kind}\``).join(' and ')}, which cannot be refused`;
      report(diagnose('L1301', message, value.span));
    }
    for (const kind of kinds) defaults[kind] = value.value;
  }
  return defaults;
}

/** Order of decision: tier, order, position. */
export function inOrder(policies: readonly ResolvedPolicy[]): ResolvedPolicy[] {
  return [...policies].sort((a, b) => TIERS.indexOf(a.tier) - TIERS.indexOf(b.tier) || a.order - b.order);
}

/** Names of the rules that a policy has, disabled ones and those of libraries included. */
export function ruleNames({ spec }: PolicyDocument): string[] {
  return (spec.rules?.value ?? []).map((rule) => ('use' in rule ? rule.use : rule.name).value);
}

/** Reports a rule that a policy does not have. */
export function checkRuleName(policy: PolicyDocument, rule: Text, incomplete: boolean, report: Report): void {
  const names = ruleNames(policy);
  if (rule.missing || incomplete || names.includes(rule.value)) return;
  const near = nearest(rule.value, names);
  const message = `the policy \`${policy.metadata.name.value}\` has no rule \`${rule.value}\``;
  report(diagnose('L1203', message, rule.span, near === null ? null : `did you mean \`${near}\`?`));
}
