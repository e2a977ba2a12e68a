/** The random tests of all frontends, and of the export, with twenty times as many documents. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SYSTEM_NAMES } from '../../compiler/foreign/system.ts';

const ROUNDS = '20';
const root = join(import.meta.dirname, '..', '..');
const test = suite('foreign, long');

const FILES = [...SYSTEM_NAMES.map((name) => [`foreign/${name}/random`, `foreign/${name}/judge`]), ['foreign/export']];

for (const parts of FILES) {
  test(parts[0], () => {
    const { status, stdout } = spawnSync(process.execPath, ['tools/test.mjs', ...parts], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, LICTOR_ROUNDS: ROUNDS },
    });
    console.log(stdout);
    assert.is(status, 0);
  });
}

test.run();
