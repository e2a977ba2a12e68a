/** Random policies: imported they decide the same. Broken ones: findings with places, never an exception. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { stringify } from 'yaml';
import { batchSeed, Random, runSeed } from '../../generators/random.ts';
import { mutated } from '../mutate.ts';
import { findingsOf, sameWhenImported, sourcesOf, rounds } from '../support.ts';
import { randomPolicy } from './random.ts';

const seed = runSeed();
const POLICIES = rounds(20);
const BROKEN = 500;
const SKIP = { 'tetragon.unwatched': 'skip' };

test(`random policies decide the same when they are imported (seed ${seed})`, () => {
  for (let n = 0; n < POLICIES; n++) {
    const r = new Random(batchSeed(seed, n));
    const texts = Array.from({ length: r.between(1, 2) }, (_, i) => stringify(randomPolicy(r, `p${i}`)));
    try {
      sameWhenImported(sourcesOf(texts.join('---\n')), 'tetragon', r, { count: 25, foreign: SKIP });
    } catch (error) {
      throw new Error(`seed ${seed}, policy ${n}:\n${texts.join('---\n')}`, { cause: error });
    }
  }
});

test(`broken policies are judged, at places (seed ${seed})`, () => {
  for (let n = 0; n < BROKEN; n++) {
    const r = new Random(batchSeed(seed, POLICIES + n));
    const sources = sourcesOf(stringify(mutated(r, randomPolicy(r, 'p'))));
    try {
      for (const { code, span } of findingsOf(sources)) {
        assert.ok(span !== null && span.start <= span.end && span.end <= sources[0].text.length, code);
      }
    } catch (error) {
      throw new Error(`seed ${seed}, policy ${n}:\n${sources[0].text}`, { cause: error });
    }
  }
});

test.run();
