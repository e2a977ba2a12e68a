/** accept(2) is decided before the workload has the connection, and does all else as without a guard. */
import { spawnSync } from 'node:child_process';
import { chmodSync, closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import koffi from 'koffi';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ERRNO } from '../../shim/kernel/kernel.ts';
import { linuxSockets } from '../../shim/kernel/sockets.ts';
import { kernelTest } from '../support/kernel.ts';
import { appears, GUARD, inFolder, policy, runUnder } from './workload.ts';

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

const libc = koffi.load('libc.so.6');
const socket = libc.func('int socket(int family, int type, int protocol)');
const listen = libc.func('int listen(int fd, int backlog)');

/** A socket of TCP that listens somewhere, and blocks. @returns its descriptor */
const listener = (): number => {
  const fd: number = socket(2, 1, 0);
  assert.is(listen(fd, 64), 0);
  return fd;
};

test('a connection that is not there is not waited for', () => {
  const fd = listener();
  assert.is(linuxSockets().accept(fd, { bytes: new Uint8Array(128), length: 0 }, 0), -ERRNO.EINTR);
  closeSync(fd);
});

/** Accepts from its standard input in many threads. */
const THIEF = `
import os, socket, sys, threading, time
made = socket.socket(fileno=0)
got = []
def take():
    while True:
        got.append(made.accept())
for _ in range(8):
    threading.Thread(target=take, daemon=True).start()
`;
const CLIENT = `
made_so_far = 0
while made_so_far < 400 or not os.path.exists("got"):
    socket.create_connection(made.getsockname()).close()
    made_so_far += 1
open("done", "w").close()
`;
/** Each look is an open that is asked about. On a busy machine the others take hundreds before the guarded one has its first. */
const LOOK = `
open("started", "w").close()
while True:
    if got:
        open("got", "w").close()
    try:
        open("done").close()
        break
    except FileNotFoundError:
        time.sleep(0.01)
print("done", len(got) > 0)
sys.stdout.flush()
os._exit(0)
`;

kernelTest('a socket that somebody outside accepts from as well holds nobody up', GUARD, () =>
  inFolder(async (folder) => {
    const fd = listener();
    const rules = `
- {name: never, on: net.accept, when: 'net.remote_port = 0', action: deny}
- {name: nothing, on: file.read, when: 'file.name = "nothing"', action: deny}`;
    const out = openSync(join(folder, 'out'), 'w');
    const running = runUnder(folder, policy(rules), ['/usr/bin/python3', '-c', THIEF + LOOK], {
      stdio: [fd, out, out],
    });
    await appears(join(folder, 'started'));
    const outside = spawnSync('/usr/bin/python3', ['-c', THIEF + CLIENT], {
      cwd: folder,
      stdio: [fd, 'ignore', 'inherit'],
    });
    assert.is(outside.status, 0);
    assert.is((await running).exitCode, 0);
    assert.is(readFileSync(join(folder, 'out'), 'utf8'), 'done True\n');
    [fd, out].forEach((one) => closeSync(one));
  }),
);

test.run();
