/** The machine through libc, by FFI. Calls block the calling thread; `errno` is that thread's own. */
import koffi from 'koffi';
import { STAT, type Kernel } from './kernel.ts';
import { PathBuffer } from './path-buffer.ts';
import { linuxSockets } from './sockets.ts';

const O_RDONLY_CLOEXEC = 0o2000000;
const AT_FDCWD = -100;
const AT_STATX_DONT_SYNC = 0x4000;
const CLOCK_BOOTTIME = 7;
const EFD_CLOEXEC_NONBLOCK = 0o2004000;
/** PIDFD_THREAD. */
const O_EXCL = 0o200;
const SYS = { pidfdSignal: 424, pidfdOpen: 434, pidfdTake: 438 } as const;

/**
 * @returns the machine itself; each thread makes its own, because buffers are reused
 * @throws where there is no glibc
 */
export const linuxKernel = (): Kernel => {
  const libc = koffi.load('libc.so.6');
  const read = libc.func('long read(int fd, void *into, size_t size)');
  const write = libc.func('long write(int fd, const void *bytes, size_t size)');
  const pread = libc.func('long pread(int fd, void *into, size_t size, long offset)');
  const close = libc.func('int close(int fd)');
  const openat = libc.func('int openat(int at, const void *path, int flags)');
  const ioctl = libc.func('int ioctl(int fd, ulong request, void *into)');
  const control = libc.func('ioctl', 'int', ['int', 'ulong', 'ulong']);
  const readlink = libc.func('long readlink(const void *path, void *into, size_t size)');
  const fstat = libc.func('int fstat(int fd, void *into)');
  const fstatat = libc.func('int fstatat(int at, const void *path, void *into, int flags)');
  const readv = libc.func(
    'long process_vm_readv(int pid, const void *to, ulong tos, const void *from, ulong froms, ulong flags)',
  );
  const writev = libc.func(
    'long process_vm_writev(int pid, const void *from, ulong froms, const void *to, ulong tos, ulong flags)',
  );
  const gettime = libc.func('int clock_gettime(int clock, void *into)');
  const eventfd = libc.func('int eventfd(uint count, int flags)');
  const syscall = libc.func('long syscall(long number, long a, long b, long c, long d)');

  const path = new PathBuffer();
  const result = (value: number): number => (value < 0 ? -koffi.errno() : value);

  // process_vm_readv wants addresses: it reads into this buffer, which does not move, and the bytes are copied out
  const window = Buffer.alloc(65536);
  /** struct timespec. */
  const time = new Uint32Array(4);
  const status = new Uint8Array(STAT.size);
  const statusView = new DataView(status.buffer);
  const to = new BigUint64Array([koffi.address(window), 0n]);
  const remote = new DataView(new ArrayBuffer(16));
  const remoteBytes = new Uint8Array(remote.buffer);
  const local = new DataView(to.buffer);

  return {
    read: (fd, into) => result(read(fd, into, into.length)),
    write: (fd, bytes) => result(write(fd, bytes, bytes.length)),
    close: (fd) => void close(fd),
    ioctl: (fd, request, into) => result(ioctl(fd, request, into)),
    control: (fd, request, value) => result(control(fd, request, value)),
    pathOf: (fd, into) => result(readlink(path.start('/proc/self/fd/').number(fd).bytes, into, into.length)),
    status: (fd, into) => result(fstat(fd, into)),
    readAt: (fd, into, offset) => result(pread(fd, into, into.length, offset)),
    procFile: (pid, name, into) => {
      const fd = openat(AT_FDCWD, path.start('/proc/').number(pid).text('/').text(name).bytes, O_RDONLY_CLOEXEC);
      if (fd < 0) return -koffi.errno();
      const size = result(read(fd, into, into.length));
      close(fd);
      return size;
    },
    procLink: (pid, name, into) =>
      result(readlink(path.start('/proc/').number(pid).text('/').text(name).bytes, into, into.length)),
    procStatus: (pid, name, into) => {
      const link = path.start('/proc/').number(pid).text('/').text(name).bytes;
      return result(fstatat(AT_FDCWD, link, into, AT_STATX_DONT_SYNC));
    },
    statusIn: (pid, name, into) =>
      result(fstatat(AT_FDCWD, path.start('/proc/').number(pid).text('/root').text(name).bytes, into, 0)),
    readMemory: (tid, address, into) => {
      const size = Math.min(into.length, window.length);
      local.setUint32(8, size, true);
      remote.setUint32(0, address >>> 0, true);
      remote.setUint32(4, Math.floor(address / 2 ** 32), true);
      remote.setUint32(8, size, true);
      const got = result(readv(tid, to, 1, remoteBytes, 1, 0));
      if (got > 0) into.set(window.subarray(0, got));
      return got;
    },
    writeMemory: (tid, address, bytes) => {
      const size = Math.min(bytes.length, window.length);
      window.set(bytes.subarray(0, size));
      local.setUint32(8, size, true);
      remote.setUint32(0, address >>> 0, true);
      remote.setUint32(4, Math.floor(address / 2 ** 32), true);
      remote.setUint32(8, size, true);
      return result(writev(tid, to, 1, remoteBytes, 1, 0));
    },
    descriptors: (tid) => {
      const folder = path.start('/proc/').number(tid).text('/fd').bytes;
      return fstatat(AT_FDCWD, folder, status, 0) < 0 ? -koffi.errno() : statusView.getUint32(STAT.length, true);
    },
    pidfdOpen: (pid) => result(syscall(SYS.pidfdOpen, pid, 0, 0, 0)),
    threadfdOpen: (tid) => result(syscall(SYS.pidfdOpen, tid, O_EXCL, 0, 0)),
    pidfdTake: (pidfd, fd) => result(syscall(SYS.pidfdTake, pidfd, fd, 0, 0)),
    pidfdSignal: (pidfd, signal) => result(syscall(SYS.pidfdSignal, pidfd, signal, 0, 0)),
    bootTime: () => {
      gettime(CLOCK_BOOTTIME, time);
      // halves of 64-bit seconds and nanoseconds; the upper one of seconds is 0
      return time[0] * 1e9 + time[2];
    },
    eventfd: () => result(eventfd(0, EFD_CLOEXEC_NONBLOCK)),
    sockets: linuxSockets(),
  };
};
