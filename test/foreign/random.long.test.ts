/** The random tests of all frontends with twenty times as many documents. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SYSTEM_NAMES } from '../../compiler/foreign/system.ts';

const ROUNDS = '20';
const root = join(import.meta.dirname, '..', '..');
const test = suite('foreign, long');

for (const system of SYSTEM_NAMES) {
  test(system, () => {
    const files = ['random', 'judge'].map((name) => `foreign/${system}/${name}`);
    const { status, stdout } = spawnSync(process.execPath, ['tools/test.mjs', ...files], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, LICTOR_ROUNDS: ROUNDS },
    });
    console.log(stdout);
    assert.is(status, 0);
  });
}

test.run();
