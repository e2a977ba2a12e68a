/** Compiles vm/assembly: the module that ships, and the one that counts its steps for tests and measurements. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = join(import.meta.dirname, '..');
const MODULES = { product: 'dist/lictor-vm.wasm', counting: 'dist/lictor-vm-counting.wasm' };
const WASM_OPT = fileURLToPath(import.meta.resolve('binaryen/bin/wasm-opt'));
/** What the module that ships may weigh, in bytes. */
const MAX_BYTES = 32 * 1024;

const fail = (message) => {
  console.error(message);
  process.exit(1);
};

/**
 * Makes the module smaller by what costs no event time: functions with one caller move into it, also cold ones, which the
 * transform could only keep out of all callers, and a constant that a function repeats is written once. In a process of its
 * own, because the optimizer keeps the compiler's settings for as long as it is loaded.
 */
function shrink(path) {
  execFileSync(process.execPath, [
    WASM_OPT,
    ...['bulk-memory', 'bulk-memory-opt', 'mutable-globals', 'nontrapping-float-to-int', 'sign-ext'].map(
      (feature) => `--enable-${feature}`,
    ),
    ...['--optimize-level=2', '--shrink-level=1', '--inlining-optimizing', '--const-hoisting'],
    path,
    '-o',
    path,
  ]);
}

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
  shrink(join(root, path));
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
