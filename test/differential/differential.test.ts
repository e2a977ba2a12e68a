/** The VM means what the reference means: every case that ever failed, then random pairs. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createVm } from '../../vm/host/index.ts';
import { runSeed } from '../generators/random.ts';
import { parseCase, printCase } from './case.ts';
import { failureOf, run } from './run.ts';

const PAIRS = Number(process.env.LICTOR_PAIRS ?? 80_000);
const CASES = join(import.meta.dirname, 'cases');

const test = suite('differential');

for (const file of readdirSync(CASES).filter((name) => name.endsWith('.json'))) {
  test(`case ${file}`, () => {
    assert.is(failureOf(createVm(), parseCase(readFileSync(join(CASES, file), 'utf8'))), null);
  });
}

test(`${PAIRS} random pairs of bundle and event`, () => {
  const seed = runSeed();
  console.log(`seed ${seed}`);
  const outcome = run(seed, PAIRS);
  if (outcome.failure !== null) {
    const { batch, what, smallest } = outcome.failure;
    const about = `seed ${seed}, batch ${batch}: ${what}`;
    assert.unreachable(
      smallest === null
        ? `${about}\nonly in its batch`
        : `${about}\nkeep it in test/differential/cases:\n${printCase(smallest)}`,
    );
  }
  const { pairs, bundles, refused } = outcome;
  console.log(`${pairs} pairs over ${bundles} bundles, ${refused} without a plan`);
  assert.ok(refused * 20 < bundles, 'a planner that refuses much hides much');
});

test.run();
