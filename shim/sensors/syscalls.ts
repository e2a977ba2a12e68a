/** Questions to the table of system calls, and which of them the kind `syscall` must read in a way of their own. */
import { STRING_ARGUMENTS, SYSCALLS } from '../../vm/spec/syscalls.ts';
import { encodeStruct } from './layout.ts';

/** Calls that do not come back to their caller, or with other registers. */
const NO_RETURN: ReadonlySet<string> = new Set(['exit', 'exit_group', 'rt_sigreturn', 'execve', 'execveat']);

/** Calls whose first argument is a descriptor; not those that close it, of which nothing is left when they return. */
const DESCRIPTOR_FIRST: ReadonlySet<string> = new Set(
  (
    'read write fstat lseek ioctl pread64 pwrite64 readv writev sendfile dup dup2 dup3 connect accept accept4 sendto ' +
    'recvfrom sendmsg recvmsg shutdown bind listen getsockname getpeername setsockopt getsockopt fcntl flock fsync ' +
    'fdatasync ftruncate getdents fchdir fchmod fchown fstatfs readahead fsetxattr fgetxattr flistxattr ' +
    'fremovexattr getdents64 fadvise64 epoll_wait epoll_ctl inotify_add_watch inotify_rm_watch openat mkdirat ' +
    'mknodat fchownat futimesat newfstatat unlinkat renameat linkat readlinkat fchmodat faccessat splice tee ' +
    'sync_file_range vmsplice utimensat epoll_pwait signalfd fallocate timerfd_settime timerfd_gettime signalfd4 ' +
    'preadv pwritev recvmmsg fanotify_mark name_to_handle_at open_by_handle_at syncfs sendmmsg setns finit_module ' +
    'renameat2 kexec_file_load execveat copy_file_range preadv2 pwritev2 statx pidfd_send_signal io_uring_enter ' +
    'io_uring_register open_tree move_mount fsconfig fsmount fspick openat2 pidfd_getfd faccessat2 process_madvise ' +
    'epoll_pwait2 mount_setattr quotactl_fd landlock_add_rule landlock_restrict_self process_mrelease cachestat ' +
    'fchmodat2 setxattrat getxattrat listxattrat removexattrat open_tree_attr file_getattr file_setattr mq_timedsend ' +
    'mq_timedreceive mq_notify mq_getsetattr'
  ).split(' '),
);

/** All numbers that have a name are below this. */
export const SYSCALLS_END = SYSCALLS.length;

/**
 * @param nr number of x86-64
 * @returns the call's name, or null where there is none
 */
export const syscallName = (nr: number): string | null => SYSCALLS[nr] ?? null;

/** @returns the number, or null for an unknown name */
export const syscallNumber = (name: string): number | null => {
  const number = SYSCALLS.indexOf(name);
  return number >= 0 ? number : null;
};

const NONE: readonly number[] = [];

/** @returns numbers of the arguments of a call that point to paths or names */
export const stringArguments = (nr: number): readonly number[] => STRING_ARGUMENTS[syscallName(nr) ?? ''] ?? NONE;

/** @param name of a call @returns whether its first argument is a descriptor */
export const takesDescriptor = (name: string): boolean => DESCRIPTOR_FIRST.has(name);

/** @returns a `traced` for the map, by number; a number without a name is traced all the same */
export const tracedCall = (nr: number): Uint8Array => {
  const name = syscallName(nr) ?? '';
  const strings = stringArguments(nr).reduce((bits, argument) => bits | (1 << argument), 0);
  return encodeStruct('traced', {
    traced: 1,
    returns: NO_RETURN.has(name) ? 0 : 1,
    strings,
    descriptor: takesDescriptor(name) ? 1 : 0,
    length: name.length,
    name: Buffer.from(name),
  });
};
