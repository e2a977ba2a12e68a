/** What descriptors of a workload refer to, as the kernel side tells it (shim/bpf/lib/descriptor.h). */
import { FIELDS } from '../../vm/spec/index.ts';
import { STAT, type Kernel } from '../kernel/kernel.ts';
import { CLOSED } from '../sensors/layout.ts';

/** Names by the number of a type. */
export const DESCRIPTOR_TYPES: readonly string[] = FIELDS.find(({ name }) => name === 'syscall.fd_type')!.values!;
const [FILE, DIRECTORY, PIPE, TERMINAL, DEVICE, IPV4, IPV6, UNIX, SOCKET, ANONYMOUS] = DESCRIPTOR_TYPES.keys();

const NAMES: readonly Uint8Array[] = DESCRIPTOR_TYPES.map((name) => Buffer.from(name));
const NONE = new Uint8Array(0);

/** @returns the name of a type, empty for `CLOSED` */
export const typeName = (type: number): Uint8Array => NAMES[type] ?? NONE;

/** Numbers of the types of standard input, output and error, `CLOSED` where there is none. */
export type Streams = Uint8Array;
const STREAMS = 3;
export const NO_STREAMS: Streams = new Uint8Array(STREAMS).fill(CLOSED);

const AF = { unix: 1, inet: 2, inet6: 10 } as const;
const CLOSE_ON_EXEC = 0o2000000;
const SMALL = new Uint8Array(256);
const STATUS = new Uint8Array(STAT.size);
const VIEW = new DataView(STATUS.buffer);

/** Consoles, /dev/tty and the like, and pseudo terminals (Documentation/admin-guide/devices.txt of the kernel). */
const isTerminal = (device: number): boolean => {
  const major = (device >>> 8) & 0xfff;
  return major === 4 || major === 5 || (major >= 136 && major <= 143);
};

/** The family cannot be seen from outside: it is asked of a duplicate, which is closed at once. */
const socketType = (kernel: Kernel, pid: number, tid: number, fd: number): number => {
  const thread = kernel.threadfdOpen(tid);
  // before Linux 6.9 only a process can be named, which has the table of its first thread
  const pidfd = thread < 0 ? kernel.pidfdOpen(pid) : thread;
  const own = pidfd < 0 ? pidfd : kernel.pidfdTake(pidfd, fd);
  const family = own < 0 ? own : kernel.sockets.family(own);
  if (own >= 0) kernel.close(own);
  if (pidfd >= 0) kernel.close(pidfd);
  if (family === AF.inet) return IPV4;
  if (family === AF.inet6) return IPV6;
  return family === AF.unix ? UNIX : SOCKET;
};

/**
 * What a descriptor refers to now; another thread can exchange it. No file system is asked, so none can hold the caller up.
 *
 * @param tid thread in whose table it stands, of the process `pid`
 * @returns the number of its type, or `CLOSED`
 */
export const descriptorType = (kernel: Kernel, pid: number, tid: number, fd: number): number => {
  if (kernel.procStatus(tid, `fd/${fd}`, STATUS) < 0) return CLOSED;
  switch (VIEW.getUint32(STAT.mode, true) >>> 12) {
    case 0o10:
      return FILE;
    case 0o04:
      return DIRECTORY;
    case 0o01:
      return PIPE;
    case 0o02:
      return isTerminal(VIEW.getUint32(STAT.device, true)) ? TERMINAL : DEVICE;
    case 0o06:
      return DEVICE;
    case 0o14:
      return socketType(kernel, pid, tid, fd);
    default:
      return ANONYMOUS;
  }
};

const closesOnExec = (kernel: Kernel, tid: number, fd: number): boolean => {
  const size = Math.max(0, kernel.procFile(tid, `fdinfo/${fd}`, SMALL));
  const flags = /^flags:\t(\d+)$/m.exec(Buffer.from(SMALL.buffer, 0, size).toString('latin1'))?.[1];
  return flags !== undefined && (parseInt(flags, 8) & CLOSE_ON_EXEC) !== 0;
};

/**
 * The standard streams of a program: those of a process that runs, or those that an exec of a thread leaves open.
 *
 * @param starts the thread is in execve
 */
export const streamsOf = (kernel: Kernel, pid: number, tid: number, starts: boolean): Streams => {
  const streams = new Uint8Array(STREAMS);
  for (let fd = 0; fd < STREAMS; fd++) {
    const type = descriptorType(kernel, pid, tid, fd);
    streams[fd] = type !== CLOSED && starts && closesOnExec(kernel, tid, fd) ? CLOSED : type;
  }
  return streams;
};
