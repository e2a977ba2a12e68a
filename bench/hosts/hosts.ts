/** The programs that are compared: how each is built, and the command that times it on a case. */
import { spawnSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { build as bundle } from 'esbuild';
import { engineProgram } from '../../test/engines/packages.ts';
import { ref } from '../families/build.ts';
import type { HostCase } from './cases.ts';

const root = join(import.meta.dirname, '..', '..');
const HOSTS = join(root, 'vm', 'hosts');
const HERE = import.meta.dirname;

/** Arguments of a process: a program first. */
export type Command = readonly [string, ...string[]];

export interface HostSpec {
  readonly name: string;
  /** What runs the module. */
  readonly runtime: string;
  /**
   * @param folder for what is built
   * @returns the command of a case, to which the sizes of batches are appended; undefined where it cannot decide the case
   * @throws Error where its toolchain is not there
   */
  build(folder: string): Promise<(one: HostCase) => Command | undefined> | ((one: HostCase) => Command | undefined);
}

const run = (cwd: string, [program, ...args]: Command, env: Record<string, string> = {}): void => {
  const { status, stderr, error } = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  if (status !== 0) throw new Error(error?.message ?? stderr.trim().split('\n').slice(-3).join('; '));
};

const files = ({ bundle, events }: HostCase): readonly [string, string] => [bundle, events];
const module = join(root, 'dist', 'lictor-vm.wasm');

const nativeRecords: HostSpec = {
  name: 'C by hand',
  runtime: 'none: these rules, these records, nothing else',
  build(folder) {
    const program = join(folder, 'records');
    run(join(HERE, '..', 'limit'), ['cc', '-O3', '-std=gnu11', '-o', program, 'records.c']);
    const fields = ['proc.path', 'file.path'].map((name) => String(ref(name).field));
    return ({ limit, events }) => (limit === undefined ? undefined : [program, limit, ...fields, events]);
  },
};

const c = (bounds: 'code' | 'pages'): HostSpec => ({
  name: `C, bounds in ${bounds}`,
  runtime: 'none: wasm2c',
  build(folder) {
    const program = join(folder, `c-${bounds}`);
    copyFileSync(module, join(HOSTS, 'c', 'lictor-vm.wasm'));
    run(join(HOSTS, 'c'), ['make', '--silent', `BOUNDS=${bounds}`]);
    const library = join(HOSTS, 'c', 'build', bounds, 'liblictor.a');
    const libraries = ['-lmsgpackc', '-lcrypto', '-lpthread'];
    run(HERE, ['cc', '-O2', '-I', join(HOSTS, 'c'), '-o', program, 'c/bench.c', library, ...libraries]);
    return (one) => [program, ...files(one)];
  },
});

const go: HostSpec = {
  name: 'Go',
  runtime: 'wazero',
  build(folder) {
    const program = join(folder, 'go');
    copyFileSync(module, join(HOSTS, 'go', 'lictor-vm.wasm'));
    run(join(HERE, 'go'), ['go', 'build', '-o', program, '.']);
    return (one) => [program, ...files(one)];
  },
};

const python: HostSpec = {
  name: 'Python',
  runtime: 'wasmtime',
  build() {
    const venv = join(root, 'dist', 'python');
    copyFileSync(module, join(HOSTS, 'python', 'lictor', 'lictor-vm.wasm'));
    run(HERE, ['python3', '-m', 'venv', venv]);
    run(join(HOSTS, 'python'), [join(venv, 'bin/pip'), 'install', '--quiet', '-r', 'requirements.txt']);
    return (one) => [
      'env',
      `PYTHONPATH=${join(HOSTS, 'python')}`,
      join(venv, 'bin/python'),
      join(HERE, 'python/bench.py'),
      ...files(one),
    ];
  },
};

const rust = (name: string, ...options: readonly string[]): HostSpec => ({
  name,
  runtime: 'wasmtime',
  build() {
    const crate = join(HOSTS, 'rust');
    const target = join(root, 'build', 'rust');
    for (const file of ['lictor-vm.wasm', 'lictor-policy.wasm'])
      copyFileSync(join(root, 'dist', file), join(crate, file));
    const cargo = ['cargo', 'build', '--quiet', '--locked', '--release', '--example', 'bench'] as const;
    run(crate, [...cargo, '--target-dir', target]);
    return (one) => [join(target, 'release', 'examples', 'bench'), ...options, ...files(one)];
  },
});

/** The one that the others are compared with. */
export const NODE = 'Node';

const javascript = (name: string, runtime: string, command: () => Command | Promise<Command>): HostSpec => ({
  name,
  runtime,
  async build(folder) {
    const engine = await command();
    const script = join(folder, 'javascript', 'bench.js');
    copyFileSync(module, join(folder, 'lictor-vm.wasm'));
    await bundle({
      entryPoints: [join(HERE, 'javascript', 'host.ts')],
      ...{
        outfile: script,
        bundle: true,
        format: 'esm',
        platform: 'neutral',
        external: ['node:*'],
        logLevel: 'silent',
      },
    });
    return (one) => [...engine, script, ...files(one)];
  },
});

const inEngine =
  (name: 'deno' | 'bun', ...args: readonly string[]) =>
  async (): Promise<Command> => {
    const program = await engineProgram(name);
    if (program === undefined) throw new Error(`there is no ${name} for this machine`);
    return [program, ...args];
  };

export const HOST_LIST: readonly HostSpec[] = [
  nativeRecords,
  c('pages'),
  c('code'),
  javascript(NODE, 'V8', () => [process.execPath]),
  javascript('Deno', 'V8', inEngine('deno', 'run', '--quiet', '--allow-read')),
  javascript('Bun', 'JavaScriptCore', inEngine('bun', 'run')),
  {
    name: 'Node, component',
    runtime: 'V8, by jco',
    build() {
      const script = join(HERE, 'javascript', 'component.ts');
      return (one) => [process.execPath, '--import', 'tsx', script, ...files(one)];
    },
  },
  go,
  rust('Rust'),
  rust('Rust, component', '--component'),
  python,
];
