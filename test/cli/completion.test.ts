/** Completion scripts: bash's is run, the others are read by their shell where it is there. */
import { spawnSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { allOptions } from '../../cli/arguments.ts';
import type { Command } from '../../cli/command.ts';
import { bash } from '../../cli/completion/bash.ts';
import { fish } from '../../cli/completion/fish.ts';
import { zsh } from '../../cli/completion/zsh.ts';
import { COMMANDS, type Entry } from '../../cli/registry.ts';
import { skipTest } from '../support/skip.ts';
import { lictor, withFiles } from './support.ts';

const commands = await Promise.all(
  COMMANDS.map(async (entry): Promise<[Entry, Command]> => [entry, (await entry.load()).default]),
);

/** What bash offers after these words; the last one is being written. */
function offered(words: readonly string[], cwd?: string): string[] {
  const script = `${bash(commands)}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})
COMP_CWORD=${words.length - 1}
_lictor
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], { encoding: 'utf8', cwd });
  assert.is(stderr, '');
  return stdout.split('\n').filter(Boolean).sort();
}

test('bash: commands, and the flags of the program', () => {
  assert.equal(offered(['lictor', 'che']), ['check']);
  assert.equal(offered(['lictor', '']), [...COMMANDS.map(({ name }) => name), '--help', '--version'].sort());
});

test('bash: flags of a command', () => {
  assert.equal(offered(['lictor', 'eval', '--e']), ['--engine', '--events']);
  for (const [{ name }, command] of commands) {
    assert.equal(
      offered(['lictor', name, '--']),
      Object.keys(allOptions(command))
        .map((flag) => `--${flag}`)
        .sort(),
      name,
    );
  }
});

test('bash: values', () => {
  assert.equal(offered(['lictor', 'eval', '--engine', 'r']), ['reference']);
  assert.equal(offered(['lictor', 'check', '--format', '']), ['github', 'human', 'json', 'sarif']);
  assert.equal(offered(['lictor', 'schema', 'Po']), ['Policy', 'PolicyTest']);
  assert.equal(offered(['lictor', 'explain', '--event', '']), []);
});

test('bash: files, also those with blanks, for operands and after --', () => {
  withFiles({ 'my policy.yaml': '', 'b.bundle': '' }, (directory) => {
    assert.equal(offered(['lictor', 'check', 'my'], directory), ['my policy.yaml']);
    assert.equal(offered(['lictor', 'eval', '-b', ''], directory), ['b.bundle', 'my policy.yaml']);
    assert.equal(offered(['lictor', 'run', '-p', 'x', '--', 'b.'], directory), ['b.bundle']);
  });
});

for (const [shell, script] of [
  ['zsh', zsh(commands)],
  ['fish', fish(commands)],
] as const) {
  test(`${shell}: names every command and flag`, () => {
    for (const [{ name }, command] of commands) {
      assert.ok(script.includes(name));
      for (const flag of Object.keys(allOptions(command))) assert.ok(script.includes(flag), `${name} --${flag}`);
    }
  });
  const there = spawnSync(shell, ['--version']).error === undefined;
  if (there) {
    test(`${shell}: the script is sound`, () => {
      withFiles({ script }, (directory) => {
        const { status, stderr } = spawnSync(shell, ['-n', `${directory}/script`], { encoding: 'utf8' });
        assert.equal([status, stderr], [0, '']);
      });
    });
  } else skipTest(`${shell}: the script is sound`, `${shell} is not installed`);
}

test('the command prints the script of a shell', () => {
  const { code, stdout } = lictor(['completion', 'bash']);
  assert.equal([code, stdout], [0, bash(commands)]);
});

test.run();
