/** Documents to the normal form and the manifest: names resolved, conditions typed, policies in the order of decision. */
import { diagnose } from '../diagnostics/index.ts';
import type { Diagnostic, Source, Staged } from '../diagnostics/diagnostic.ts';
import type { Documents } from '../document/documents.ts';
import { LIMITS } from '../../vm/spec/limits.ts';
import type { Manifest } from '../../vm/bundle/manifest.ts';
import type { NormalForm, NormalPolicy } from '../../vm/bundle/normal.ts';
import type { BundleDocument, LibraryDocument } from '../schema/documents.ts';
import type { Report } from '../schema/read.ts';
import { changesByTarget, checkExpiry, exceptionsByRule, type ExpiryOptions } from './exceptions.ts';
import { KeptPolicies } from './kept.ts';
import { resolveLibraries } from './library.ts';
import { manifestOf } from './manifest.ts';
import { onceFor } from './once.ts';
import { checkRuleName, inOrder, resolvePolicy, type PolicyContext, type ResolvedPolicy } from './policy.ts';
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

/**
 * The value is meaningful only where no diagnostic is an error.
 * @param kept what earlier builds came to
 */
export function resolve(
  documents: Documents,
  sources: readonly Source[],
  options: ResolveOptions,
  kept = new KeptPolicies(),
): Staged<Resolved> {
  const diagnostics: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic): void => void diagnostics.push(diagnostic);
  const { incomplete } = documents;

  const { bundle, policies, chosen, libraries } = select(documents, report);
  const { Exception: exceptions, Overlay: overlays } = documents;
  const set = options.set ?? {};
  const context = kept.context(
    [incomplete, JSON.stringify(set), bundle, ...libraries, ...exceptions, ...overlays],
    (found) => contextOf(libraries, bundle, set, documents, found),
    report,
  );

  for (const exception of exceptions) checkExpiry(exception, options, report);
  for (const { spec } of [...exceptions, ...overlays]) {
    const { policy: name, rule } = spec.target;
    const policy = policies.find(name, 'L1202', incomplete, report);
    if (policy !== undefined && rule !== undefined) checkRuleName(policy, rule, incomplete, report);
  }
  const resolved = documents.Policy.map((document) =>
    kept.policy(document, (found) => resolvePolicy(document, context, found), report),
  );
  const live = inOrder(resolved.filter(({ document, mode }) => chosen.has(document) && mode !== 'off'));
  checkLimits(live, report);

  return {
    value: {
      normal: { version: 1, policies: live.map(normalOf) },
      manifest: manifestOf(live, bundle, sources),
      tests: resolveTests(documents.PolicyTest, policies, chosen, incomplete, report),
      policies: live,
    },
    diagnostics,
  };
}

function contextOf(
  chosen: readonly LibraryDocument[],
  bundle: BundleDocument | undefined,
  set: Readonly<Record<string, string>>,
  { Exception, Overlay, incomplete }: Documents,
  report: Report,
): PolicyContext {
  const libraries = resolveLibraries(chosen, bundle, set, incomplete, report);
  for (const [name, body] of libraries.rules) judgeRule(resolveRule(name, body, [], libraries, report), report);
  return { libraries, exceptions: exceptionsByRule(Exception), changes: changesByTarget(Overlay, report), incomplete };
}

/** The same object for the same policy: what follows from it can be kept with it. */
const normalOf = onceFor(normalPolicy);

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
