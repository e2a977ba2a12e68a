/** System calls by number, and uses of capabilities. */
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RECORD_FLAGS } from '../../vm/spec/record.ts';
import { syscallName, syscallNumber } from '../../shim/sensors/index.ts';
import { kernelTest } from '../support/kernel.ts';
import { skipTest } from '../support/skip.ts';
import { watching } from './watched.ts';

const NEEDS = ['root', 'bpf', 'cgroup'] as const;
const HEADER = '/usr/include/x86_64-linux-gnu/asm/unistd_64.h';

if (existsSync(HEADER))
  test('names and numbers are those of the kernel headers', () => {
    const lines = readFileSync(HEADER, 'utf8').matchAll(/^#define __NR_(\w+) (\d+)$/gm);
    for (const [, name, nr] of lines) {
      assert.is(syscallName(Number(nr)), name);
      assert.is(syscallNumber(name), Number(nr));
    }
  });
else skipTest('names and numbers are those of the kernel headers', 'the headers are not installed');

test('a number without a call has no name, a name without a call no number', () => {
  assert.is(syscallName(400), null);
  assert.is(syscallName(100_000), null);
  assert.is(syscallNumber('nonesuch'), null);
});

const numbers = (...names: string[]): number[] => names.map((name) => syscallNumber(name)!);

kernelTest('only calls that were asked for, with arguments, strings and result', NEEDS, () =>
  watching({ kinds: ['syscall'], syscalls: numbers('chdir', 'dup2', 'exit_group', 'execve') }, (watched) => {
    watched.python(
      'import os\nos.chdir("/usr/bin")\ntry: os.chdir("/nonexistent")\nexcept OSError: pass\nos.dup2(1,77)\nos._exit(0)',
    );
    const all = watched.records();
    const records = all.slice(all.findIndex(({ values }) => values['syscall.sarg0'] === '/usr/bin/python3'));
    assert.equal(
      records.map(({ values }) => [values['syscall.name'], values['syscall.sarg0'], values['syscall.ret']]),
      [
        ['execve', '/usr/bin/python3', undefined],
        ['chdir', '/usr/bin', 0n],
        ['chdir', '/nonexistent', -2n],
        ['dup2', undefined, 77n],
        ['exit_group', undefined, undefined],
      ],
    );
    const [, chdir, , dup2] = records;
    assert.is(chdir.values['syscall.nr'], BigInt(syscallNumber('chdir')!));
    assert.is(dup2.values['syscall.arg0'], 1n);
    assert.is(dup2.values['syscall.arg1'], 77n);
  }),
);

kernelTest('what argument 0 refers to, where it is a descriptor', NEEDS, () =>
  watching({ kinds: ['syscall'], syscalls: numbers('dup2', 'fsync', 'close', 'umask') }, (watched) => {
    watched.python(
      'import os,socket\ns=socket.socket(socket.AF_INET6)\nos.dup2(s.fileno(),77)\nos.dup2(0,78)\nos.fsync(os.open("x",os.O_CREAT))\n' +
        'os.umask(0)\ntry: os.fsync(999)\nexcept OSError: pass\ns.close()',
    );
    const all = watched.records().map(({ values }) => [values['syscall.name'], values['syscall.fd_type']]);
    const own = all.slice(all.findIndex(([, type]) => type === 'ipv6'));
    assert.equal(own.slice(0, 6), [
      ['dup2', 'ipv6'],
      ['dup2', 'unix'],
      ['fsync', 'file'],
      ['umask', undefined],
      ['fsync', undefined],
      ['close', undefined],
    ]);
  }),
);

kernelTest('a string that cannot be read makes the record incomplete, and is counted', NEEDS, () =>
  watching({ kinds: ['syscall'], syscalls: numbers('chdir') }, (watched) => {
    watched.python('import ctypes\nctypes.CDLL(None).chdir(ctypes.c_void_p(1))');
    const [record] = watched.records();
    assert.is(record.values['syscall.sarg0'], undefined);
    assert.is(record.values['syscall.ret'], -14n);
    assert.ok(record.flags & RECORD_FLAGS.incomplete);
    assert.is(watched.sensors.counters()['syscall'].unread, 1);
  }),
);

kernelTest('capabilities that were used, by name', NEEDS, () =>
  watching({ kinds: ['cap'] }, (watched) => {
    watched.python('import os\nos.chroot("/")');
    const names = watched.records().map(({ values }) => values['cap.name']);
    assert.ok(names.includes('sys_chroot'));
  }),
);

test.run();
