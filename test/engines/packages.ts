/** The engines' npm packages: installed when one of them is first asked for. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const folder = import.meta.dirname;
const root = join(folder, '..', '..');

async function install(): Promise<void> {
  const path = pathToFileURL(join(root, 'tools/setup/dependencies.mjs')).href;
  const { dependencies } = (await import(path)) as { dependencies(folder: string): void };
  dependencies('test/engines');
}

/** Packages with the programs themselves, which `deno` and `bun` only start: their lock would name all platforms, also absent ones. */
const PROGRAMS: Readonly<Record<'deno' | 'bun', Readonly<Record<string, string>>>> = {
  deno: { 'linux x64': '@deno/linux-x64-glibc/deno' },
  bun: { 'linux x64': '@oven/bun-linux-x64/bin/bun', 'linux arm64': '@oven/bun-linux-aarch64/bin/bun' },
};

/** @returns where the program lies, undefined where there is none for this machine */
export async function engineProgram(name: keyof typeof PROGRAMS): Promise<string | undefined> {
  const path = PROGRAMS[name][`${process.platform} ${process.arch}`];
  if (path === undefined) return undefined;
  await install();
  return join(folder, 'node_modules', path);
}

/** @returns what a package of this folder exports */
export async function requirePackage<T>(name: string): Promise<T> {
  await install();
  return createRequire(join(folder, 'package.json'))(name) as T;
}
