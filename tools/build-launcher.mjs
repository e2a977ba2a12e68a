/** Builds shim/launcher into dist/lictor-launch with the first C compiler that is there. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = join(root, 'shim', 'launcher');
const sources = readdirSync(folder)
  .filter((name) => name.endsWith('.c'))
  .sort()
  .map((name) => join(folder, name));
const output = join(root, 'dist', 'lictor-launch');

const runs = (command, args) => spawnSync(command, args, { encoding: 'utf8' });
const compiler = [process.env.CC, 'cc', 'gcc', 'clang'].find((name) => name && runs(name, ['--version']).status === 0);
if (!compiler) {
  console.error('no C compiler found: install gcc or clang (Debian: apt-get install gcc libc6-dev)');
  process.exit(1);
}

mkdirSync(dirname(output), { recursive: true });
const flags = [
  '-std=gnu11',
  '-O2',
  '-Wall',
  '-Wextra',
  '-Werror',
  '-fstack-protector-strong',
  '-o',
  output,
  ...sources,
];
// Static where libc.a is there: it starts faster and opens no library on a marked mount.
let result = runs(compiler, ['-static', ...flags]);
if (result.status !== 0) result = runs(compiler, flags);
if (result.status !== 0) {
  console.error(result.stderr);
  process.exit(1);
}
