/** README's tour: its files, its commands and what they print. UPDATE=1 writes into README what the commands print now. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kernelTest } from '../support/kernel.ts';
import { read, root } from './files.ts';

const folder = mkdtempSync(join(tmpdir(), 'lictor-tour-'));
let readme = read('README.md');

for (const [, path, text] of readme.matchAll(/`(tour\/[^`]+\.yaml)`:\n\n```yaml\n([\s\S]*?)^```$/gm)) {
  mkdirSync(join(folder, dirname(path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** What a command prints, both streams; on a terminal the human form is the default, here it has to be asked for. */
const output = (command: string): string => {
  const asHuman = command.includes(' run ') ? '' : ' --format human';
  const line = command.replace(/^npx lictor (\w+)/, (_, name: string) => `node "$LICTOR" ${name}${asHuman}`);
  const { stdout } = spawnSync('sh', ['-c', `${line} 2>&1`], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, LICTOR: join(root, 'dist', 'lictor.js'), NO_COLOR: '1', LANG: 'C' },
  });
  return stdout;
};

/** Process ids differ from run to run. */
const withoutIds = (text: string): string => text.replace(/\[\d+\]/g, '[PID]').trim();

/**
 * Two programs write to one stream, one of them a line in several pieces: neither the order of their lines is known nor
 * that a line is whole. What is known is the characters of both.
 */
const unordered = (text: string): string => [...withoutIds(text)].sort().join('');

test.after(() => rmSync(folder, { recursive: true }));

for (const [block, text] of readme.matchAll(/^```console\n([\s\S]*?)^```$/gm)) {
  const commands = [...text.matchAll(/^\$ (.+)\n((?:(?!\$ ).*\n)*)/gm)].map(([, command, expected]) => ({
    command,
    expected,
  }));
  const run = (): void => {
    const printed = commands.map(({ command, expected }) => ({ command, expected, actual: output(command) }));
    if (process.env['UPDATE'] === '1') {
      const lines = printed.map(({ command, actual }) => `$ ${command}\n${actual.trim() && `${actual.trimEnd()}\n`}`);
      readme = readme.replace(block, () => `\`\`\`console\n${lines.join('')}\`\`\``);
      writeFileSync(join(root, 'README.md'), readme);
      return;
    }
    for (const { command, expected, actual } of printed) {
      const isMixed = command.includes('lictor run');
      const isSame = isMixed ? unordered(actual) === unordered(expected) : withoutIds(actual) === withoutIds(expected);
      assert.ok(isSame, `${command} prints\n${actual}\ninstead of\n${expected}`);
    }
  };
  const name = `tour: ${commands[0].command}`;
  if (text.includes('lictor run')) kernelTest(name, ['root', 'bpf', 'cgroup', 'fanotify', 'seccomp'], run);
  else test(name, run);
}

test.run();
