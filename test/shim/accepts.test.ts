/** accept(2) is decided before the workload has the connection, and does all else as without a guard. */
import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kernelTest } from '../support/kernel.ts';
import { GUARD, inFolder, policy, runUnder } from './workload.ts';

const SCRIPT = join(import.meta.dirname, 'accepts.py');

/** Ports that only one run uses. */
let next = 31_000 + (process.pid % 80) * 20;
const ports = (): number => (next += 10);

/** A guarded run and a bare one differ in these lines alone. */
const DENIALS = /^denied/;

for (const [name, user] of [
  ['root', undefined],
  ['another user', '65534:65534'],
] as const)
  kernelTest(`accept behaves as without a guard, but for what is denied, as ${name}`, GUARD, () =>
    inFolder(async (folder) => {
      chmodSync(folder, 0o777);
      const port = ports();
      const rules = `- {name: no-accept, on: net.accept, when: 'net.local_port = ${port} and net.remote_ip = "127.0.0.1" and net.protocol = "tcp"', action: deny, errno: ECONNABORTED}`;
      const { stdout, stderr, error, all } = await runUnder(
        folder,
        policy(rules),
        ['/usr/bin/python3', '-c', readFileSync(SCRIPT, 'utf8'), String(port)],
        { user },
      );
      assert.is(error, null);
      assert.is(stderr, '');
      rmSync(join(folder, 'free'));
      const bare = spawnSync('/usr/bin/python3', [SCRIPT, String(ports())], { cwd: folder, encoding: 'utf8' });
      const rest = (text: string): readonly string[] =>
        text
          .trim()
          .split('\n')
          .filter((line) => !DENIALS.test(line));
      assert.equal(rest(stdout), rest(bare.stdout));
      assert.equal(
        stdout.split('\n').filter((line) => DENIALS.test(line)),
        ['denied ECONNABORTED True', 'denied after a while ECONNABORTED'],
      );
      assert.equal(
        all.map(({ rule, degraded }) => [rule, degraded]),
        [
          ['no-accept', null],
          ['no-accept', null],
        ],
      );
    }),
  );

test.run();
