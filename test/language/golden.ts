/** Texts that a test compares as a whole. `UPDATE=1` writes them anew: read the difference before it is committed. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';

/** @param name of the file in `golden/` */
export function matchesGolden(name: string, text: string): void {
  const path = fileURLToPath(new URL(`golden/${name}`, import.meta.url));
  if (process.env['UPDATE'] === '1') writeFileSync(path, text);
  assert.ok(existsSync(path), `${name} is missing: run with UPDATE=1`);
  assert.fixture(text, readFileSync(path, 'utf8'));
}
