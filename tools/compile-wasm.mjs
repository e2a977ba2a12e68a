/** From AssemblyScript to a module: compiled, made smaller, and held to importing nothing. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = join(import.meta.dirname, '..');
const WASM_OPT = fileURLToPath(import.meta.resolve('binaryen/bin/wasm-opt'));

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

/**
 * @param {string} entry source file, below the project's root
 * @param {string} target of asconfig.json
 * @param {string} path of the module, which is written
 * @returns {Promise<Buffer>} the module
 * @throws what the compiler says, or the names of its imports
 */
export async function compileWasm(entry, target, path) {
  const options = { config: join(root, 'asconfig.json'), target, baseDir: root, outFile: path };
  const { error, stderr } = await asc.main([
    entry,
    ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]),
  ]);
  if (error) throw new Error(`${stderr.toString()}${error.message}`);
  shrink(path);
  const bytes = readFileSync(path);
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(bytes));
  if (imports.length === 0) return bytes;
  const names = imports.map(({ module, name }) => `${module}.${name}`).join(', ');
  throw new Error(`${path} must import nothing, but imports ${names}`);
}
