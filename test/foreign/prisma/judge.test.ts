/** Random runtime policies: what is built decides as the model does, and what is imported decides as what is built. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { batchSeed, Random, runSeed } from '../../generators/random.ts';
import { bundleOf, decide, eventOf, sameWhenImported, sourcesOf, rounds } from '../support.ts';
import { judge } from './judge.ts';
import { documentsOf, randomEstate, randomHappening } from './random.ts';

const ESTATES = rounds(15);
const EVENTS = 60;
const IMPORTED = 15;

const seed = runSeed();

test(`decisions are those of the model (seed ${seed})`, () => {
  const seen = new Map<string, number>();
  for (let n = 0; n < ESTATES; n++) {
    const r = new Random(batchSeed(seed, n));
    const estate = randomEstate(r);
    const better = r.chance(0.3);
    const documents = documentsOf(estate);
    const bundle = bundleOf(
      sourcesOf(...documents.map((one) => JSON.stringify(one))),
      better ? { 'prisma.better': 'on' } : {},
    );
    const happenings = Array.from({ length: EVENTS }, () => randomHappening(r));
    const decisions = decide(bundle, happenings.map(eventOf));
    happenings.forEach((event, at) => {
      const wanted = judge(estate, event, better);
      const { action, rule } = decisions[at].actual;
      seen.set(wanted, (seen.get(wanted) ?? 0) + 1);
      const { rules, policies } = bundle.manifest;
      const by = `${policies[decisions[at].actual.policy]?.name} ${rules[rule]?.name}`;
      if (action !== wanted) {
        assert.unreachable(
          `estate ${n}: ${action} by ${by}, wanted ${wanted} for ${JSON.stringify(event)}\n${documents.map((one) => JSON.stringify(one)).join('\n')}`,
        );
      }
    });
  }
  assert.equal([...seen.keys()].sort(), ['allow', 'audit', 'deny', 'stop']);
});

test(`what is imported decides the same (seed ${seed})`, () => {
  for (let n = 0; n < IMPORTED; n++) {
    const r = new Random(batchSeed(seed, ESTATES + n));
    const documents = documentsOf(randomEstate(r));
    sameWhenImported(sourcesOf(...documents.map((one) => JSON.stringify(one))), 'prisma', r, { count: 20 });
  }
});

test.run();
