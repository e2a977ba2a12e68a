/** Rules about what a program is started with: its standard streams, its file, its process group. */
import { chmodSync, chownSync, copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kernelTest } from '../support/kernel.ts';
import { GUARD, inFolder, policy, runUnder, summary } from './workload.ts';

/** What a reverse shell does: a connection becomes input and output of a shell. */
const REVERSE = `
import os, socket, subprocess, sys
server = socket.create_server(('127.0.0.1', 0))
near = socket.create_connection(server.getsockname())
far, _ = server.accept()
far.sendall(b'echo reached; exit\\n')
try: subprocess.run(['/bin/bash', '-i'], stdin=near, stdout=near, stderr=near)
except PermissionError: print('refused')
near.shutdown(socket.SHUT_WR)
print(b'reached' in far.makefile('rb').read())
print(subprocess.run(['/bin/bash', '-c', 'echo on; exit 3'], stdin=subprocess.DEVNULL).returncode)
os.dup2(near.fileno(), 0, inheritable=False)
print(subprocess.run(['/bin/bash', '-c', 'exit 0']).returncode)
`;

kernelTest('a shell whose input is a connection is refused before it runs, one with another input is not', GUARD, () =>
  inFolder(async (folder) => {
    const rules = `- {name: reverse, on: exec, when: 'proc.name == "bash" and proc.stdin_type in ("ipv4", "ipv6")', action: deny}`;
    const { stdout, stderr, all, notices } = await runUnder(folder, policy(rules), [
      '/usr/bin/python3',
      '-Sc',
      REVERSE,
    ]);
    assert.is(stderr, '');
    assert.equal(stdout.trim().split('\n').sort(), ['0', '3', 'False', 'on', 'refused']);
    assert.equal(summary(all), ['deny reverse /usr/bin/bash']);
    assert.equal(notices, []);
  }),
);

kernelTest('what a stream referred to at the start is known later, also of a child that only forked', GUARD, () =>
  inFolder(async (folder) => {
    const rules = `- {name: piped, on: file.read, when: 'proc.stdin_type == "pipe" and file.name == "data"', action: deny}`;
    const read = `python3 -Sc "
import os
os.dup2(os.open('/dev/null', os.O_RDONLY), 0)
if os.fork(): os.wait()
try: open('data')
except OSError as e: print(e.errno)
"`;
    const { stdout } = await runUnder(folder, policy(rules), ['sh', '-c', `touch data; ${read}; true | ${read}`]);
    assert.is(stdout, '1\n1\n');
  }),
);

kernelTest("a program is told apart by its file's owner and mode", GUARD, () =>
  inFolder(async (folder) => {
    const rules = [
      `- {name: owner-only, on: exec, when: 'proc.file_owner_uid != proc.uid and proc.path startswith "${folder}"', action: deny}`,
      `- {name: no-setuid, on: exec, when: 'proc.file_mode == 2541 and proc.path startswith "${folder}"', action: deny}`,
    ].join('\n');
    for (const [name, owner, mode] of [
      ['own', 0, 0o755],
      ['other', 1000, 0o755],
      ['setuid', 0, 0o4755],
    ] as const) {
      copyFileSync('/bin/true', join(folder, name));
      chownSync(join(folder, name), owner, 0);
      chmodSync(join(folder, name), mode);
    }
    const script = 'for name in own other setuid; do ./$name && echo $name; done; true';
    const { stdout, all } = await runUnder(folder, policy(rules), ['sh', '-c', script]);
    assert.is(stdout, 'own\n');
    assert.equal(summary(all), [`deny owner-only ${folder}/other`, `deny no-setuid ${folder}/setuid`]);
  }),
);

kernelTest('who leads a process group is seen when it asks, and a child that forked does not', GUARD, () =>
  inFolder(async (folder) => {
    const rules = `- {name: leader, on: file.read, when: 'proc.group_leader and file.name == "data"', action: deny}`;
    const script = `
import os, sys
open('data', 'w').close()
def tried():
    try: open('data'); return 0
    except OSError as error: return error.errno
def child(lead):
    if pid := os.fork(): return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if lead: os.setpgid(0, 0)
    os._exit(tried())
print(child(False), child(True))
`;
    const { stdout } = await runUnder(folder, policy(rules), ['/usr/bin/python3', '-Sc', script]);
    assert.is(stdout, '0 1\n');
  }),
);

kernelTest('an environment is decided before the program runs, however it is given, and known later', GUARD, () =>
  inFolder(async (folder) => {
    const rules = [
      `- {name: preload, on: exec, when: 'any(proc.env, startswith "LD_PRELOAD=")', action: deny}`,
      `- {name: long, on: exec, when: 'event.truncated has "proc.env"', action: audit}`,
      `- {name: marked, on: file.read, when: 'proc.env has "MARK=1" and file.name == "data"', action: deny}`,
    ].join('\n');
    writeFileSync(join(folder, 'script'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
    const script = `
import os, subprocess
open('data', 'w').close()
def ran(args, env):
    try: return subprocess.run(args, env=env, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
    except OSError as error: return -error.errno
print(ran(['/bin/true'], {}), ran(['/bin/true'], {'A': '1', 'LD_PRELOAD': 'x'}), ran(['./script'], {'LD_PRELOAD': 'x'}),
      ran(['./script'], {'B': '2'}), ran(['/bin/true'], {'LONG': 'x' * 100000}), ran(['/bin/true'], {str(n): '' for n in range(3000)}),
      ran(['/bin/cat', 'data'], {}), ran(['/bin/cat', 'data'], {'MARK': '1'}), ran(['/bin/sh', '-c', ': < data; exit $?'], {'MARK': '1'}))
`;
    const { stdout, all, notices } = await runUnder(folder, policy(rules), ['/usr/bin/python3', '-Sc', script]);
    assert.is(stdout, '0 -1 -1 0 0 0 0 1 2\n');
    assert.equal(notices, []);
    assert.equal(
      all.map(({ rule }) => rule),
      ['preload', 'preload', 'long', 'long', 'marked', 'marked'],
    );
    assert.equal((all[0].event as { proc: { env: unknown } }).proc.env, ['A=1', 'LD_PRELOAD=x']);
  }),
);

kernelTest('an old process may not do what a young one may', GUARD, () =>
  inFolder(async (folder) => {
    const rules = `- {name: old, on: [file.read, exec], when: 'proc.age >= 3000000000 and (file.name == "data" or proc.name == "true")', action: deny}`;
    const script = `
import os, time
open('data', 'w').close()
def tried(what):
    try: what(); return 0
    except OSError as error: return error.errno
read = lambda: open('data').close()
time.sleep(3.1)
young = os.fork()
if young == 0: os._exit(tried(read))
print(os.waitstatus_to_exitcode(os.waitpid(young, 0)[1]), end=' ')
print(tried(read), tried(lambda: os.execv('/bin/true', ['true'])), os.spawnv(os.P_WAIT, '/bin/true', ['true']))
`;
    const { stdout, all } = await runUnder(folder, policy(rules), ['/usr/bin/python3', '-Sc', script]);
    assert.is(stdout, '0 1 1 0\n');
    assert.equal(summary(all), [`deny old ${folder}/data`, 'deny old /usr/bin/true']);
  }),
);

kernelTest('a connection that is put in the place of standard input is refused, another descriptor is not', GUARD, () =>
  inFolder(async (folder) => {
    const rules = `- {name: to-stdin, on: syscall, when: 'syscall.name == "dup2" and syscall.fd_type == "ipv4" and syscall.arg1 <= 2', action: deny, errno: EACCES}`;
    const script = `
import os, socket
connection, other = socket.socket(socket.AF_INET), socket.socket(socket.AF_UNIX)
def tried(old, new):
    try: os.dup2(old, new); return 0
    except OSError as error: return error.errno
print(tried(connection.fileno(), 77), tried(other.fileno(), 0), tried(connection.fileno(), 0))
`;
    const { stdout, all } = await runUnder(folder, policy(rules), ['/usr/bin/python3', '-Sc', script]);
    assert.is(stdout, '0 0 13\n');
    assert.match(all[0].degraded ?? '', 'another thread can exchange it');
  }),
);

test.run();
