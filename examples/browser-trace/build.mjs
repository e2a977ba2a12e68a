/** Builds the page into a folder that any static server can serve. Usage: node examples/browser-trace/build.mjs FOLDER */
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const [folder] = process.argv.slice(2);
const here = import.meta.dirname;
mkdirSync(folder, { recursive: true });
await build({
  entryPoints: [join(here, 'page.js')],
  outdir: folder,
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  logLevel: 'warning',
}).catch(() => process.exit(1)); // esbuild has said why
for (const name of ['index.html', 'style.css']) copyFileSync(join(here, name), join(folder, name));
const module = fileURLToPath(import.meta.resolve('lictor/vm/lictor-vm.wasm'));
copyFileSync(module, join(folder, 'lictor-vm.wasm'));
