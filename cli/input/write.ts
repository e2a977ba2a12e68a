/** Files appear whole or not at all: they are written aside and renamed. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { cannot } from './paths.ts';

/**
 * @param path of the file; an existing one keeps its permissions
 * @param content whole
 * @throws Stop with `Exit.Failed`
 */
export function writeWhole(path: string, content: string | Uint8Array): void {
  const aside = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  try {
    const old = statSync(path, { throwIfNoEntry: false });
    // A device or a pipe (`-o /dev/stdout`) has to be written in place.
    if (old && !old.isFile()) return writeFileSync(path, content);
    const fd = openSync(aside, 'wx', old?.mode ?? 0o666);
    try {
      writeFileSync(fd, content);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(aside, path);
  } catch (error) {
    rmSync(aside, { force: true });
    throw cannot('write', path, error);
  }
}
