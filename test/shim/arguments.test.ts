/** Rules about arguments hold for those that the program gets. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kernelTest } from '../support/kernel.ts';
import { GUARD, inFolder, policy, runUnder } from './workload.ts';

const DENIED = `- {name: no-denied, on: exec, when: 'any(proc.args, contains "denied")', action: deny}`;

/** Every way in which arguments come to be that are not those of execve. */
const WAYS = `
import ctypes, os, subprocess, sys
libc = ctypes.CDLL(None, use_errno=True)
def ran(name, call):
    pid = os.fork()
    if pid == 0:
        try: call()
        except OSError as error: os._exit(100 + error.errno)
        os._exit(100 + ctypes.get_errno())
    print(name, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
execve = lambda path, *args: os.execv(path, args)
def fexecve(fd, path, *args):
    libc.syscall(322, fd, path.encode(), (ctypes.c_char_p * (len(args) + 1))(*[a.encode() for a in args], None), None, 0x1000 if path == '' else 0)
os.set_inheritable(fd := os.open('script', os.O_RDONLY), True)
os.set_inheritable(folder := os.open('.', os.O_RDONLY), True)
ran('program', lambda: execve('/bin/true', 'true', 'x'))
ran('denied', lambda: execve('/bin/true', 'true', 'denied'))
ran('none', lambda: libc.execve(b'/bin/true', (ctypes.c_char_p * 1)(None), None))
ran('no list', lambda: libc.execve(b'/bin/true', None, None))
ran('empty', lambda: execve('/bin/true', 'true', '', ''))
ran('script', lambda: execve('./script', 'script', 'a', 'b'))
ran('script with a denied argument', lambda: execve('./script', 'script', 'denied'))
ran('script by descriptor', lambda: fexecve(fd, '', 'script', 'a'))
ran('script below a folder', lambda: fexecve(folder, 'script', 'script', 'a'))
ran('script of a script', lambda: execve('./outer', 'outer', 'a', 'b'))
ran('script without a newline', lambda: execve('./bare', 'bare', 'a'))
ran('script with a long line', lambda: execve('./long', 'long', 'a'))
ran('long', lambda: execve('/bin/true', 'true', 'x' * 6000))
ran('long, denied', lambda: execve('/bin/true', 'true', 'x' * 6000 + 'denied'))
ran('longer than what is read', lambda: execve('/bin/true', 'true', 'x' * 100000, 'y'))
ran('many', lambda: execve('/bin/true', *['x'] * 3000))
ran('thread', lambda: __import__('threading').Thread(target=lambda: execve('/bin/true', 'true', 'x')).start() or __import__('time').sleep(5))
ran('not a program', lambda: execve('./nothing', 'nothing'))
ran('after a failure', lambda: subprocess.run(['./nothing']) if os.path.exists('missing') else execve('/bin/true', 'true', 'x'))
`;

kernelTest('arguments of programs and scripts are those that were decided, however they are given', GUARD, () =>
  inFolder(async (folder) => {
    const script = (name: string, text: string, mode = 0o755): void =>
      writeFileSync(join(folder, name), text, { mode });
    script('ways.py', WAYS);
    script('script', '#!/bin/sh -e\nexit 0\n');
    script('outer', `#!${join(folder, 'inner')}  one argument \n`);
    script('inner', '#! /bin/true  x\n');
    script('bare', '#!/bin/true x  ');
    script('long', `#!/bin/true ${'x'.repeat(400)}\n`);
    script('nothing', 'neither ELF nor a script\n');
    const { stdout, error, notices } = await runUnder(folder, policy(DENIED), ['/usr/bin/python3', 'ways.py']);
    assert.is(error, null);
    assert.equal(stdout.trim().split('\n'), [
      'program 0',
      'denied 101',
      'none 0',
      'no list 0',
      'empty 0',
      'script 0',
      'script with a denied argument 101',
      'script by descriptor 0',
      'script below a folder 0',
      'script of a script 0',
      'script without a newline 0',
      'script with a long line 0',
      'long 0',
      'long, denied 101',
      'longer than what is read 0',
      'many 0',
      'thread 0',
      'not a program 108',
      'after a failure 0',
    ]);
    assert.equal(notices, []);
  }),
);

test.run();
