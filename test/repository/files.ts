/** The project's own files, as the rules of this folder see them. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

export const root = join(import.meta.dirname, '..', '..');

/** Paths of files that belong to the project (tracked, or new and not ignored), below its root. */
export const files: readonly string[] = execFileSync(
  'git',
  ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
  { cwd: root, encoding: 'utf8' },
)
  .split('\0')
  .filter((path) => path !== '' && existsSync(join(root, path)));

export const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const TEXT = /\.(ts|mjs|js|json|md|c|h|yaml|yml|wat|txt)$|^\.ci\/run$|^LICENSE$/;

/** Files that people read. */
export const texts = files.filter((path) => TEXT.test(path));

/** TypeScript and plain JavaScript that people write. */
export const code = files.filter((path) => /\.(ts|mjs)$/.test(path) && !path.includes('/generated/'));

/** Module names that a file imports, statically or not. */
export const imports = (path: string): string[] =>
  ts.preProcessFile(read(path), true, true).importedFiles.map(({ fileName }) => fileName);
