/**
 * Runs the conformance vectors in every host of vm/hosts whose toolchain is installed, and says which are not.
 * Usage: node --import tsx tools/hosts.ts [HOST…]
 * Where LICTOR_REQUIRE_HOSTS is 1, or in CI, a toolchain that is missing fails.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const HOSTS = join(root, 'vm/hosts');
/** Packages of a host's own, below the build's output. */
const PYTHON = join(root, 'dist/python');

/** Where cargo builds; the example in Rust has what is built already. */
const RUST = ['--target-dir', join(root, 'build/rust')];

interface Host {
  readonly name: string;
  /** Files of dist/ that it carries, by their place in its folder. */
  readonly carries: Readonly<Record<string, string>>;
  /** Says that the toolchain is there. */
  readonly probe: readonly [string, ...string[]];
  /** What to install where it is not. */
  readonly hint: string;
  /** One after the other, in the host's folder; in the project's root where it has none. */
  readonly steps: readonly (readonly [string, ...string[]])[];
}

/** The TypeScript host in an engine. */
const inEngine = (engine: string): readonly [string, ...string[]] => [
  process.execPath,
  ...['--import', 'tsx', 'test/engines/vectors.ts', engine],
];

const LIST: readonly Host[] = [
  {
    name: 'browser',
    carries: {},
    probe: ['chromium', '--version'],
    hint: 'Chromium (Debian: chromium)',
    steps: [inEngine('browser')],
  },
  {
    name: 'bun',
    carries: {},
    probe: [process.execPath, '--version'],
    hint: 'Node',
    steps: [inEngine('bun')],
  },
  {
    name: 'c',
    carries: { 'lictor-vm.wasm': 'lictor-vm.wasm' },
    probe: ['wasm2c', '--version'],
    hint: 'wasm2c (Debian: wabt), make, a C and a C++ compiler, libmsgpack-dev and libssl-dev',
    steps: [
      ['make', '--silent', 'check'],
      ['make', '--silent', 'check', 'BOUNDS=pages'],
    ],
  },
  {
    name: 'component',
    carries: {},
    probe: [process.execPath, '--version'],
    hint: 'Node',
    steps: [[process.execPath, 'tools/test.mjs', '--suite', 'component']],
  },
  {
    name: 'deno',
    carries: {},
    probe: [process.execPath, '--version'],
    hint: 'Node',
    steps: [inEngine('deno')],
  },
  {
    name: 'go',
    carries: { 'lictor-vm.wasm': 'lictor-vm.wasm' },
    probe: ['go', 'version'],
    hint: 'Go 1.25 or later',
    steps: [
      ['go', 'vet', './...'],
      ['go', 'test', '-count=1', '-v', '-run', 'Vectors|Refused', '.'],
      ['go', 'test', '-count=1', '.'],
    ],
  },
  {
    name: 'node',
    carries: {},
    probe: [process.execPath, '--version'],
    hint: 'Node',
    steps: [inEngine('node')],
  },
  {
    name: 'package',
    carries: {},
    probe: ['npm', '--version'],
    hint: 'npm',
    steps: [[process.execPath, 'tools/test.mjs', '--suite', 'package']],
  },
  {
    name: 'python',
    carries: { 'lictor/lictor-vm.wasm': 'lictor-vm.wasm' },
    probe: ['python3', '-c', 'import sys; sys.exit(sys.version_info < (3, 11))'],
    hint: 'Python 3.11 or later with venv',
    steps: [
      ['python3', '-m', 'venv', PYTHON],
      [
        join(PYTHON, 'bin/pip'),
        ...['install', '--quiet', '--disable-pip-version-check'],
        ...['-r', 'requirements.txt', '-r', 'tests/requirements.txt'],
      ],
      [join(PYTHON, 'bin/mypy'), '--strict', '--no-error-summary', 'lictor'],
      [join(PYTHON, 'bin/python'), '-m', 'unittest', '-v'],
    ],
  },
  {
    name: 'rust',
    carries: { 'lictor-vm.wasm': 'lictor-vm.wasm', 'lictor-policy.wasm': 'lictor-policy.wasm' },
    probe: ['cargo', 'clippy', '--version'],
    hint: 'Rust 1.95 or later with clippy and rustfmt',
    steps: [
      ['cargo', 'fmt', '--check'],
      ['cargo', 'clippy', '--locked', '--all-targets', ...RUST, '--', '--deny', 'warnings'],
      ['cargo', 'clippy', '--locked', '--no-default-features', ...RUST, '--', '--deny', 'warnings'],
      ['cargo', 'test', '--locked', ...RUST, '--', '--show-output'],
    ],
  },
];

const required = process.env['LICTOR_REQUIRE_HOSTS'] === '1' || process.env['CI'] === 'true';

/** @returns whether it succeeded; what it printed is shown where it did not, or where it says how much was tried */
const run = (cwd: string, [command, ...args]: readonly [string, ...string[]]): boolean => {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  const said = `${stdout ?? ''}${stderr ?? ''}`;
  if (status === 0) {
    for (const line of said.split('\n')) if (/\d+ (bundles|files)/.test(line)) console.log(`    ${line.trim()}`);
    return true;
  }
  console.log(said, error?.message ?? '');
  return false;
};

const counts = { passed: 0, failed: 0, skipped: 0 };
const wanted = process.argv.slice(2);
for (const { name, carries, probe, hint, steps } of LIST) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const folder = join(HOSTS, name);
  const cwd = existsSync(folder) ? folder : root;
  if (spawnSync(probe[0], probe.slice(1)).status !== 0) {
    console.log(`${required ? '✘' : '–'} ${name}: needs ${hint}`);
    counts[required ? 'failed' : 'skipped']++;
    continue;
  }
  for (const [place, file] of Object.entries(carries)) copyFileSync(join(root, 'dist', file), join(folder, place));
  const ok = steps.every((step) => run(cwd, step));
  console.log(`${ok ? '✔' : '✘'} ${name}`);
  counts[ok ? 'passed' : 'failed']++;
}
console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed > 0 ? 1 : 0;
