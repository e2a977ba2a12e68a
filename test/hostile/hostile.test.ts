/** Whatever is loaded and evaluated: never a trap, a hang, a step beyond the bound, a byte outside. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runSeed } from '../generators/random.ts';
import { Prober } from './probe.ts';
import { TABLES } from './tables.ts';
import { parseHostileCase, watched } from './watch.ts';

const PROGRAMS = 8_000;
const RECORDS = 16_000;
const CASES = join(import.meta.dirname, 'cases');

const test = suite('hostile');
const seed = runSeed();
console.log(`seed ${seed}`);

for (const file of readdirSync(CASES).filter((name) => name.endsWith('.json'))) {
  test(`case ${file}`, () => {
    const { program, records } = parseHostileCase(readFileSync(join(CASES, file), 'utf8'));
    new Prober().probe(program, records);
  });
}

test(`${PROGRAMS} programs of unknown origin`, async () => {
  const { inputs, codes, aimed } = await watched({ what: 'programs', seed, from: 0, count: PROGRAMS });
  console.log(`programs: ${JSON.stringify(codes)}`);
  assert.is(inputs, PROGRAMS);
  assert.ok((codes.runs ?? 0) > PROGRAMS / 100, 'some of them must run');
  for (const table of TABLES) assert.ok((aimed[table]?.inputs ?? 0) > 0, `no change of \`${table}\``);
});

test(`${RECORDS} records, facts and rings of unknown origin`, async () => {
  assert.is((await watched({ what: 'records', seed, from: 0, count: RECORDS })).inputs, RECORDS);
});

test.run();
