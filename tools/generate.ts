/**
 * Writes every file that follows from `vm/spec`, from the commands' definitions, or from the shipped policies; with `--check` only says which of them are stale and exits 1.
 * Usage: node --import tsx tools/generate.ts [--check]
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { assembly } from './generate/assembly.ts';
import { bypasses } from './generate/bypasses.ts';
import { cHost } from './generate/c-host.ts';
import { cHeader } from './generate/c-header.ts';
import { cli } from './generate/cli.ts';
import { coverage } from './generate/coverage.ts';
import { diagnostics } from './generate/diagnostics.ts';
import { goSpec } from './generate/go.ts';
import { javascriptSpec } from './generate/javascript.ts';
import { libraryHeaders } from './generate/library-headers.ts';
import { limits } from './generate/limits.ts';
import { opcodes } from './generate/opcodes.ts';
import { pythonSpec } from './generate/python.ts';
import { questionWriter } from './generate/question-writer.ts';
import { recordFields } from './generate/record-fields.ts';
import { reference } from './generate/reference.ts';
import { rustSpec } from './generate/rust.ts';
import type { Target } from './generate/target.ts';

const root = join(import.meta.dirname, '..');

const targets = async (): Promise<readonly Target[]> => [
  assembly(),
  cHeader(),
  ...libraryHeaders(),
  goSpec(),
  cHost(),
  javascriptSpec(),
  pythonSpec(),
  rustSpec(),
  questionWriter(),
  recordFields(),
  ...reference(),
  limits(),
  bypasses(),
  coverage(),
  opcodes(),
  diagnostics(),
  await cli(),
];

const current = (path: string): string | null => {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return null;
  }
};

const stale = (await targets()).filter((target) => current(target.path) !== target.text);
if (process.argv.includes('--check')) {
  for (const { path } of stale) console.error(`${path} is stale: run npm run generate`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  for (const { path, text } of stale) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    console.log(`wrote ${path}`);
  }
}
