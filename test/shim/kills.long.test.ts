/** The same as kills.test.ts, many times: `LICTOR_KILLS` deaths of Lictor, 200 where it is not set. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { batchSeed, Random, runSeed } from '../generators/random.ts';
import { DEATHS, LICTOR_KILLED } from './kills/deaths.ts';
import { buildStorm, storm, type Death, type Storm } from './kills/storm.ts';

const KILLS = Number(process.env.LICTOR_KILLS ?? 200);
const EACH_OTHER = Math.ceil(KILLS / 10);

const test = suite('kills, long');
const folder = mkdtempSync(join(tmpdir(), 'lictor-storm-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));
const seed = runSeed();
console.log(`seed ${seed}`);

/** A fifth of Lictor's deaths comes while it starts the workload, others find some workloads isolated. */
const moment = (random: Random, death: Death): Omit<Storm, 'death'> =>
  death === LICTOR_KILLED && random.chance(0.2)
    ? { after: random.below(1500), from: 'start' }
    : { after: random.below(400), from: 'storm', isolated: random.chance(0.25) };

for (const [i, [name, death]] of DEATHS.entries()) {
  const times = death === LICTOR_KILLED ? KILLS : EACH_OTHER;
  test(`${name}, ${times} times: nothing denied is reached, nothing is left behind`, async () => {
    const random = new Random(batchSeed(seed, i));
    const program = buildStorm(folder);
    const wrong: string[] = [];
    for (let n = 0; n < times; n++) {
      const when = moment(random, death);
      for (const problem of await storm(program, { death, ...when }))
        wrong.push(`${n}, ${when.after} ms after the ${when.from}: ${problem}`);
    }
    assert.equal(wrong, []);
  });
}

test.run();
