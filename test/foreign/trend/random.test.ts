/** Random rulesets: decided as Trend says, imported without a change of meaning, and mutilated without an exception. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { batchSeed, Random, runSeed } from '../../generators/random.ts';
import { mutated } from '../mutate.ts';
import { bundleOf, decide, eventOf, findingsOf, sameWhenImported, sourcesOf, withNames, rounds } from '../support.ts';
import { LIBRARY } from './library.ts';

const seed = runSeed();
const NAMES = ['one', 'two', 'three', 'four'];
/** Programs that the rules of the library are about. */
const ABOUT: Readonly<Record<string, readonly string[]>> = {
  'TM-00000001': ['one'],
  'TM-00000002': ['one', 'two'],
  'TM-00000003': ['one', 'three'],
};

interface Ruleset {
  readonly name: string;
  readonly labels: readonly { readonly key: string; readonly value: string }[];
  readonly rules: readonly { readonly ruleID: string; readonly mitigation?: string; readonly enabled?: boolean }[];
}

const randomRulesets = (r: Random): Ruleset[] =>
  Array.from({ length: 1 + r.below(3) }, (_, n) => ({
    name: `set.${n}`,
    labels: r.list(r.pick([0, 0, 1, 2]), () => ({ key: r.pick(['app', 'tier']), value: r.pick(['a', 'b']) })),
    rules: Object.keys(ABOUT)
      .filter(() => r.chance(0.6))
      .map((ruleID) => ({
        ruleID,
        ...(r.chance(0.9) && { mitigation: r.pick(['log', 'isolate', 'terminate']) }),
        ...(r.chance(0.2) && { enabled: r.chance(0.3) }),
      })),
  })).filter(({ rules }) => rules.length > 0);

/** The strictest mitigation of what matches, and everything that is logged where there is none. */
function byModel(rulesets: readonly Ruleset[], name: string, labels: Readonly<Record<string, string>>): unknown {
  const matching = rulesets
    .filter((ruleset) =>
      ruleset.labels.every(({ key }) => ruleset.labels.some((one) => one.key === key && one.value === labels[key])),
    )
    .flatMap(({ rules }) => rules.filter((rule) => rule.enabled !== false && ABOUT[rule.ruleID].includes(name)));
  const does = (mitigation: string): boolean => matching.some((rule) => rule.mitigation === mitigation);
  if (does('terminate')) return 'stop';
  return does('isolate') ? 'isolate' : matching.map(({ ruleID }) => ruleID);
}

test('rulesets decide what Trend says', () => {
  console.log(`seed ${seed}`);
  for (let index = 0; index < rounds(15); index++) {
    const r = new Random(batchSeed(seed, index));
    const rulesets = randomRulesets(r);
    if (rulesets.length === 0) continue;
    const bundle = bundleOf(sourcesOf(LIBRARY, JSON.stringify(rulesets)));
    const asked = r.list(20, () => ({
      name: r.pick(NAMES),
      labels: { app: r.pick(['a', 'b', 'c']), tier: r.pick(['a', 'b']) },
    }));
    const events = asked.map(({ name, labels }) =>
      eventOf({
        kind: 'exec',
        proc: { path: `/${name}` },
        container: { id: 'c', name: 'n' },
        k8s: { pod: 'p', labels },
      }),
    );
    decide(bundle, events).forEach((decision, n) => {
      const { actual } = withNames(bundle, decision) as { actual: { action: string; matches: string[] } };
      const found = actual.action === 'allow' ? actual.matches : actual.action;
      const { name, labels } = asked[n];
      assert.equal(
        found,
        byModel(rulesets, name, labels),
        `batch ${index} of seed ${seed}: ${JSON.stringify(rulesets)}`,
      );
    });
  }
});

test('imported rulesets decide the same', () => {
  for (let index = 0; index < rounds(10); index++) {
    const r = new Random(batchSeed(seed, 1000 + index));
    const rulesets = randomRulesets(r);
    if (rulesets.length === 0) continue;
    const foreign = { 'trend.platform': r.pick(['kubernetes', 'ecs']) };
    sameWhenImported(sourcesOf(JSON.stringify(rulesets)), 'trend', r, {
      foreign,
      count: 30,
      beside: sourcesOf(LIBRARY),
    });
  }
});

test('nothing that is written throws, and every finding has a place', () => {
  const resource = (kind: string, spec: unknown): object => ({
    apiVersion: 'container-security.trendmicro.com/v1alpha1',
    kind,
    metadata: { name: 'n' },
    spec,
  });
  for (let index = 0; index < rounds(50); index++) {
    const r = new Random(batchSeed(seed, 2000 + index));
    const rulesets = randomRulesets(r);
    const whole = r.pick([
      rulesets,
      resource('RuntimeRuleset', { definition: rulesets[0] }),
      resource('ClusterPolicy', { xdrEnabled: true, rules: [{ type: 'hostIPC', action: 'log' }], exceptions: [{}] }),
      { name: 'p', runtime: { rulesets: [{ id: 'a-1' }, 'b'] }, default: { rules: [{ type: 'x' }] }, namespaced: [] },
      {
        visionOne: { exclusion: { namespaces: ['a'] } },
        scout: { falco: { sanitizer_output: { patterns: { a: 'b' } } } },
      },
    ]);
    const text = JSON.stringify(mutated(r, whole));
    for (const { code, span } of findingsOf(sourcesOf(text, LIBRARY))) {
      assert.ok(span !== null && span.end <= Math.max(text.length, LIBRARY.length), `${code} in ${text}`);
    }
  }
});

test.run();
