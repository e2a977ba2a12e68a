import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** SHA-256 of the module, hexadecimal. It is built the same everywhere; `test/vm/exports.test.ts` keeps it. */
export const moduleDigest = (): string =>
  readFileSync(join(import.meta.dirname, '../../test/vm/module.sha256'), 'latin1').trim();
