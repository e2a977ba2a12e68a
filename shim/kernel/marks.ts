/** Marks of fanotify groups, and what has to be known of a directory before it is marked, by FFI. */
import koffi from 'koffi';

/** Results follow the kernel: a descriptor, a number, or the negative errno. */
export interface Marks {
  /** A group that is told of what happened, with the directories where. */
  openNotices(): number;
  /** Opens the root of a process; as all that is opened here, without a permission event (`O_PATH`). */
  openRoot(pid: number): number;
  /** Opens a directory by its path below a root; a link is not followed. */
  openDirectory(root: number, path: Uint8Array): number;
  /** The number under which `mountinfo` lists the mount through which a descriptor was opened. */
  mountOf(fd: number): number;
  /** Lets a group hear no more of opens of a directory and its children, until `forget`. */
  ignoreOpens(group: number, directory: number): number;
  /** Takes every mark of the group from files and directories; marks of mounts stay. */
  forget(group: number): number;
  /** Tells a group of every rename on the directory's file system. */
  watchRenames(group: number, directory: number): number;
}

const AT_FDCWD = -100;
const AT_EMPTY_PATH = 0x1000;
const STATX_MNT_ID = 0x1000;
const STATX_BYTES = 256;
/** Offset of `stx_mnt_id` in struct statx. */
const MNT_ID = 0x90;
/** O_PATH | O_DIRECTORY | O_CLOEXEC */
const DIRECTORY = 0o10000000 | 0o200000 | 0o2000000;
const O_NOFOLLOW = 0o400000;
const PATH_ROOM = 4096 + 2;

/** linux/fanotify.h */
const FAN = {
  cloexec: 0x1,
  nonblock: 0x2,
  unlimitedQueue: 0x10,
  reportDirFid: 0x400,
  add: 0x1,
  flush: 0x80,
  filesystem: 0x100,
  /** The kernel may drop the mark with the inode: it pins no memory, and what it silenced asks again (5.19). */
  evictable: 0x200,
  ignore: 0x400,
  survivesModify: 0x40,
  openPerm: 0x10000,
  movedFrom: 0x40,
  onChild: 0x08000000,
  onDirectory: 0x40000000,
} as const;

/** The machine itself; each thread makes its own, because buffers are reused. */
export const linuxMarks = (): Marks => {
  const libc = koffi.load('libc.so.6');
  const init = libc.func('int fanotify_init(uint flags, uint events)');
  const mark = libc.func('int fanotify_mark(int group, uint flags, uint64 mask, int at, const char *path)');
  const openat = libc.func('int openat(int at, const void *path, int flags)');
  const statx = libc.func('int statx(int at, const char *path, int flags, uint mask, void *into)');
  const result = (value: number): number => (value < 0 ? -koffi.errno() : value);
  const status = new DataView(new ArrayBuffer(STATX_BYTES));
  const statusBytes = new Uint8Array(status.buffer);
  const name = Buffer.alloc(PATH_ROOM, '.');
  return {
    openNotices: () => result(init(FAN.cloexec | FAN.nonblock | FAN.unlimitedQueue | FAN.reportDirFid, 0)),
    openRoot: (pid) => result(openat(AT_FDCWD, Buffer.from(`/proc/${pid}/root\0`), DIRECTORY)),
    openDirectory: (root, path) => {
      // `.` before it makes it relative
      name.set(path, 1);
      name[path.length + 1] = 0;
      return result(openat(root, name, DIRECTORY | O_NOFOLLOW));
    },
    mountOf: (fd) => {
      const failed = statx(fd, '', AT_EMPTY_PATH, STATX_MNT_ID, statusBytes);
      return failed < 0 ? -koffi.errno() : Number(status.getBigUint64(MNT_ID, true));
    },
    ignoreOpens: (group, directory) =>
      result(
        mark(
          group,
          FAN.add | FAN.ignore | FAN.survivesModify | FAN.evictable,
          FAN.openPerm | FAN.onChild | FAN.onDirectory,
          directory,
          '.',
        ),
      ),
    forget: (group) => result(mark(group, FAN.flush, 0, AT_FDCWD, '/')),
    watchRenames: (group, directory) =>
      result(mark(group, FAN.add | FAN.filesystem, FAN.movedFrom | FAN.onDirectory, directory, '.')),
  };
};
