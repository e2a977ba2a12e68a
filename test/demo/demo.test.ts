/** `npm run demo`: what it shows, live and recorded, and that it leaves nothing behind. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kernelTest } from '../support/kernel.ts';

const root = join(import.meta.dirname, '..', '..');
const built = join(root, 'dist', 'demo.js');
const program = existsSync(built) ? [built] : ['--import', 'tsx', join(root, 'cli', 'demo', 'main.ts')];

/** @param user without rights: the demo as somebody who may not use the kernel */
const demo = (user?: number): { code: number | null; stdout: string; stderr: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, program, {
    cwd: root,
    encoding: 'utf8',
    timeout: 120_000,
    ...(user !== undefined && { uid: user, gid: user }),
  });
  return { code: status, stdout, stderr };
};

const leftovers = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('lictor-demo-'));

kernelTest(
  'live: every step of the attack is denied, then recorded',
  ['root', 'bpf', 'cgroup', 'fanotify', 'seccomp'],
  () => {
    const before = leftovers();
    const { code, stdout, stderr } = demo();
    assert.is(code, 0, stderr);
    assert.is(stdout.match(/✔ denied/g)?.length, 5);
    assert.is(stdout.match(/! worked {2}would deny/g)?.length, 5);
    for (const rule of ['no-shells', 'secrets', 'system-directory', 'only-the-backend', 'no-dropped-programs']) {
      assert.is(stdout.match(new RegExp(` ${rule} `, 'g'))?.length, 2, rule);
    }
    for (const line of stdout.split('\n')) assert.ok(line.length <= 80, `too long: ${line}`);
    assert.not.match(stdout, /\x1b/);
    assert.equal(leftovers(), before);
  },
);

test.run();
