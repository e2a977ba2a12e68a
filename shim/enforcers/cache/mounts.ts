/**
 * On which mounts a directory has one path only. Marks are on directories, not on paths: where two mounts show one
 * directory, an answer for one of its paths would be one for the other.
 */

interface Mount {
  readonly device: string;
  /** The directory of the file system that is mounted, and where. */
  readonly root: string;
  readonly point: string;
  readonly type: string;
}

/**
 * File systems whose directories are renamed by this machine alone, which says so: on others (network, FUSE) a directory
 * can have moved before anybody here knows.
 */
export const LOCAL: readonly string[] =
  'ext2 ext3 ext4 xfs btrfs f2fs bcachefs tmpfs overlay squashfs erofs iso9660'.split(' ');

/** proc(5): space, tab, newline and backslash are written as three octal digits. */
const unescape = (text: string): string =>
  text.replace(/\\([0-3][0-7]{2})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)));

const isWithin = (path: string, directory: string): boolean =>
  directory === '/' || path === directory || path.startsWith(`${directory}/`);

const parentOf = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf('/')));

export class Mounts {
  readonly #byId = new Map<number, Mount>();
  readonly #byDevice = new Map<string, Mount[]>();

  /** @param mountinfo of a process of the workload, whose mounts do not change; one char a byte */
  constructor(mountinfo: string) {
    for (const line of mountinfo.split('\n')) {
      // ID PARENT MAJOR:MINOR ROOT POINT OPTIONS [TAG…] - TYPE …
      const [id, , device, root, point] = line.split(' ');
      const type = / - (\S+) /.exec(line)?.[1];
      if (point === undefined || type === undefined) continue;
      const mount = { device, root: unescape(root), point: unescape(point), type };
      this.#byId.set(Number(id), mount);
      this.#byDevice.set(device, [...(this.#byDevice.get(device) ?? []), mount]);
    }
  }

  /**
   * @param id of the mount through which the directory was opened
   * @param path of the directory in the workload's root, one char a byte
   * @returns the device of its file system, if neither it nor what stands in it has another path; else null
   */
  soleDevice(id: number, path: string): string | null {
    const mount = this.#byId.get(id);
    if (!mount || !LOCAL.includes(mount.type) || !isWithin(path, mount.point)) return null;
    const below = mount.point === '/' ? path : path.slice(mount.point.length);
    const inside = mount.root === '/' ? below || '/' : below === '/' ? mount.root : mount.root + below;
    const others = this.#byDevice.get(mount.device)!.filter((other) => other !== mount);
    const shown = others.some(({ root }) => isWithin(inside, root) || (root !== '/' && parentOf(root) === inside));
    return shown ? null : mount.device;
  }
}
