/** Calls that Lictor performs for a workload do what they do without it: same errnos, same tree, as root and as a user. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runSeed } from '../../generators/random.ts';
import { kernelTest } from '../../support/kernel.ts';
import { GUARD, inFolder, policy, runUnder } from '../workload.ts';

const PYTHON = '/usr/bin/python3';
const OPERATIONS = join(import.meta.dirname, 'operations.py');
const CALLS = 600;
const USERS = [0, 65534];
/** Every kind that changes files is asked, nothing is denied. */
const ASKING = `- {name: never, on: file, when: 'file.path = "/never"', action: deny}`;

const seed = runSeed();

/** Runs a Python script in an empty folder, bare and guarded: it has to print the same. */
const compare = (script: readonly string[], what: string): Promise<void> =>
  inFolder(async (folder) => {
    chmodSync(folder, 0o755);
    const tree = join(folder, 'tree');
    mkdirSync(tree);
    const bare = execFileSync(PYTHON, script, { cwd: tree, encoding: 'utf8', maxBuffer: 1e8 });
    execFileSync('rm', ['-rf', tree]);
    mkdirSync(tree);
    const { stdout, stderr, error } = await runUnder(folder, policy(ASKING), [PYTHON, ...script], { cwd: tree });
    assert.is(error, null);
    assert.is(stderr, '');
    assert.fixture(stdout, bare, what);
  });

const compareCalls = (uid: number, first: number): Promise<void> =>
  compare([OPERATIONS, String(first), String(CALLS), String(uid)], `seed ${first}, user ${uid}`);

for (const uid of USERS)
  kernelTest(`what programs rely on holds for user ${uid}`, GUARD, () =>
    compare([join(import.meta.dirname, 'behaviours.py'), String(uid)], `user ${uid}`),
  );

for (const [i, uid] of USERS.entries())
  kernelTest(`${CALLS} random calls of user ${uid} do the same bare and guarded, seed ${seed + i}`, GUARD, () =>
    compareCalls(uid, seed + i),
  );

/** Found by other seeds. */
const CASES: readonly (readonly [uid: number, seed: number])[] = [
  [0, 3],
  [0, 4],
  [65534, 4],
];
for (const [uid, first] of CASES)
  kernelTest(`the calls of seed ${first} as user ${uid} do the same bare and guarded`, GUARD, () =>
    compareCalls(uid, first),
  );

test.run();
