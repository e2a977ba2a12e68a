/**
 * What the module exports, with types: a change of the raw interface shows in review.
 * `UPDATE=1` writes the list anew; a changed line of it, and not one more, is a new `abi_version`.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { assetPath } from '../../vm/host/assets.ts';
import { listing } from './listing.ts';

const FILE = join(import.meta.dirname, 'exports.txt');
const DIGEST = join(import.meta.dirname, 'module.sha256');

test('the exports of the module, and their types, are those that are promised', () => {
  const text = listing(readFileSync(assetPath('lictor-vm.wasm')));
  if (process.env['UPDATE'] === '1') writeFileSync(FILE, text);
  assert.is(text, readFileSync(FILE, 'utf8'));
});

test('the module is built the same everywhere: hosts carry its digest', () => {
  const digest = `${createHash('sha256')
    .update(readFileSync(assetPath('lictor-vm.wasm')))
    .digest('hex')}\n`;
  if (process.env['UPDATE'] === '1') writeFileSync(DIGEST, digest);
  assert.is(digest, readFileSync(DIGEST, 'latin1'), 'changed? UPDATE=1, then `npm run generate`');
});

test.run();
