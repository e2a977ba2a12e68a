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
export function writeWhole(path: string, content: string | Uint8Array): void {
  let made = false;
  try {
    if (inPlace(path)) return writeFileSync(path, content);
    const fd = openSync(aside(path), 'wx', modeOf(path));
    made = true;
    try {
      writeFileSync(fd, content);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(aside(path), path);
  } catch (error) {
    if (made) rmSync(aside(path), { force: true });
    throw cannot('write', path, error);
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
