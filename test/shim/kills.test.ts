import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Random, runSeed } from '../generators/random.ts';
import { kernelTest } from '../support/kernel.ts';
import { DEATHS, LICTOR_KILLED } from './kills/deaths.ts';
import { buildStorm, storm } from './kills/storm.ts';
import { GUARD } from './workload.ts';

const folder = mkdtempSync(join(tmpdir(), 'lictor-storm-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));
const seed = runSeed();
console.log(`seed ${seed}`);
const random = new Random(seed);

for (const [name, death] of DEATHS)
  kernelTest(`${name} in a storm: nothing denied is reached, nothing is left behind`, GUARD, async () => {
    assert.equal(await storm(buildStorm(folder), { death, after: random.below(300), from: 'storm' }), []);
  });

kernelTest('Lictor is killed while it starts a workload: nothing is left behind', GUARD, async () => {
  const after = random.below(1500);
  assert.equal(await storm(buildStorm(folder), { death: LICTOR_KILLED, after, from: 'start' }), []);
});

kernelTest('an isolated workload stays isolated when Lictor dies', GUARD, async () => {
  const after = 100 + random.below(200);
  assert.equal(await storm(buildStorm(folder), { death: LICTOR_KILLED, after, from: 'storm', isolated: true }), []);
});

test.run();
