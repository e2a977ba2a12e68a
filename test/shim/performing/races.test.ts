/**
 * No race reaches a denied object: another thread exchanges the text of the path, a process exchanges a symlink in it.
 * LICTOR_RACE_TRIES=20000 makes that many tries a row (some minutes) instead of a few.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kernelTest } from '../../support/kernel.ts';
import { GUARD, inFolder, policy, runUnder } from '../workload.ts';

const TRIES = Number(process.env['LICTOR_RACE_TRIES'] ?? 60);
/** Rows of racer.c, each by text and by symlink. */
const ROWS = 22;
/** Ends with 42: what the racer recognises as the denied program. */
const TOOL = 'int main(void) { return RESULT; }\n';

const compile = (source: string, output: string, ...flags: string[]): string => {
  execFileSync('gcc', ['-O2', '-pthread', ...flags, '-o', output, source]);
  return output;
};

/** Everything about a folder that a call could change. */
const state = (folder: string): unknown =>
  readdirSync(folder)
    .sort()
    .map((name) => {
      const { mode, uid, gid, size, nlink, ino, mtimeMs } = lstatSync(join(folder, name));
      return [
        name,
        mode,
        uid,
        gid,
        size,
        nlink,
        ino,
        mtimeMs,
        name === 'kept' ? readFileSync(join(folder, name), 'utf8') : '',
      ];
    });

kernelTest(`no racing thread or symlink reaches a denied file, ${TRIES} tries each`, GUARD, () =>
  inFolder(async (folder) => {
    chmodSync(folder, 0o755);
    const racer = compile(join(import.meta.dirname, 'racer.c'), join(folder, 'racer'));
    const sides = ['aa', 'dd'].map((name) => join(folder, name));
    writeFileSync(join(folder, 'tool.c'), TOOL);
    for (const [i, side] of sides.entries()) {
      mkdirSync(side);
      chmodSync(side, 0o777);
      writeFileSync(join(side, 'kept'), i === 0 ? 'plain' : 'secret');
      cpSync(
        compile(join(folder, 'tool.c'), join(folder, `tool${i}`), `-DRESULT=${i === 0 ? 0 : 42}`),
        join(side, 'tool'),
      );
    }
    const [allowed, denied] = sides;
    const before = state(denied);
    const rules = `
- {name: denied, on: file, when: 'file.path within "${denied}" or file.other_path within "${denied}"', action: deny, errno: EACCES}
- {name: program, on: exec, when: 'proc.path within "${denied}"', action: deny}`;
    const { stdout, stderr, error, all } = await runUnder(folder, policy(rules), [
      racer,
      String(TRIES),
      allowed,
      denied,
    ]);
    assert.is(error, null);
    assert.is(stderr, '');
    const lines = stdout.trim().split('\n');
    if (process.env['LICTOR_RACE_TRIES']) console.log(stdout);
    assert.is(lines.length, 2 * ROWS);
    for (const line of lines) assert.match(line, / 0 reached$/);
    assert.ok(all.length > 0, 'some tries were denied');
    assert.equal(state(denied), before);
  }),
);

test.run();
