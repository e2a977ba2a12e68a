/**
 * Whether a program lies in the writable layer of an overlay: then it was not in the image, or was changed since.
 *
 * The kernel tells nobody outside it which layer a file comes from. But a file of the writable layer stands in the directory
 * that was given as `upperdir` when the overlay was mounted, under the same path; a file that does not is of a layer below
 * (kernel documentation, filesystems/overlayfs). So the mount of the file is looked up by its id, and its directory asked.
 */
import { lstatSync, readFileSync } from 'node:fs';
import type { Kernel } from '../kernel/kernel.ts';
import type { Text } from './process.ts';

const SMALL = new Uint8Array(1024);

/** As `proc_pid_mountinfo(5)` has it; paths with the escapes of `/proc`. */
interface Mount {
  /** What of the file system is mounted. */
  readonly root: string;
  readonly point: string;
  readonly type: string;
  readonly options: string;
}

const unescaped = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)));

/** @returns null where no line has the id */
export function mountOf(mountinfo: string, id: string): Mount | null {
  const line = mountinfo.split('\n').find((one) => one.startsWith(`${id} `));
  const [own, of] = line?.split(' - ') ?? [];
  if (own === undefined || of === undefined) return null;
  const [, , , root, point] = own.split(' ');
  const [type, , options] = of.split(' ');
  return { root: unescaped(root), point: unescaped(point), type, options };
}

/** The writable directory of an overlay; null: it has none, and cannot be written. */
export function upperDirectory(options: string): string | null {
  const found = /(?:^|,)upperdir=((?:\\.|[^,\\])*)/.exec(options);
  return found === null ? null : unescaped(found[1]).replace(/\\(.)/g, '$1');
}

/**
 * @param fd of the program, opened on the mount on which it is executed
 * @param path of the program in that mount namespace
 * @param pid a process of that mount namespace
 * @returns null where it cannot be told: the mount is gone, or its writable directory is not in sight
 */
export function isUpperLayer(kernel: Kernel, fd: number, path: Text, pid: number): boolean | null {
  const size = kernel.procFile(process.pid, `fdinfo/${fd}`, SMALL);
  const id = /^mnt_id:\t(\d+)$/m.exec(Buffer.from(SMALL.buffer, 0, Math.max(0, size)).toString('latin1'))?.[1];
  if (id === undefined) return null;
  try {
    const mount = mountOf(readFileSync(`/proc/${pid}/mountinfo`, 'latin1'), id);
    // A file in memory is on a mount that no namespace shows.
    if (mount === null || mount.type !== 'overlay') return false;
    const upper = upperDirectory(mount.options);
    if (upper === null) return false;
    const inside = Buffer.from(path)
      .toString('latin1')
      .slice(mount.point === '/' ? 0 : mount.point.length);
    const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
    if (!lstatSync(bytes(upper), { throwIfNoEntry: false })?.isDirectory()) return null;
    const below = `${upper}${mount.root === '/' ? '' : mount.root}${inside}`;
    return lstatSync(bytes(below), { throwIfNoEntry: false }) !== undefined;
  } catch {
    return null;
  }
}
