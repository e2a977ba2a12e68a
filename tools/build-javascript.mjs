/**
 * Builds the TypeScript host: what the package exports, with its types, each in one file without a reference to sources; and
 * the programs that test it in other engines.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateDtsBundle } from 'dts-bundle-generator';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
const HOST = 'vm/hosts/javascript';
/** Entries of the package → where they lie below `dist/`. */
const ENTRIES = { vm: `${HOST}/index.ts`, events: `${HOST}/events.ts` };
const PROGRAMS = { vectors: 'test/engines/terminal.ts', page: 'test/engines/page.ts' };

/** Platform `neutral`: a file that asked for Node would not build. */
const bundle = (entryPoints, outdir, external = []) =>
  build({
    absWorkingDir: root,
    entryPoints,
    outdir,
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    target: 'es2022',
    external,
    logLevel: 'warning',
  }).catch(() => process.exit(1)); // esbuild has said why

await bundle(ENTRIES, 'dist');
await bundle(PROGRAMS, 'dist/javascript', ['node:*']);

/** The types of WebAssembly that are used, for programs that have not those of the DOM. */
const webAssembly = readFileSync(join(root, 'vm/host/webassembly.d.ts'), 'utf8');
const warn = console.warn;
console.warn = () => {}; // it says how it goes on
const declarations = generateDtsBundle(
  Object.values(ENTRIES).map((path) => ({
    filePath: join(root, path),
    output: { noBanner: true, exportReferencedTypes: false },
  })),
  { preferredConfigPath: join(root, 'tsconfig.json') },
);
console.warn = warn;
mkdirSync(join(root, 'dist'), { recursive: true });
Object.keys(ENTRIES).forEach((name, i) => {
  const types = declarations[i];
  writeFileSync(join(root, `dist/${name}.d.ts`), types.includes('WebAssembly.') ? `${webAssembly}\n${types}` : types);
});
