/** The same as races.test.ts, many times: `LICTOR_RACE_TRIES` tries of each row, 20,000 where it is not set. */
import { suite } from 'uvu';
import { RACES } from './races/index.ts';

const TRIES = Number(process.env['LICTOR_RACE_TRIES'] ?? 20_000);

const test = suite('races, long');

for (const [what, race] of RACES)
  test(`${what}, exchanged after the verdict: nothing denied is reached in ${TRIES} tries`, async () => {
    for (const line of await race(TRIES)) console.log(line);
  });

test.run();
