/** Copies of the project outside of it, in which mutants are built and checked. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

const PARTS = ['vm', 'compiler', 'test', 'package.json', 'tsconfig.json'];
/** By a name that TypeScript does not follow: the compiler's types would redefine those of Node. */
const ASC: string = 'assemblyscript/asc';
const MODULES = ['lictor-vm.wasm', 'lictor-vm-counting.wasm'];

export class Workspace {
  readonly path = mkdtempSync(join(tmpdir(), 'lictor-mutants-'));
  readonly fixtures = join(this.path, 'fixtures');

  /** @param root of the project: only read */
  constructor(root: string) {
    for (const part of PARTS) cpSync(join(root, part), join(this.path, part), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(this.path, 'node_modules'));
  }

  read(path: string): string {
    return readFileSync(join(this.path, path), 'utf8');
  }
  write(path: string, text: string): void {
    writeFileSync(join(this.path, path), text);
  }

  /** A folder for one mutant, with what it takes to check it: `dist/check.mjs` and the modules. */
  async folder(
    name: string,
    of: { readonly wasm: boolean; readonly check: boolean },
    base: string | null,
  ): Promise<string> {
    const dist = join(this.path, 'mutants', name, 'dist');
    mkdirSync(dist, { recursive: true });
    if (of.check) await this.#check(dist);
    else cpSync(join(base ?? dist, 'check.mjs'), join(dist, 'check.mjs'));
    if (of.wasm) await this.#wasm(dist);
    else for (const module of MODULES) cpSync(join(base ?? dist, module), join(dist, module));
    return dist;
  }

  /** @throws Error where the mutant does not compile */
  async #wasm(dist: string): Promise<void> {
    const flags = ['--runtime', 'minimal', '-O1', '--noAssert', '--use', 'abort=', '--use', 'COUNT_STEPS=1'];
    const out = join(dist, MODULES[0]);
    const { default: asc } = await import(ASC);
    const { error, stderr } = await asc.main([
      'vm/assembly/index.ts',
      '--outFile',
      out,
      '--baseDir',
      this.path,
      ...flags,
    ]);
    if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
    cpSync(out, join(dist, MODULES[1]));
  }

  async #check(dist: string): Promise<void> {
    await build({
      entryPoints: [join(this.path, 'test/mutation/check.ts')],
      outfile: join(dist, 'check.mjs'),
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'silent',
      banner: {
        js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
      },
    });
  }

  remove(dist?: string): void {
    rmSync(dist === undefined ? this.path : join(dist, '..'), { recursive: true, force: true });
  }
}
