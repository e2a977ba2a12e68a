/** The stated bounds of fixed bundles are golden: `UPDATE=1` rewrites them when the planner is meant to change. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { boundsText } from './bounds.ts';

const GOLDEN = join(import.meta.dirname, 'bounds.txt');

test('bounds and sizes of programs', () => {
  const text = boundsText();
  if (process.env.UPDATE === '1') writeFileSync(GOLDEN, text);
  assert.fixture(text, readFileSync(GOLDEN, 'utf8'));
});

test.run();
