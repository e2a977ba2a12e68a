/** Decisions that the kernel keeps: on this kernel, in real workloads. */
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunOptions } from '../../../shim/run/index.ts';
import { kernelTest } from '../../support/kernel.ts';
import { compileC } from '../compile.ts';
import { GUARD, inFolder, policy, runUnder, summary, type Outcome } from '../workload.ts';

kernelTest(
  'an ignore mark on a directory silences it and what stands in it, by whatever way, and nothing else',
  GUARD,
  () =>
    inFolder(async (folder) => {
      const mount = join(folder, 'mount');
      mkdirSync(mount);
      const program = compileC(join(import.meta.dirname, 'ignore-marks.c'), join(folder, 'ignore-marks'));
      const output = execFileSync(program, [mount], { encoding: 'utf8' });
      const silent = output.split('\n').flatMap((line) => /^(.*): silent$/.exec(line)?.[1] ?? []);
      assert.equal(silent, [
        ...['a child', 'a child for writing', 'a child that is made', 'the directory', 'a directory in it'],
        ...['a child by way of another', 'what was moved in', 'a child after the directory moved'],
        ...['a child in another mount', 'a child that is a mount elsewhere', 'before the directory is made again'],
      ]);
      assert.is(output.match(/: asks$/gm)?.length, 8);
    }),
);

/** Directories that the workload's groups have marks on, by inode number: PID 1 holds the groups. */
const marked = (first: number): readonly number[] => {
  const init = /^PPid:\t(\d+)/m.exec(readFileSync(`/proc/${first}/status`, 'utf8'))![1];
  const infos = readdirSync(`/proc/${init}/fdinfo`).map((fd) => readFileSync(`/proc/${init}/fdinfo/${fd}`, 'utf8'));
  return infos.flatMap((info) =>
    [...info.matchAll(/^fanotify ino:([0-9a-f]+) /gm)].map(([, ino]) => parseInt(ino, 16)),
  );
};

const inodeOf = (path: string): number => Number(execFileSync('stat', ['-c', '%i', path], { encoding: 'utf8' }));

const until = async (condition: () => boolean): Promise<void> => {
  for (let tries = 0; !condition(); tries++) {
    assert.ok(tries < 1000, 'it did not come to that');
    await sleep(5);
  }
};

interface Step {
  /** Shell code of the workload. */
  readonly does: string;
  /** Done again and again while it waits: directories that are renamed anywhere on the machine take the marks away. */
  readonly keeps?: string;
  /** Called when it is done, before the next step. */
  then?(first: number): void | Promise<void>;
}

/** A workload step by step: between two steps it waits. */
const inSteps = async (
  folder: string,
  rules: string,
  steps: readonly Step[],
  options: Partial<RunOptions> = {},
): Promise<Outcome> => {
  mkdirSync(join(folder, 'steps'));
  const script = steps
    .map(
      ({ does, keeps = '' }, i) =>
        `${does}\nmkdir ${folder}/steps/done${i}\nuntil test -d ${folder}/steps/go${i}; do sleep 0.01; ${keeps}\ndone`,
    )
    .join('\n');
  let failure: unknown = null;
  const outcome = await runUnder(folder, policy(rules), ['sh', '-c', script], {
    onStart: ({ pid, stop }) => {
      const follow = async (): Promise<void> => {
        for (const [i, { then }] of steps.entries()) {
          await until(() => readdirSync(join(folder, 'steps')).includes(`done${i}`));
          await then?.(pid);
          mkdirSync(join(folder, 'steps', `go${i}`));
        }
      };
      follow().catch((error: unknown) => {
        failure = error;
        stop();
      });
    },
    ...options,
  });
  if (failure !== null) throw failure as Error;
  assert.is(outcome.error, null);
  return outcome;
};

/** `plain/inner/x` is open to all, and what stands below `closed` is not. */
const tree = (folder: string, kinds = 'file.read, file.write'): string => {
  for (const name of ['plain/inner', 'other']) mkdirSync(join(folder, name), { recursive: true });
  for (const name of ['plain/inner/x', 'plain/y', 'other/z']) writeFileSync(join(folder, name), `${name}\n`);
  return `- {name: shut, on: [${kinds}], when: 'file.path within "${folder}/closed"', action: deny}`;
};

kernelTest(
  'a directory that no rule is about is marked when something in it is opened, one that a rule is about is not',
  GUARD,
  () =>
    inFolder(async (folder) => {
      const rules = tree(folder);
      mkdirSync(join(folder, 'closed'));
      writeFileSync(join(folder, 'closed', 'x'), 'x');
      const { stdout, all } = await inSteps(folder, rules, [
        {
          does: 'cat plain/inner/x; cat closed/x; cat closed/x',
          keeps: 'cat plain/inner/x > /dev/null',
          then: async (pid) => {
            await until(() => marked(pid).includes(inodeOf(join(folder, 'plain/inner'))));
            const marks = marked(pid);

            for (const name of ['', 'closed', 'other']) assert.not(marks.includes(inodeOf(join(folder, name))));
          },
        },
        { does: 'cat plain/inner/x; echo more >> plain/inner/x; echo new > plain/inner/new; cat plain/inner/new' },
      ]);
      assert.is(stdout, 'plain/inner/x\nplain/inner/x\nnew\n');
      assert.equal(summary(all), Array(2).fill(`deny shut ${folder}/closed/x`));
    }),
);

kernelTest('nothing is marked where every operation is recorded', GUARD, () =>
  inFolder(async (folder) => {
    const rules = tree(folder);
    const step: Step = {
      does: 'cat plain/inner/x',
      then: (pid) => assert.not(marked(pid).includes(inodeOf(join(folder, 'plain/inner')))),
    };
    await inSteps(folder, rules, [step], { records: 'all' });
  }),
);

kernelTest('the program of a directory that is marked is still asked about', GUARD, () =>
  inFolder(async (folder) => {
    const rules = tree(folder);
    copyFileSync('/bin/true', join(folder, 'plain/program'));
    chmodSync(join(folder, 'plain/program'), 0o755);
    const exec = `- {name: no-program, on: exec, when: 'proc.path = "${folder}/plain/program"', action: deny}`;
    const { stdout, all } = await inSteps(folder, `${rules}\n${exec}`, [
      {
        does: 'cat plain/y',
        keeps: 'cat plain/y > /dev/null',
        then: (pid) => until(() => marked(pid).includes(inodeOf(join(folder, 'plain')))),
      },
      { does: 'plain/program; /lib64/ld-linux-x86-64.so.2 plain/program && echo ran' },
    ]);
    assert.is(stdout, 'plain/y\n');
    assert.equal(summary(all), Array(2).fill(`deny no-program ${folder}/plain/program`));
  }),
);

/** Renames go on by themselves where no rule is about changes of files; elsewhere Lictor performs them. */
const WAYS = [
  ['that the kernel performs', 'file.read'],
  ['that Lictor performs', 'file.read, file.write'],
] as const;

for (const [how, kinds] of WAYS)
  kernelTest(`by a rename ${how} a directory is asked about again, and so is what is below it`, GUARD, () =>
    inFolder(async (folder) => {
      const { stdout, all } = await inSteps(folder, tree(folder, kinds), [
        { does: 'cat plain/inner/x; cat plain/y' },
        { does: 'mv plain closed; cat closed/y; cat closed/inner/x; mv closed plain; cat plain/y' },
      ]);
      assert.is(stdout, 'plain/inner/x\nplain/y\nplain/y\n');
      assert.equal(
        summary(all),
        ['y', 'inner/x'].map((name) => `deny shut ${folder}/closed/${name}`),
      );
    }),
  );

kernelTest(
  'a file that Lictor renames leaves marks as they are, also in an exchange; a directory does not',
  GUARD,
  () =>
    inFolder(async (folder) => {
      const is = (there: boolean) => (pid: number) =>
        until(() => marked(pid).includes(inodeOf(join(folder, 'plain/inner'))) === there);
      const renames = (code: string): string =>
        `/usr/bin/python3 -c 'import ctypes; libc = ctypes.CDLL(None); print(${code})'`;
      const exchange = (a: string, b: string): string => renames(`libc.renameat2(-100, b"${a}", -100, b"${b}", 2)`);
      // python opens files of its own: afterwards nothing is opened in the folder, so what is marked was marked before
      const { stdout } = await inSteps(folder, tree(folder), [
        { does: 'cat plain/inner/x', keeps: 'cat plain/inner/x > /dev/null', then: is(true) },
        { does: renames('libc.rename(b"plain/y", b"other/y")'), then: is(true) },
        { does: exchange('other/y', 'other/z'), then: is(true) },
        { does: exchange('other', 'plain/inner'), then: is(false) },
      ]);
      assert.is(stdout, 'plain/inner/x\n0\n0\n0\n');
    }),
);

kernelTest('a directory that somebody else renames is asked about again', GUARD, () =>
  inFolder(async (folder) => {
    const inner = inodeOf.bind(null, join(folder, 'plain/inner'));
    const { stdout, all } = await inSteps(folder, tree(folder), [
      {
        does: 'cat plain/inner/x',
        keeps: 'cat plain/inner/x > /dev/null 2>&1',
        then: async (pid) => {
          const number = inner();
          await until(() => marked(pid).includes(number));
          renameSync(join(folder, 'plain'), join(folder, 'closed'));
          await until(() => !marked(pid).includes(number));
        },
      },
      { does: 'cat closed/inner/x' },
    ]);
    assert.is(stdout, 'plain/inner/x\n');
    assert.equal(summary(all), [`deny shut ${folder}/closed/inner/x`]);
  }),
);

test.run();
