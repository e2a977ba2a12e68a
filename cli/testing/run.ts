/** Runs policy tests: each policy on its own, each case through the reference and the virtual machine. */
import { planAndEmit } from '../../compiler/backend.ts';
import type { Compiled, PolicyTest, PolicyTestCase } from '../../compiler/index.ts';
import type { Span } from '../../compiler/diagnostics/diagnostic.ts';
import { parseEventLine } from '../../vm/event/index.ts';
import { verdictRecord } from '../../vm/host/verdict-record.ts';
import { Difference, engine, type Engine } from '../engines.ts';
import { isolate, type Isolated } from './isolate.ts';
import { mismatches, type Mismatch } from './expectation.ts';

export interface CaseResult {
  /** Name of the PolicyTest, else of its policy. */
  readonly suite: string;
  readonly policy: string;
  readonly name: string;
  readonly span: Span;
  /** Empty: passed. */
  readonly mismatches: readonly Mismatch[];
  /** Why there is no verdict to compare: the event is malformed, the policy is off. */
  readonly error: string | null;
}

export interface RuleCoverage {
  readonly policy: string;
  readonly rules: number;
  /** Names of rules that no case hits, in their order. */
  readonly missed: readonly string[];
}

export interface TestRun {
  readonly cases: readonly CaseResult[];
  readonly coverage: readonly RuleCoverage[];
}

export const passed = (result: CaseResult): boolean => result.error === null && result.mismatches.length === 0;

/** A policy ready to decide, and the rules that cases hit: deciding or noted, actual or as-if. */
interface Prepared extends Isolated {
  readonly decide: Engine;
  readonly hit: Set<number>;
}

/** @param compiled the policies with their tests @returns cases in the order of the documents, policies in order of decision */
export function runTests(compiled: Compiled): TestRun {
  const prepared = new Map<string, Prepared | null>();
  const prepare = (policy: string): Prepared | null => {
    const found = prepared.get(policy);
    if (found !== undefined) return found;
    const alone = isolate(compiled, policy);
    const made = alone && prepareAlone(alone);
    prepared.set(policy, made);
    return made;
  };
  const cases = compiled.tests.flatMap((test) => test.cases.map((one) => runCase(test, one, prepare(test.policy))));
  const coverage = compiled.manifest.policies.map(({ name }, number): RuleCoverage => {
    const rules = compiled.manifest.rules.filter((rule) => rule.policy === number);
    const hit = prepared.get(name)?.hit ?? new Set();
    return { policy: name, rules: rules.length, missed: rules.filter((_, i) => !hit.has(i)).map((rule) => rule.name) };
  });
  return { cases, coverage };
}

/** A policy that no program within the budget exists for is tested all the same, by the reference alone: `build` says so. */
function prepareAlone(alone: Isolated): Prepared {
  const made = planAndEmit(alone.normal, { allowSlow: true });
  const decide =
    'errors' in made
      ? engine('reference', { normal: alone.normal, program: new Uint8Array() })
      : engine('both', { normal: alone.normal, program: made.program });
  return { ...alone, decide, hit: new Set() };
}

function runCase(test: PolicyTest, one: PolicyTestCase, prepared: Prepared | null): CaseResult {
  const result = { suite: test.name ?? test.policy, policy: test.policy, name: one.name, span: one.span };
  const failed = (error: string): CaseResult => ({ ...result, mismatches: [], error });
  if (!prepared) return failed(`the policy \`${test.policy}\` is off`);
  const parsed = parseEventLine(JSON.stringify(one.event));
  if ('error' in parsed) return failed(`the event is malformed: ${parsed.error}`);
  try {
    const [decision] = prepared.decide([parsed.event]);
    for (const plane of [decision.actual, decision.asIf]) {
      for (const rule of [plane.rule, ...plane.matches]) prepared.hit.add(rule);
    }
    const record = verdictRecord(prepared.manifest, decision, parsed.event);
    return { ...result, mismatches: mismatches(one.expect, record), error: null };
  } catch (error) {
    if (error instanceof Difference) return failed(error.message);
    throw error;
  }
}

/** @returns the part of rules that cases hit, 0 to 100; 100 where there are no rules */
export function percentage(coverage: readonly RuleCoverage[]): number {
  const rules = coverage.reduce((sum, policy) => sum + policy.rules, 0);
  const missed = coverage.reduce((sum, policy) => sum + policy.missed.length, 0);
  return rules === 0 ? 100 : ((rules - missed) / rules) * 100;
}
