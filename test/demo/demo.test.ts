/** `npm run demo`: what it shows, live and recorded, and that it leaves nothing behind. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { recorded } from '../../cli/demo/recorded.ts';
import { processIo } from '../../cli/output/io.ts';
import { kernelTest } from '../support/kernel.ts';

const root = join(import.meta.dirname, '..', '..');
const built = join(root, 'dist', 'demo.js');
const program = existsSync(built) ? [built] : ['--import', 'tsx', join(root, 'cli', 'demo', 'main.ts')];

const demo = (): { code: number | null; stdout: string; stderr: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, program, {
    cwd: root,
    encoding: 'utf8',
    timeout: 120_000,
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

test('where the kernel cannot be used: the recorded trace, decided by the rule library', async () => {
  let text = '';
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  const { out, ...io } = processIo('never');
  await recorded({ ...io, out: { ...out, stream, write: async (more) => void (text += more) } });
  for (const rule of [
    'password-hashes',
    'programs-and-libraries',
    'metadata-service',
    'miner-by-name',
    'shell-of-a-server',
  ]) {
    assert.match(text, rule);
  }
  assert.match(text, /2,048 events decided in [\d.]+ m?s, 10 would have been denied\./);
  for (const line of text.split('\n')) assert.ok(line.length <= 80, `too long: ${line}`);
});

test.run();
