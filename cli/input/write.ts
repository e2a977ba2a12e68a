/** Files appear whole or not at all: they are written aside and renamed. */
import {
  closeSync,
  createWriteStream,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { cannot } from './paths.ts';

const DEFAULT_MODE = 0o666;

const aside = (path: string): string => join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);

/** A device or a pipe (`-o /dev/stdout`) has to be written in place. */
const inPlace = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === false;

const modeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mode ?? DEFAULT_MODE;

/**
 * @param path of the file; an existing one keeps its permissions
 * @param content whole
 * @throws Stop with `Exit.Failed`
 */
export const writeWhole = (path: string, content: string | Uint8Array): void => writeTogether([{ path, content }]);

/**
 * Several files, all or none: they get their names when all of them are written.
 * @throws Stop with `Exit.Failed`
 */
export function writeTogether(
  files: readonly { readonly path: string; readonly content: string | Uint8Array }[],
): void {
  const written: string[] = [];
  try {
    for (const { path, content } of files) attempt(path, () => writeAside(path, content, written));
    for (const { path, content } of files.filter((file) => !written.includes(file.path))) {
      attempt(path, () => writeFileSync(path, content));
    }
    for (const path of written) attempt(path, () => renameSync(aside(path), path));
  } catch (error) {
    for (const path of written) rmSync(aside(path), { force: true });
    throw error;
  }
}

function attempt(path: string, does: () => void): void {
  try {
    does();
  } catch (error) {
    throw cannot('write', path, error);
  }
}

/** @param written gets the path as soon as the file beside it is made */
function writeAside(path: string, content: string | Uint8Array, written: string[]): void {
  if (inPlace(path)) {
    if (statSync(path).isDirectory()) throw Object.assign(new Error('is a directory'), { code: 'EISDIR' });
    return;
  }
  const fd = openSync(aside(path), 'wx', modeOf(path));
  written.push(path);
  try {
    writeFileSync(fd, content);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

export interface AsideStream {
  readonly stream: Writable;
  /** Ends the stream and gives the file its name. */
  commit(): Promise<void>;
  /** Ends the stream and removes what was written. */
  discard(): Promise<void>;
}

/**
 * The same for content that comes bit by bit.
 * @throws Stop with `Exit.Failed` where the file cannot be made
 */
export async function streamAside(path: string): Promise<AsideStream> {
  try {
    const direct = inPlace(path);
    const target = direct ? path : aside(path);
    const stream = createWriteStream(target, direct ? {} : { flags: 'wx', mode: modeOf(path) });
    await new Promise<void>((resolve, reject) => stream.once('open', () => resolve()).once('error', reject));
    const end = async (): Promise<void> => {
      stream.end();
      await finished(stream);
    };
    return {
      stream,
      commit: async () => {
        await end();
        if (!direct) renameSync(target, path);
      },
      discard: async () => {
        await end();
        if (!direct) rmSync(target, { force: true });
      },
    };
  } catch (error) {
    throw cannot('write', path, error);
  }
}
