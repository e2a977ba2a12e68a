/** Documents that a command makes of others, as files below a directory: all of them, or none. */
import { mkdirSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, relative } from 'node:path';
import type { Options } from '../command.ts';
import { Exit, Stop } from '../exit.ts';
import { cannot, exists } from '../input/paths.ts';
import { STDIN } from '../input/sources.ts';
import { writeTogether } from '../input/write.ts';
import type { Io } from './io.ts';

const STDOUT = '-';

export const OUTPUT_OPTIONS = {
  output: {
    type: 'text',
    short: 'o',
    value: 'DIR',
    required: true,
    completes: 'directory',
    doc: 'where the documents go; it is made where it is missing; `-`: to standard output',
  },
  replace: { type: 'flag', doc: 'write over files that are there' },
} as const satisfies Options;

/**
 * Below the directory that was named, files keep their places; others only their names.
 * @param path of a source
 * @param operands files and directories, as they were named
 */
export function targetOf(path: string, operands: readonly string[], directory: string): string {
  const root = operands.find(
    (operand) =>
      statSync(operand, { throwIfNoEntry: false })?.isDirectory() && !relative(operand, path).startsWith('..'),
  );
  const name = path === STDIN ? 'stdin' : root === undefined ? basename(path) : relative(root, path);
  return join(directory, `${name.slice(0, name.length - extname(name).length)}.yaml`);
}

interface Made {
  readonly path: string;
  readonly text: string;
}

/**
 * Writes the files, and as JSON which they are.
 * @param documents how many there are in all files
 * @throws Stop before anything is written, where a file stands there already and `--replace` is not given: it may have been
 *   edited since; or where two have one path
 */
export async function writeDocuments(
  files: readonly Made[],
  documents: number,
  { output, replace }: { readonly output: string; readonly replace: boolean },
  format: string,
  io: Io,
): Promise<void> {
  if (output === STDOUT) return io.out.write(files.map(({ text }) => text).join('---\n'));
  writeAll(files, replace);
  if (format === 'json') {
    await io.out.write(`${JSON.stringify({ files: files.map(({ path }) => path), documents })}\n`);
  }
}

function writeAll(files: readonly Made[], replace: boolean): void {
  const paths = new Set<string>();
  for (const { path } of files) {
    if (paths.has(path)) {
      throw new Stop(Exit.Failed, `two sources would become \`${path}\``, 'name the directory that both are in');
    }
    paths.add(path);
    if (!replace && exists(path)) {
      throw new Stop(Exit.Failed, `\`${path}\` exists`, 'choose another directory, or say `--replace`');
    }
  }
  for (const directory of new Set(files.map(({ path }) => dirname(path)))) {
    try {
      mkdirSync(directory, { recursive: true });
    } catch (error) {
      throw cannot('make', directory, error);
    }
  }
  writeTogether(files.map(({ path, text }) => ({ path, content: text })));
}
