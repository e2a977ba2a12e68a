/**
 * What the shim asks of the machine, so that everything above it can be tested with a fake.
 * Results follow the kernel: a descriptor or a count, or the negative errno. Nothing here throws or allocates.
 */
import type { SocketCalls } from './sockets.ts';

export interface Kernel {
  read(fd: number, into: Uint8Array): number;
  write(fd: number, bytes: Uint8Array): number;
  close(fd: number): void;
  /** `into` is the request's structure, read and written. */
  ioctl(fd: number, request: number, into: Uint8Array): number;
  /** An ioctl whose argument is a number itself. */
  control(fd: number, request: number, value: number): number;

  /** The path of an open object as its own mount namespace names it; bytes without a final zero. */
  pathOf(fd: number, into: Uint8Array): number;
  /** `struct stat` of an open object, 144 bytes; see `STAT`. */
  status(fd: number, into: Uint8Array): number;
  /** Bytes of an open file from an offset, without moving it. */
  readAt(fd: number, into: Uint8Array, offset: number): number;

  /** One read of a file below `/proc/PID/`, for instance `status` or `task/12/syscall`. */
  procFile(pid: number, name: string, into: Uint8Array): number;
  /** Target of a link below `/proc/PID/`, for instance `exe`. */
  procLink(pid: number, name: string, into: Uint8Array): number;
  /** `struct stat` of what a link below `/proc/PID/` leads to, as the kernel knows it: no file system is asked for news. */
  procStatus(pid: number, name: string, into: Uint8Array): number;
  /** `struct stat` of what a path names in the mounts and root of a process; symbolic links are followed. */
  statusIn(pid: number, path: string, into: Uint8Array): number;
  /** Bytes of another process's memory. Another of its threads may change them at the same time. */
  readMemory(tid: number, address: number, into: Uint8Array): number;

  /** @returns bytes that were written: fewer where the memory ends or is read-only */
  writeMemory(tid: number, address: number, bytes: Uint8Array): number;
  /** How many descriptors a thread has; before Linux 6.2 always 0. */
  descriptors(tid: number): number;

  pidfdOpen(pid: number): number;
  /** Of one thread; -EINVAL before Linux 6.9. */
  threadfdOpen(tid: number): number;
  /** A duplicate of another process's descriptor. */
  pidfdTake(pidfd: number, fd: number): number;
  pidfdSignal(pidfd: number, signal: number): number;
  /** A counter to wake a waiting thread with; close-on-exec, not blocking. */
  eventfd(): number;
  /** Nanoseconds since the machine was started, those included in which it slept. */
  bootTime(): number;
  readonly sockets: SocketCalls;
}

/** Offsets in `struct stat` of x86-64. */
export const STAT = {
  size: 144,
  length: 48,
  dev: 0,
  ino: 8,
  links: 16,
  mode: 24,
  uid: 28,
  gid: 32,
  device: 40,
} as const;

export const ERRNO = {
  ...{
    EPERM: 1,
    ENOENT: 2,
    ESRCH: 3,
    EINTR: 4,
    EAGAIN: 11,
    ENOMEM: 12,
    EACCES: 13,
    EFAULT: 14,
    EXDEV: 18,
    EINVAL: 22,
    EMFILE: 24,
  },
  ...{ ENOSYS: 38, EOPNOTSUPP: 95 },
} as const;
