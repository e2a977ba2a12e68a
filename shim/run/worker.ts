/** Starts the guard's thread: from its bundled file beside the program, or from source in a checkout. */
import { existsSync } from 'node:fs';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import { assetPath } from '../../vm/host/assets.ts';

const BUNDLED = 'guard-worker.js';
/** Bundled code lies in chunks of any name, but never in TypeScript. */
const bundled = !import.meta.url.endsWith('.ts');

/** A worker does not load TypeScript by the parent's loader: it registers its own first. Only in a checkout. */
const fromSource = (options: WorkerOptions): Worker => {
  const loader = import.meta.resolve('tsx/esm/api');
  const entry = new URL('../enforcers/guard-worker.ts', import.meta.url).href;
  const code = `import(${JSON.stringify(loader)}).then(({ register }) => { register(); return import(${JSON.stringify(entry)}); });`;
  return new Worker(code, { ...options, eval: true, execArgv: [] });
};

/** @throws Error('BUG: …') where a bundled program lacks its worker */
export const startGuardThread = (options: WorkerOptions): Worker => {
  if (!bundled) return fromSource(options);
  const path = assetPath(BUNDLED);
  if (!existsSync(path)) throw new Error(`BUG: ${path} was not built`);
  return new Worker(path, options);
};
