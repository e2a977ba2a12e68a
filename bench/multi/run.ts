/**
 * What rules cost that do not decide: `continue` rules, which are noted, and policies that only observe. The same rules and
 * events each time, once as they are and once so; ratios to the first.
 */
import { planAndEmit } from '../../compiler/backend.ts';
import type { NormalForm, NormalPolicy, NormalRule } from '../../vm/bundle/normal.ts';
import { createVm } from '../../vm/host/index.ts';
import { familyOf, type Family } from '../families/index.ts';
import { compare } from '../measure/agreement.ts';
import { encode, loadWithFacts } from '../measure/records.ts';
import { countSteps } from '../measure/steps.ts';
import { median, passOf, timed } from '../measure/time.ts';

const EVENTS = 20_000;
const ROUNDS = 11;
const COMPARE_SECONDS = 2;

export interface MultiRow {
  readonly what: string;
  readonly rules: number;
  readonly bound: number;
  readonly steps: number;
  /** Nanoseconds an event, the median round. */
  readonly ns: number;
}

const noted = (rule: NormalRule): NormalRule => ({ ...rule, action: 'audit', continue: true });

const withRules = (policy: NormalPolicy, change: (rule: NormalRule, i: number) => NormalRule): NormalPolicy => ({
  ...policy,
  rules: policy.rules.map(change),
});

const observed = (policy: NormalPolicy): NormalPolicy => ({ ...policy, name: 'observed', mode: 'observe' });

const VARIANTS: readonly { readonly what: string; make(policy: NormalPolicy): NormalPolicy[] }[] = [
  { what: 'as they are', make: (policy) => [policy] },
  { what: 'a tenth noted (`continue`)', make: (p) => [withRules(p, (rule, i) => (i % 10 === 7 ? noted(rule) : rule))] },
  { what: 'all noted', make: (policy) => [withRules(policy, noted)] },
  { what: 'all observed', make: (policy) => [observed(policy)] },
  { what: 'the same observed behind them', make: (policy) => [policy, observed(policy)] },
  { what: 'the same observed before them', make: (policy) => [observed(policy), policy] },
  { what: 'the same noted before them', make: (p) => [{ ...withRules(p, noted), name: 'noted' }, p] },
];

/** @param rules number of rules of family (a) */
export const benchMulti = (rules: number): MultiRow[] => {
  const family = familyOf('a-grid').make(rules, 1);
  return VARIANTS.map(({ what, make }) =>
    measure(what, family, { version: 1, policies: make(family.normal.policies[0]) }),
  );
};

const measure = (what: string, base: Family, normal: NormalForm): MultiRow => {
  const made = planAndEmit(normal, { allowSlow: true });
  if ('errors' in made) throw new Error(`BUG: no plan for ${what}`);
  const family = { ...base, normal };
  const asked = family.events(EVENTS);
  const records = encode(asked);
  const bundle = loadWithFacts(createVm(), made.program, family);
  compare(bundle, family, asked, COMPARE_SECONDS);
  const pass = passOf(bundle, records);
  return {
    what,
    rules: normal.policies.reduce((sum, policy) => sum + policy.rules.length, 0),
    bound: Math.max(...Object.values(made.cost)),
    steps: countSteps(made.program, family, records).mean,
    ns: median(Array.from({ length: ROUNDS }, () => timed(pass) / EVENTS)),
  };
};
