/** Somebody exchanges what an operation is about after the verdict: nothing that is denied is reached. */
import { test } from 'uvu';
import { kernelTest } from '../support/kernel.ts';
import { RACES } from './races/index.ts';
import { GUARD } from './workload.ts';

for (const [what, race, few] of RACES)
  kernelTest(`${what}, exchanged after the verdict: nothing denied is reached in ${few} tries`, GUARD, async () => {
    await race(few);
  });

test.run();
