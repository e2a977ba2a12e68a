/**
 * What the module exports, with types: a change of the raw interface shows in review.
 * `UPDATE=1` writes the list anew; a changed line of it, and not one more, is a new `abi_version`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import binaryen from 'binaryen';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { assetPath } from '../../vm/host/assets.ts';

const FILE = join(import.meta.dirname, 'exports.txt');

const typeNames = (type: number): string =>
  binaryen
    .expandType(type)
    .map((one) => ({ [binaryen.i32]: 'i32', [binaryen.i64]: 'i64' })[one] ?? `type ${one}`)
    .join(' ');

const listing = (bytes: Uint8Array): string => {
  const module = binaryen.readBinary(bytes);
  try {
    const lines = Array.from({ length: module.getNumExports() }, (_, i) => {
      const { kind, name, value } = binaryen.getExportInfo(module.getExportByIndex(i));
      if (kind === binaryen.ExternalMemory) return `memory ${name}`;
      if (kind !== binaryen.ExternalFunction) return `other ${name}`;
      const { params, results } = binaryen.getFunctionInfo(module.getFunction(value));
      return `func ${name} (${typeNames(params)}) -> (${typeNames(results)})`;
    });
    return `${lines.sort().join('\n')}\n`;
  } finally {
    module.dispose();
  }
};

test('the exports of the module, and their types, are those that are promised', () => {
  const text = listing(readFileSync(assetPath('lictor-vm.wasm')));
  if (process.env['UPDATE'] === '1') writeFileSync(FILE, text);
  assert.is(text, readFileSync(FILE, 'utf8'));
});

test.run();
