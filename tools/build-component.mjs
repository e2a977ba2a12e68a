/**
 * Builds the component: vm/component compiled to a core module with canonical names, `lictor-policy.wasm` with its types, and
 * `component/`, the same for hosts that speak JavaScript.
 * Usage: node tools/build-component.mjs [FOLDER], by default dist
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import binaryen from 'binaryen';
import { compileWasm } from './compile-wasm.mjs';
import { dependencies } from './setup/dependencies.mjs';

const root = join(import.meta.dirname, '..');
const JCO = join(import.meta.dirname, 'jco');
const WIT = join(root, 'vm/component/lictor-policy.wit');
const INTERFACE = 'lictor:policy/engine@0.1.0';
const out = process.argv[2] ?? join(root, 'dist');

const importJco = (name) =>
  import(
    pathToFileURL(createRequire(join(JCO, 'package.json')).resolve(`@bytecodealliance/jco-transpile${name}`)).href
  );

/** `evaluate_ring` → `lictor:policy/engine@0.1.0#evaluate-ring`; the language has no such names. */
function canonicalName(name) {
  if (name === 'cabi_realloc' || name === 'memory') return name;
  const [, post, call] = /^(post_)?(.*)$/.exec(name);
  return `${post ? 'cabi_post_' : ''}${INTERFACE}#${call.replaceAll('_', '-')}`;
}

function withCanonicalNames(bytes) {
  const module = binaryen.readBinary(bytes);
  try {
    const exports = Array.from({ length: module.getNumExports() }, (_, i) =>
      binaryen.getExportInfo(module.getExportByIndex(i)),
    );
    for (const { kind, name, value } of exports) {
      if (kind !== binaryen.ExternalFunction || name === canonicalName(name)) continue;
      module.removeExport(name);
      module.addFunctionExport(value, canonicalName(name));
    }
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}

// Too much for everybody who only tests policies: a folder of its own.
dependencies('tools/jco');
const { componentEmbed, componentNew } = await importJco('/wasm-tools');
const { transpileBytes } = await importJco('');

const temporary = mkdtempSync(join(tmpdir(), 'lictor-component-'));
try {
  const core = withCanonicalNames(
    await compileWasm('vm/component/index.ts', 'component', join(temporary, 'core.wasm')),
  );
  const typed = await componentEmbed({ binary: core, witSource: readFileSync(WIT, 'utf8'), world: 'policy' });
  const component = await componentNew(typed, []);
  // Errors are wrapped: what is thrown is an Error whose payload is the status, and not a text.
  const options = { name: 'lictor-policy', instantiation: 'sync', noComponentErrorWrapping: false };
  const { files } = await transpileBytes(component, options);
  rmSync(join(out, 'component'), { recursive: true, force: true });
  const built = Object.entries(files).map(([name, bytes]) => [join('component', name), bytes]);
  for (const [name, bytes] of [['lictor-policy.wasm', component], ...built]) {
    mkdirSync(dirname(join(out, name)), { recursive: true });
    writeFileSync(join(out, name), bytes);
  }
  console.error(`${join(out, 'lictor-policy.wasm')}: ${component.length} bytes, no imports`);
} catch (error) {
  console.error(error.message ?? error);
  process.exitCode = 1;
} finally {
  rmSync(temporary, { recursive: true });
}
