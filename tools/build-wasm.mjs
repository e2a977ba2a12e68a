/** Compiles vm/assembly: the module that ships, and the one that counts its steps for tests and measurements. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import asc from 'assemblyscript/asc';

const root = join(import.meta.dirname, '..');
const MODULES = { product: 'dist/lictor-vm.wasm', counting: 'dist/lictor-vm-counting.wasm' };
/** What the module that ships may weigh, in bytes. */
const MAX_BYTES = 32 * 1024;

const fail = (message) => {
  console.error(message);
  process.exit(1);
};

mkdirSync(join(root, 'dist'), { recursive: true });
for (const [target, path] of Object.entries(MODULES)) {
  const { error, stderr } = await asc.main([
    '--config',
    join(root, 'asconfig.json'),
    '--target',
    target,
    '--baseDir',
    root,
  ]);
  if (error) fail(`${stderr.toString()}${error.message}`);
  const bytes = readFileSync(join(root, path));
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(bytes));
  if (imports.length > 0) {
    fail(
      `${path} must import nothing, but imports ${imports.map(({ module, name }) => `${module}.${name}`).join(', ')}`,
    );
  }
  if (target === 'product') {
    if (bytes.length > MAX_BYTES) fail(`${path} has ${bytes.length} bytes, more than ${MAX_BYTES}`);
    console.error(`${path}: ${bytes.length} bytes, no imports`);
  }
}
