/** Opens that fanotify has no permission events for: a sensor shows them, where rules can be about them. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { unaskedKinds } from '../../shim/enforcers/unasked.ts';
import { kernelTest } from '../support/kernel.ts';
import { bundleOf } from './build.ts';
import { GUARD, inFolder, policy, runUnder } from './workload.ts';

/** Conditions of a rule about reads and writes, and whether it may be about files of proc or devices. */
const CONDITIONS: readonly (readonly [when: string, may: boolean])[] = [
  ['file.path = "/etc/shadow"', false],
  ['file.path = "/proc/kcore"', true],
  ['file.path in ("/etc/shadow", "/dev/mem")', true],
  ['file.dir = "/proc"', true],
  ['file.dir = "/procfs"', false],
  ['file.path startswith "/pro"', true],
  ['file.path startswith "/srv/"', false],
  ['file.path istartswith "/PROC/"', true],
  ['file.path glob "/proc/*/mem"', true],
  ['file.path glob "/home/**"', false],
  ['file.path glob "**/id_rsa"', true],
  ['file.path within "/"', true],
  ['file.path within "/proc/1"', true],
  ['file.path within "/etc"', false],
  ['file.path endswith "/environ"', true],
  ['file.path != "/etc/shadow"', true],
  ['file.path startswith "/srv/" and proc.uid = 0', false],
  ['file.path startswith "/srv/" or proc.uid = 0', true],
  ['event.kind = "exec" and proc.uid = 0', false],
];

test('the sensor of opens is there where a rule may leave a record of what fanotify does not ask about', () => {
  const kinds = (text: string, all = false): readonly string[] => unaskedKinds(bundleOf(text).normal, all);
  const one = (when: string, rest = 'action: deny'): string =>
    policy(`- {name: a, on: [file.read, file.write, exec], when: '${when}', ${rest}}`);
  for (const [when, may] of CONDITIONS) assert.is(kinds(one(when)).length, may ? 2 : 0, when);
  assert.equal(kinds(one('file.path = "/dev/null"', 'action: allow')), []);
  assert.equal(kinds(one('file.path = "/etc/shadow"'), true), ['file.read', 'file.write']);
  const denying = policy(
    `- {name: a, on: file.read, when: 'file.path = "/x"', action: allow}`,
    'mode: enforce\n  defaults: {file.read: deny}',
  );
  assert.equal(kinds(denying), ['file.read']);
});

kernelTest(
  'files of proc, devices, FIFOs and files in memory are decided when they are open, other files before',
  GUARD,
  () =>
    inFolder(async (folder) => {
      const rules = `
- {name: environ, on: file.read, when: 'file.path glob "/proc/[0-9]*/environ"', action: deny}
- {name: mem, on: file.write, when: 'file.path glob "/proc/[0-9]*/mem"', action: deny}
- {name: device, on: file.write, when: 'file.path = "/dev/null" and file.type has "device"', action: deny}
- {name: fifo, on: [file.read, file.write], when: 'file.name = "fifo" and file.flags has "rdwr"', action: deny}
- {name: memory, on: file.read, when: 'file.path startswith "/memfd:"', action: deny}
- {name: plain, on: [file.read, file.write], when: 'file.name = "plain"', action: deny}`;
      const code = `
import os
open("/proc/self/environ").close()
os.close(os.open("/proc/self/mem", os.O_RDWR))
open("/dev/null", "w").close()
os.mkfifo("fifo"); os.open("fifo", os.O_RDWR)
fd = os.memfd_create("x"); os.ftruncate(fd, 9); open("/proc/self/fd/%d" % fd).close()
open("/proc/self/status").close(); open("/dev/zero").close(); open("fine", "w").close()
try: open("plain").close()
except PermissionError: print("refused")`;
      writeFileSync(join(folder, 'plain'), '');
      const { stdout, stderr, all } = await runUnder(folder, policy(rules), ['/usr/bin/python3', '-S', '-c', code]);
      assert.is(stderr, '');
      assert.is(stdout, 'refused\n');
      const lines = all.map(({ rule, mechanism, degraded, event }) => {
        const { kind } = event as { kind: string };
        return `${rule} ${kind} ${mechanism} ${degraded ? 'after' : 'before'}`;
      });
      assert.equal(lines, [
        'environ file.read sensor after',
        'mem file.write sensor after',
        'device file.write sensor after',
        'fifo file.read sensor after',
        'fifo file.write sensor after',
        'memory file.read sensor after',
        'plain file.read fanotify before',
      ]);
    }),
);

kernelTest('who reads the environment of a process is killed, where the rule says so', GUARD, () =>
  inFolder(async (folder) => {
    const rules = `- {name: environ, on: file.read, when: 'file.path endswith "/environ"', action: kill}`;
    const { exitCode } = await runUnder(folder, policy(rules), ['sh', '-c', 'exec 3< /proc/self/environ; sleep 60']);
    assert.is(exitCode, 137);
  }),
);

test.run();
