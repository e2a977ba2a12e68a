/** What packages of all languages begin with: the host's files, the module and the licence in a folder of their own. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** What is built. */
export const DIST = join(root, 'dist');
/** Where packages are left. */
export const PACKAGES = join(DIST, 'packages');

/** Of all packages: package.json says it. */
export const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };

/** What a host has beside what is published: tests, and what is built. */
const UNWANTED = /^(build|tests|target|__pycache__|\.mypy_cache)$|_test\.go$|\.egg-info$/;

/**
 * @param host folder below vm/hosts
 * @param into an empty folder
 * @param module where in the package the module lies
 */
export function stage(host: string, into: string, module: string): void {
  cpSync(join(root, 'vm/hosts', host), into, { recursive: true, filter: (path) => !UNWANTED.test(basename(path)) });
  mkdirSync(dirname(join(into, module)), { recursive: true });
  copyFileSync(join(DIST, 'lictor-vm.wasm'), join(into, module));
  copyFileSync(join(root, 'LICENSE'), join(into, 'LICENSE'));
}

/** A program that is not there. */
export class MissingToolchain extends Error {}

/**
 * @param cwd of the process
 * @returns what it printed
 * @throws MissingToolchain; Error with what it said where it fails
 */
export function run(
  cwd: string,
  [program, ...args]: readonly [string, ...string[]],
  env: Record<string, string> = {},
): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  if (error) throw new MissingToolchain(`needs ${program}: ${error.message}`);
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}\n${stdout}${stderr}`);
  return stdout.trim();
}

/** A bundle that kills whoever reads /etc/shadow: a conformance vector. */
export const BUNDLE = join(root, 'vm/vectors/v1/kill-shadow.lictor');

/** @throws Error where a program that uses a package prints anything but the verdict */
export function mustPrint(printed: string, expected: string): void {
  if (printed !== expected) throw new Error(`printed \`${printed}\`, not \`${expected}\``);
}

/** Makes a module another one, by a byte of a name in it. */
export function tamper(module: string): void {
  const bytes = readFileSync(module);
  bytes[bytes.indexOf('abi_version')] ^= 1;
  writeFileSync(module, bytes);
}

/** A path below the project, for people. */
export const shown = (path: string): string => relative(root, path);
