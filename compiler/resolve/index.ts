/** Documents to the normal form and the manifest: names resolved, conditions typed, policies in the order of decision. */
import { diagnose } from '../diagnostics/index.ts';
import type { Diagnostic, Source, Staged } from '../diagnostics/diagnostic.ts';
import type { Documents } from '../document/documents.ts';
import { LIMITS } from '../../vm/spec/limits.ts';
import type { Manifest } from '../../vm/bundle/manifest.ts';
import type { NormalForm, NormalPolicy } from '../../vm/bundle/normal.ts';
import { changesByTarget, checkExpiry, exceptionsByRule, type ExpiryOptions } from './exceptions.ts';
import { resolveLibraries } from './library.ts';
import { manifestOf } from './manifest.ts';
import { checkRuleName, inOrder, resolvePolicy, type ResolvedPolicy } from './policy.ts';
import { errnoOf, judgeRule, resolveRule } from './rule.ts';
import { select } from './select.ts';
import { resolveTests, type PolicyTest } from './tests.ts';

export type { PolicyTest, PolicyTestCase } from './tests.ts';
export type { ResolvedPolicy } from './policy.ts';
export type { ResolvedRule } from './rule.ts';

export interface ResolveOptions extends ExpiryOptions {
  /** Values of parameters, by name. */
  readonly set?: Readonly<Record<string, string>>;
}

export interface Resolved {
  readonly normal: NormalForm;
  readonly manifest: Manifest;
  readonly tests: readonly PolicyTest[];
  /** What the normal form was made of, rule for rule, with the places that lints point to. */
  readonly policies: readonly ResolvedPolicy[];
}

/** The value is meaningful only where no diagnostic is an error. */
export function resolve(documents: Documents, sources: readonly Source[], options: ResolveOptions): Staged<Resolved> {
  const diagnostics: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic): void => void diagnostics.push(diagnostic);
  const { incomplete } = documents;

  const { bundle, policies, chosen, libraries: chosenLibraries } = select(documents, report);
  const libraries = resolveLibraries(chosenLibraries, bundle, options.set ?? {}, incomplete, report);
  for (const [name, body] of libraries.rules) judgeRule(resolveRule(name, body, [], libraries, report), report);

  for (const exception of documents.Exception) checkExpiry(exception, options, report);
  for (const { spec } of [...documents.Exception, ...documents.Overlay]) {
    const { policy: name, rule } = spec.target;
    const policy = policies.find(name, 'L1202', incomplete, report);
    if (policy !== undefined && rule !== undefined) checkRuleName(policy, rule, incomplete, report);
  }
  const context = {
    libraries,
    exceptions: exceptionsByRule(documents.Exception),
    changes: changesByTarget(documents.Overlay, report),
    incomplete,
  };
  const resolved = documents.Policy.map((document) => resolvePolicy(document, context, report));
  const live = inOrder(resolved.filter(({ document, mode }) => chosen.has(document) && mode !== 'off'));
  checkLimits(live, report);

  return {
    value: {
      normal: { version: 1, policies: live.map(normalPolicy) },
      manifest: manifestOf(live, bundle, sources),
      tests: resolveTests(documents.PolicyTest, policies, chosen, incomplete, report),
      policies: live,
    },
    diagnostics,
  };
}

function normalPolicy({ name, mode, tier, order, scope, defaults, rules }: ResolvedPolicy): NormalPolicy {
  return {
    name: name.value,
    mode: mode === 'observe' ? 'observe' : 'enforce',
    tier,
    order,
    scope,
    defaults,
    rules: rules.map((rule) => ({
      name: rule.name.value,
      kinds: rule.kinds,
      when: rule.when.expr,
      unless: rule.unless.map(({ name: key, expr }) => ({ name: key, when: expr })),
      action: rule.action.value,
      errno: errnoOf(rule.errno),
      continue: rule.continue,
    })),
  };
}

function checkLimits(policies: readonly ResolvedPolicy[], report: (diagnostic: Diagnostic) => void): void {
  const rules = policies.reduce((sum, policy) => sum + policy.rules.length, 0);
  for (const [sort, count, limit] of [
    ['policies', policies.length, LIMITS.policies.value],
    ['rules', rules, LIMITS.rules.value],
  ] as const) {
    if (count > limit) report(diagnose('L1306', `${count} ${sort}; a bundle has at most ${limit}`, null));
  }
}
