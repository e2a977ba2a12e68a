/** Compiles vm/assembly: the module that ships, and the one that counts its steps for tests and measurements. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { compileWasm } from './compile-wasm.mjs';

const dist = join(import.meta.dirname, '../dist');
const MODULES = { product: 'lictor-vm.wasm', counting: 'lictor-vm-counting.wasm' };
/** What the module that ships may weigh, in bytes. */
const MAX_BYTES = 32 * 1024;

mkdirSync(dist, { recursive: true });
try {
  for (const [target, name] of Object.entries(MODULES)) {
    const { length } = await compileWasm('vm/assembly/index.ts', target, join(dist, name));
    if (target !== 'product') continue;
    if (length > MAX_BYTES) throw new Error(`dist/${name} has ${length} bytes, more than ${MAX_BYTES}`);
    console.error(`dist/${name}: ${length} bytes, no imports`);
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
