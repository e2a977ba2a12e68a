/** Starts the guard's thread: from its bundled file beside the program, or from source in a checkout. */
import { existsSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import { assetPath } from '../../vm/host/assets.ts';

const BUNDLED = 'guard-worker.js';
const bundled = basename(dirname(fileURLToPath(import.meta.url))) === 'dist';

/** @throws Error('BUG: …') where a bundled program lacks its worker */
export const startGuardThread = (options: WorkerOptions): Worker => {
  if (!bundled)
    return new Worker(new URL('../enforcers/guard-worker.ts', import.meta.url), {
      ...options,
      execArgv: ['--import', 'tsx'],
    });
  const path = assetPath(BUNDLED);
  if (!existsSync(path)) throw new Error(`BUG: ${path} was not built`);
  return new Worker(path, options);
};
