/** The same as hostile.test.ts, a million times. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runSeed } from '../generators/random.ts';
import { watched } from './watch.ts';

const INPUTS = Number(process.env.LICTOR_HOSTILE ?? 1_000_000);

const test = suite('hostile, long');
const seed = runSeed();
console.log(`seed ${seed}`);

for (const what of ['programs', 'records'] as const) {
  test(`${INPUTS} ${what} of unknown origin`, async () => {
    const { inputs, codes } = await watched({ what, seed, from: 0, count: INPUTS });
    console.log(`${what}: ${JSON.stringify(codes)}`);
    assert.is(inputs, INPUTS);
  });
}

test.run();
