/**
 * Compiles shim/bpf/*.bpf.c to dist/bpf/*.bpf.o. The objects run on every kernel with BTF (CO-RE); DWARF is stripped,
 * BTF stays. Usage: node tools/build-bpf.mjs
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = join(root, 'shim', 'bpf');
const out = join(root, 'dist', 'bpf');

const fail = (message) => {
  console.error(message);
  process.exit(1);
};

const run = (command, args, needs) => {
  const { error, status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (error) fail(`${command} is missing: install ${needs} (Debian: apt-get install ${needs})`);
  if (status !== 0) fail(stderr);
};

if (process.arch !== 'x64') {
  console.error(`no BPF programs for ${process.arch}: they read the system call registers of x86-64`);
  process.exit(0);
}

mkdirSync(out, { recursive: true });
const sources = readdirSync(folder)
  .filter((name) => name.endsWith('.bpf.c'))
  .sort();
for (const source of sources) {
  const object = join(out, source.replace(/\.c$/, '.o'));
  const warnings = ['-Wall', '-Wextra', '-Wno-unused-parameter', '-Werror'];
  const flags = ['-g', '-O2', '-target', 'bpf', '-mcpu=v3', '-D__TARGET_ARCH_x86', ...warnings];
  const includes = [`-I${folder}`, '-isystem', '/usr/include/x86_64-linux-gnu'];
  run('clang', [...flags, ...includes, '-c', join(folder, source), '-o', object], 'clang libbpf-dev linux-libc-dev');
  run('llvm-strip', ['-g', object], 'llvm');
}
const kept = new Set(sources.map((source) => source.replace(/\.c$/, '.o')));
for (const name of readdirSync(out)) if (!kept.has(name)) rmSync(join(out, name));
