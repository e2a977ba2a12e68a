/** The version of the package, in one place. */
import { readFileSync } from 'node:fs';
import { assetPath } from '../vm/host/assets.ts';

/** @returns the version that package.json states */
export function version(): string {
  const text = readFileSync(assetPath('../package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
