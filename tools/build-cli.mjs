/** Bundles the command line, the demo and the worker threads into dist/, in chunks that load when they are needed. */
import { chmodSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');

/** Programs, and every `NAME-worker.ts` of the shim: a worker thread is started by file, `assetPath('NAME-worker.js')`. */
const workers = readdirSync(join(root, 'shim'), { recursive: true })
  .filter((path) => path.endsWith('-worker.ts'))
  .map((path) => [basename(path, '.ts'), `shim/${path}`]);
const entries = { lictor: 'cli/main.ts', demo: 'cli/demo/main.ts', ...Object.fromEntries(workers) };

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: entries,
  outdir: 'dist',
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // The same library without a question to the environment for each token, which is a third of reading a large source.
  alias: { yaml: join(root, 'node_modules/yaml/browser/index.js') },
  // Both have native parts, which stay in node_modules; msgpackr does without its own.
  external: ['koffi', 'msgpackr-extract'],
  // CommonJS packages ask for Node's modules with require, which an ES module has not.
  banner: {
    js: "import { createRequire as lictorRequire } from 'node:module'; const require = lictorRequire(import.meta.url);",
  },
  metafile: true,
  logLevel: 'warning',
}).catch(() => process.exit(1)); // esbuild has said why
chmodSync(join(root, 'dist/lictor.js'), 0o755);

const chunks = join(root, 'dist', 'chunks');
const current = new Set(Object.keys(metafile.outputs).map((path) => basename(path)));
if (existsSync(chunks)) {
  for (const name of readdirSync(chunks)) if (!current.has(name)) rmSync(join(chunks, name));
}
