/** Random rule sets: imported without a change of meaning, decided alike under both ways of matching, mutilated without an exception. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { batchSeed, Random, runSeed } from '../../generators/random.ts';
import { mutated } from '../mutate.ts';
import { bundleOf, decide, eventsFor, findingsOf, sameWhenImported, sourcesOf, rounds } from '../support.ts';
import { condition, ruleSet, type Item } from './generate.ts';
import { rule } from './support.ts';

const seed = runSeed();
const ALL = { 'falco.rule-matching': 'all' };
const sourceOf = (items: readonly Item[]): ReturnType<typeof sourcesOf> => sourcesOf(JSON.stringify(items, null, 1));
/** Whether a rule set makes a policy: one of which nothing can match does not. */
const compiles = (sources: ReturnType<typeof sourcesOf>): boolean => {
  const findings = findingsOf(sources);
  const errors = findings.filter(({ severity }) => severity === 'error');
  assert.equal(errors, [], sources[0].text);
  return true;
};

test('an imported rule set decides the same', () => {
  console.log(`seed ${seed}`);
  for (let index = 0; index < rounds(20); index++) {
    const r = new Random(batchSeed(seed, index));
    const sources = sourceOf(ruleSet(r));
    if (compiles(sources)) sameWhenImported(sources, 'falco', r, { count: 30, foreign: r.chance(0.5) ? ALL : {} });
  }
});

test('the rule that decides is the first of those that match', () => {
  for (let index = 0; index < rounds(15); index++) {
    const r = new Random(batchSeed(seed, 1000 + index));
    const sources = sourceOf(ruleSet(r));
    const [first, all] = [bundleOf(sources), bundleOf(sources, ALL)];
    const events = eventsFor(first, r, 40);
    const names = decide(all, events).map(({ actual }) => all.manifest.rules[actual.matches[0]]?.name);
    const decided = decide(first, events).map(({ actual }) => first.manifest.rules[actual.rule]?.name);
    assert.equal(decided, names, `batch ${index} of seed ${seed}: ${sources[0].text}`);
  }
});

test('nothing that is written throws, and every finding has a place', () => {
  const judge = (text: string): void => {
    for (const { code, span } of findingsOf(sourcesOf(text)))
      assert.ok(span !== null && span.start <= span.end && span.end <= text.length, `${code} in ${text}`);
  };
  for (let index = 0; index < rounds(50); index++) {
    const r = new Random(batchSeed(seed, 2000 + index));
    judge(JSON.stringify(mutated(r, ruleSet(r), 0.03)));
    const whole = condition(r);
    const at = r.below(whole.length);
    judge(
      rule(
        'r',
        whole.slice(0, at) +
          r.pick(['', ')', '(', '"', "'", ' ', ' and ', ' in ', '[', '=', '\\', 'é', '\u0000']) +
          whole.slice(at + r.below(3)),
      ),
    );
  }
});

test.run();
