/** Builds the parts in C with the first compiler that is there: the launcher, a program, and the guard's library. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const FLAGS = ['-std=gnu11', '-O2', '-Wall', '-Wextra', '-Werror', '-fstack-protector-strong'];

const runs = (command, args) => spawnSync(command, args, { encoding: 'utf8' });
const compiler = [process.env.CC, 'cc', 'gcc', 'clang'].find((name) => name && runs(name, ['--version']).status === 0);
if (!compiler) {
  console.error('no C compiler found: install gcc or clang (Debian: apt-get install gcc libc6-dev)');
  process.exit(1);
}

/** @param ways of linking, the best first */
const compile = (folders, output, ways) => {
  const sources = folders.flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.c'))
      .sort()
      .map((name) => join(root, folder, name)),
  );
  let result;
  for (const way of ways) {
    result = runs(compiler, [...way, ...FLAGS, '-o', join(root, 'dist', output), ...sources]);
    if (result.status === 0) return;
  }
  console.error(result.stderr);
  process.exit(1);
};

mkdirSync(join(root, 'dist'), { recursive: true });
// Static where libc.a is there: it starts faster and opens no library on a marked mount.
compile(['shim/launcher'], 'lictor-launch', [['-static'], []]);
compile(['shim/performer', 'shim/opens', 'shim/accepts'], 'lictor-guard.so', [
  ['-shared', '-fPIC', '-fvisibility=hidden', '-pthread'],
]);
