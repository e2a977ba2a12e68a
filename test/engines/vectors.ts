/**
 * The conformance vectors through the TypeScript host, in one engine.
 * Usage: node --import tsx test/engines/vectors.ts node|deno|bun|browser
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Site, withPage } from './chromium.ts';
import { engineProgram } from './packages.ts';
import type { Outcome } from './run.ts';

const root = join(import.meta.dirname, '..', '..');
const VECTORS = join(root, 'vm/vectors/v1');
const MODULE = join(root, 'dist/lictor-vm.wasm');
const PROGRAMS = join(root, 'dist/javascript');

function inTerminal(program: string | undefined, ...options: readonly string[]): boolean {
  if (program === undefined) throw new Error('its package has no program for this machine');
  const args = [...options, join(PROGRAMS, 'vectors.js'), VECTORS, MODULE];
  return spawnSync(program, args, { stdio: 'inherit' }).status === 0;
}

const PAGE = '<!doctype html><title>Conformance vectors</title><script type="module" src="page.js"></script>';

const site: Site = async (path) => {
  if (path === 'index.html') return Buffer.from(PAGE);
  if (path === 'bundles.json') {
    const steps = readdirSync(VECTORS).filter((name) => name.endsWith('.steps'));
    return Buffer.from(JSON.stringify(steps.map((name) => name.slice(0, -'.steps'.length))));
  }
  const file = path === 'page.js' ? join(PROGRAMS, path) : path === 'lictor-vm.wasm' ? MODULE : join(VECTORS, path);
  return existsSync(file) ? readFile(file) : undefined;
};

const inBrowser = (): Promise<boolean> =>
  withPage(site, async (page, complaints) => {
    const { right, said } = (await page.evaluate('globalThis.lictorVectors')) as Outcome;
    console.log([...complaints, said].join('\n'));
    return right && complaints.length === 0;
  });

const ENGINES: Readonly<Record<string, () => boolean | Promise<boolean>>> = {
  node: () => inTerminal(process.execPath),
  deno: async () => inTerminal(await engineProgram('deno'), 'run', '--allow-read'),
  bun: async () => inTerminal(await engineProgram('bun')),
  browser: inBrowser,
};

const run = ENGINES[process.argv[2]];
if (run === undefined) {
  console.error(`usage: vectors.ts ${Object.keys(ENGINES).join('|')}`);
  process.exit(64);
}
process.exitCode = (await run()) ? 0 : 1;
