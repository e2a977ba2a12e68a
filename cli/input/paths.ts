/** Files and directories as operands, in the order that documents count (semantics, section 4). */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Exit, Stop } from '../exit.ts';

/** Whether a file of this name below a directory is read. */
export const isDocument = (name: string): boolean => /\.(ya?ml|json)$/.test(name);

/** Turns an error of the file system into an end with a clear text. */
export function cannot(doing: string, path: string, error: unknown): Stop {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return new Stop(Exit.Usage, `no such file or directory: \`${path}\``);
  return new Stop(Exit.Failed, `cannot ${doing} \`${path}\`: ${REASONS[code ?? ''] ?? (error as Error).message}`);
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EISDIR: 'is a directory',
  ELOOP: 'its symbolic links lead to each other',
  ENOTDIR: 'a part of the path is not a directory',
};

/**
 * Whether there is something of any sort.
 * @throws Stop where it cannot be told
 */
export function exists(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    throw cannot('write', path, error);
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  } catch (error) {
    throw cannot('read', path, error);
  }
}

/** Paths of the documents below a directory, ascending by bytes; symbolic links to files count, to directories do not. */
function below(directory: string): string[] {
  const found = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => isDocument(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(isFile);
  return found.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

/**
 * @param operands files, directories, `-` for standard input
 * @returns files in order, each once
 * @throws Stop where one is missing or unreadable, or a directory holds no document
 */
export function expand(operands: readonly string[]): string[] {
  const files = new Set<string>();
  for (const operand of operands) {
    if (operand === '-') {
      files.add(operand);
      continue;
    }
    try {
      const found = statSync(operand).isDirectory() ? below(operand) : [operand];
      if (found.length === 0) {
        throw new Stop(Exit.Usage, `no document below \`${operand}\``, 'documents end in .yaml, .yml or .json');
      }
      for (const path of found) files.add(path);
    } catch (error) {
      throw error instanceof Stop ? error : cannot('read', operand, error);
    }
  }
  return [...files];
}
