/** What the guard's library says of permission events, held against a program of our own. The mark is on a folder of the test. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, copyFileSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import koffi from 'koffi';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kernelErrorText } from '../../shim/kernel/bpf-error.ts';
import { STAT } from '../../shim/kernel/kernel.ts';
import { linuxPermissionEvents, type PermissionEvents } from '../../shim/kernel/permission-events.ts';
import { kernelTest } from '../support/kernel.ts';
import { GUARD, inFolder } from './workload.ts';

const NR = { open: 2, execve: 59, openat: 257 } as const;
const AT_FDCWD = 0xffffff9c;
/** FAN_CLASS_CONTENT | FAN_NONBLOCK | FAN_CLOEXEC | FAN_REPORT_TID */
const GROUP_FLAGS = 0x4 | 0x2 | 0x1 | 0x100;
/** FAN_OPEN_PERM | FAN_OPEN_EXEC_PERM | FAN_EVENT_ON_CHILD */
const MASK = 0x10000 | 0x40000 | 0x08000000;

/** A group whose permission events are those of what stands in a folder. */
const watch = (folder: string): number => {
  const libc = koffi.load('libc.so.6');
  const group: number = libc.func('int fanotify_init(uint flags, uint events)')(GROUP_FLAGS, 0);
  const mark = libc.func('int fanotify_mark(int group, uint flags, uint64 mask, int at, const char *path)');
  assert.ok(group >= 0 && mark(group, 1, MASK, -100, folder) === 0, 'a mark can be made');
  return group;
};

interface Seen {
  readonly what: string;
  readonly call: number;
  readonly args: readonly number[];
  readonly path: string;
  readonly ino: number;
  readonly same: boolean;
}

const look = (events: PermissionEvents): Seen => {
  assert.is(events.resolve(), 0);
  assert.is(events.readCall(), 0);
  return {
    what: events.what,
    call: events.call,
    args: [0, 1, 2].map((i) => events.low(i)),
    path: Buffer.from(events.path.subarray(0, events.length)).toString(),
    ino: events.status.getUint32(STAT.ino, true),
    same: events.sameThread,
  };
};

/** Runs a Python program in a watched folder, and answers what it asks: files called `no` are refused. */
const under = async (folder: string, code: string): Promise<{ seen: readonly Seen[]; output: string }> => {
  const group = watch(join(folder, 'watched'));
  const opened = linuxPermissionEvents(group);
  if ('error' in opened) throw new Error(kernelErrorText(opened.error));
  const { events } = opened;
  const seen: Seen[] = [];
  try {
    const child = spawn('/usr/bin/python3', ['-c', code], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (text) => (output += String(text)));
    const ended = once(child, 'close');
    while (child.exitCode === null) {
      for (let taken = events.take(); taken !== 0; taken = events.take()) {
        assert.is(taken, 1);
        const one = look(events);
        seen.push(one);
        events.answer(!one.path.endsWith('/no'));
      }
      await sleep(1);
    }
    await ended;
    return { seen, output };
  } finally {
    events.close();
    closeSync(group);
  }
};

const inWatched = (use: (folder: string) => Promise<void>): Promise<void> =>
  inFolder(async (folder) => {
    mkdirSync(join(folder, 'watched'));
    for (const name of ['yes', 'no', 'odd (deleted)']) writeFileSync(join(folder, 'watched', name), name);
    symlinkSync('watched/yes', join(folder, 'link'));
    await use(folder);
  });

kernelTest('an event says what is opened, by which call, with which arguments', GUARD, () =>
  inWatched(async (folder) => {
    const code = `
import ctypes, os
os.close(os.open('link', os.O_RDWR))
try: os.open('watched/no', os.O_RDONLY)
except OSError as e: print(e.errno)
print(ctypes.CDLL(None).syscall(${NR.open}, b'watched/yes', os.O_WRONLY | os.O_APPEND) > 0)`;
    const { seen, output } = await under(folder, code);
    assert.is(output, '1\nTrue\n');
    const [first, second, third] = seen;
    assert.is(seen.length, 3);
    const yes = { path: join(folder, 'watched', 'yes'), ino: statSync(join(folder, 'link')).ino };
    assert.equal([first.what, first.call, first.path, first.ino], ['open', NR.openat, yes.path, yes.ino]);
    assert.equal([first.args[0], first.args[2] & 3], [AT_FDCWD, 2]);
    assert.is(second.path, join(folder, 'watched', 'no'));
    assert.equal([third.call, third.args[1]], [NR.open, 0o2001]);
    assert.equal(
      seen.map(({ same }) => same),
      [false, true, true],
    );
  }),
);

kernelTest('a removed object keeps the path that it had, a name that only looks like one is whole', GUARD, () =>
  inWatched(async (folder) => {
    const code = `
import os
fd = os.open('watched/yes', os.O_RDONLY)
os.unlink('watched/yes')
os.open(f'/proc/self/fd/{fd}', os.O_RDONLY)
os.open('watched/odd (deleted)', os.O_RDONLY)`;
    const { seen } = await under(folder, code);
    assert.equal(
      seen.map(({ path }) => path.slice(folder.length)),
      ['/watched/yes', '/watched/yes', '/watched/odd (deleted)'],
    );
  }),
);

kernelTest('an exec raises an event of its own, and threads are told apart', GUARD, () =>
  inWatched(async (folder) => {
    copyFileSync('/bin/true', join(folder, 'watched', 'true'));
    const code = `
import subprocess, threading, os
def one(): os.close(os.open('watched/yes', os.O_RDONLY)); os.close(os.open('watched/yes', os.O_RDONLY))
for _ in range(200):
    thread = threading.Thread(target=one); thread.start(); thread.join()
print(subprocess.call(['watched/true']))`;
    const { seen, output } = await under(folder, code);
    assert.is(output, '0\n');
    const opens = seen.filter(({ path }) => path.endsWith('/yes'));
    assert.is(opens.length, 400);
    // each thread asks twice; its number may have been another one's before, which must not be taken for it
    assert.equal(
      opens.map(({ same }) => same),
      opens.map((_, i) => i % 2 === 1),
    );
    assert.ok(seen.some(({ what, call, path }) => what === 'exec' && call === NR.execve && path.endsWith('/true')));
  }),
);

test.run();
