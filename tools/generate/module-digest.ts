import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const digest = (path: string): string => readFileSync(join(import.meta.dirname, '../../test', path), 'latin1').trim();

/** SHA-256 of the module, hexadecimal. It is built the same everywhere; `test/vm/exports.test.ts` keeps it. */
export const moduleDigest = (): string => digest('vm/module.sha256');

/** The same of the component; `test/component/component.test.ts` keeps it. */
export const componentDigest = (): string => digest('component/component.sha256');
