/** Documents that a command makes of others, as files below a directory: all of them, or none. */
import { mkdirSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, relative } from 'node:path';
import type { Options } from '../command.ts';
import { Exit, Stop } from '../exit.ts';
import { cannot } from '../input/paths.ts';
import { writeWhole } from '../input/write.ts';

export const OUTPUT_OPTIONS = {
  output: {
    type: 'text',
    short: 'o',
    value: 'DIR',
    required: true,
    completes: 'directory',
    doc: 'where the documents go; it is made where it is missing',
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
  const name = root === undefined ? basename(path) : relative(root, path);
  return join(directory, `${name.slice(0, name.length - extname(name).length)}.yaml`);
}

/**
 * @param replace whether files that are there already give way
 * @throws Stop before anything is written, where a file stands there already: it may have been edited since; or where two
 *   have one path
 */
export function writeAll(files: readonly { readonly path: string; readonly text: string }[], replace: boolean): void {
  const paths = new Set<string>();
  for (const { path } of files) {
    if (paths.has(path)) {
      throw new Stop(Exit.Failed, `two sources would become \`${path}\``, 'name the directory that both are in');
    }
    paths.add(path);
    if (!replace && statSync(path, { throwIfNoEntry: false }) !== undefined) {
      throw new Stop(Exit.Failed, `\`${path}\` exists`, 'choose another directory, or say `--replace`');
    }
  }
  for (const { path, text } of files) {
    try {
      mkdirSync(dirname(path), { recursive: true });
    } catch (error) {
      throw cannot('make', dirname(path), error);
    }
    writeWhole(path, text);
  }
}
