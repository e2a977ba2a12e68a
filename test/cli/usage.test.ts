/** Wrong usage is 64, whatever the command; missing files, unreadable ones, and what lictor itself cannot do have their codes. */
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseArguments } from '../../cli/arguments.ts';
import { Exit, Stop } from '../../cli/exit.ts';
import { COMMANDS } from '../../cli/registry.ts';
import { lictor, POLICY, withFiles } from './support.ts';

const MISUSE: readonly (readonly [args: readonly string[], stderr: RegExp])[] = [
  [['chek'], /unknown command `chek`\n {2}help: did you mean `check`\?/],
  [['--vers'], /unknown flag `--vers`/],
  [['check'], /PATH is missing/],
  [['check', 'nowhere.yaml'], /no such file or directory: `nowhere\.yaml`/],
  [['check', 'cli/exit.ts', '--format', 'sarfi'], /did you mean `--format sarif`\?/],
  [['check', '.', '--set', 'x'], /`--set x`: expected NAME=VALUE/],
  [['build', 'x.yaml'], /`--output` is missing/],
  [['eval'], /`--bundle` is missing/],
  [['eval', '-b', 'nowhere.bundle'], /no such file or directory: `nowhere\.bundle`/],
  [['explain', '-b', 'x'], /`--event` is missing/],
  [['test', '--threshold', '50', 'x'], /`--threshold` is for `--coverage`/],
  [['test', '--watch', '-'], /standard input cannot be watched/],
  [['build', '--watch', '-o', 'x', '-'], /standard input cannot be watched/],
  [['inspect'], /BUNDLE is missing/],
  [['inspect', 'x', '--asm', '--dot'], /no such file or directory: `x`/],
  [['bench', '-b', 'nowhere.bundle'], /no such file or directory/],
  [['run', '--', 'true'], /`--policy` or `--bundle` is missing/],
  [['run', '-p', 'x', '-b', 'y', '--', 'true'], /exclude each other/],
  [['run', '-p', 'x'], /CMD is missing/],
  [['run', '-p', 'x', 'true'], /unexpected operand `true`/],
  [['run', '-p', 'x', '--scope', 'a', '--', 'true'], /`--scope a`: expected KEY=VALUE/],
  [['record', '-o', 'x'], /CMD is missing/],
  [['record', '-o', 'x', '--kind', 'exek', '--', 'true'], /unknown kind `exek`/],
  [['replay', 'x'], /`--bundle` is missing/],
  [['schema', 'Polcy'], /unknown document kind `Polcy`\n {2}help: did you mean `Policy`\?/],
  [['completion', 'tcsh'], /no completion for `tcsh`/],
];
for (const [args, expected] of MISUSE) {
  test(`64: lictor ${args.join(' ')}`, () => {
    const { code, stdout, stderr } = lictor(args);
    assert.equal([code, stdout], [64, '']);
    assert.match(stderr, expected);
  });
}

test('every command refuses an unknown flag', async () => {
  for (const entry of COMMANDS) {
    const command = (await entry.load()).default;
    assert.throws(
      () => parseArguments(command, ['--definitely-not']),
      (error: unknown) => error instanceof Stop && error.exit === Exit.Usage && /unknown flag/.test(error.message),
    );
  }
});

test('wrong usage of a command points to its help', () => {
  assert.match(lictor(['eval', '--definitely-not']).stderr, /`lictor eval --help` shows the usage/);
});

test('a directory without documents is wrong usage', () => {
  withFiles({ 'notes.txt': 'x' }, (directory) => {
    const { code, stderr } = lictor(['check', directory]);
    assert.is(code, 64);
    assert.match(stderr, /no document below/);
  });
});

test('what cannot be written is a failure of lictor', () => {
  withFiles({ 'p.yaml': POLICY }, (directory) => {
    const { code, stderr } = lictor(['build', join(directory, 'p.yaml'), '-o', join(directory, 'p.yaml', 'x.bundle')]);
    assert.is(code, 1);
    assert.match(stderr, /cannot write `.*x\.bundle`/);
  });
});

test('a directory where a file is wanted is a failure of lictor', () => {
  withFiles({}, (directory) => {
    mkdirSync(join(directory, 'd'));
    const { code, stderr } = lictor(['eval', '-b', join(directory, 'd')]);
    assert.is(code, 1);
    assert.match(stderr, /is a directory/);
  });
});

if (process.geteuid?.() !== 0) {
  test('a file without permission is a failure of lictor', () => {
    withFiles({ 'p.yaml': POLICY }, (directory) => {
      chmodSync(join(directory, 'p.yaml'), 0);
      const { code, stderr } = lictor(['check', join(directory, 'p.yaml')]);
      assert.is(code, 1);
      assert.match(stderr, /permission denied/);
    });
  });
}

test.run();
