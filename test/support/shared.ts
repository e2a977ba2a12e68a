/** The folder of corpora and traces beside the project. It is not part of the project, and may be absent. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import { skipTest } from './skip.ts';

const root = join(import.meta.dirname, '..', '..', '..', 'shared');

/**
 * @param name path below the shared folder, such as `corpora/falco-rules`
 * @returns the path, or why there is none
 */
export const shared = (name: string): { readonly path: string } | { readonly reason: string } => {
  const path = join(root, name);
  return existsSync(path) ? { path } : { reason: `../shared/${name} is not there` };
};

/**
 * Registers a test that reads a shared folder, or skips it with the reason. The file calls `test.run()` as usual.
 *
 * @param name of the test
 * @param folder below the shared folder
 * @param run gets the folder's path
 */
export const sharedTest = (name: string, folder: string, run: (path: string) => void | Promise<void>): void => {
  const found = shared(folder);
  if ('path' in found) test(name, () => run(found.path));
  else skipTest(name, found.reason);
};
