/** The same as differential.test.ts, five million times. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runSeed } from '../generators/random.ts';
import { printCase } from './case.ts';
import { run } from './run.ts';

const PAIRS = Number(process.env.LICTOR_PAIRS ?? 5_000_000);

const test = suite('differential, long');

test(`${PAIRS} random pairs of bundle and event`, () => {
  const seed = runSeed();
  console.log(`seed ${seed}`);
  const { failure, pairs, bundles, refused } = run(seed, PAIRS);
  console.log(`${pairs} pairs over ${bundles} bundles, ${refused} without a plan`);
  const shown = failure?.smallest ? printCase(failure.smallest) : '';
  assert.is(failure, null, `batch ${failure?.batch}: ${failure?.what}\n${shown}`);
});

test.run();
