/** A machine of tables, for tests: files of `/proc`, memory, and descriptors to read from. */
import { ERRNO, STAT, type Kernel } from '../../shim/kernel/kernel.ts';
import type { SocketCalls } from '../../shim/kernel/sockets.ts';

export interface FakeFile {
  readonly path: string;
  readonly mode?: number;
  readonly ino?: number;
  readonly links?: number;
  readonly content?: string;
}

/** Every socket is one of TCP without a name. */
const SOCKETS: SocketCalls = {
  protocol: () => 6,
  type: () => 1,
  isListening: () => false,
  isNonBlocking: () => false,
  receiveTimeout: () => 0,
  isReady: () => false,
  accept: () => -ERRNO.EAGAIN,
  own: () => 0,
  file: () => -ERRNO.ENOENT,
  name: () => 0,
  bind: () => 0,
  listen: () => 0,
};

export class FakeKernel implements Kernel {
  readonly sockets = SOCKETS;

  /** By `PID/NAME`. */
  readonly proc = new Map<string, string>();
  readonly links = new Map<string, string>();
  /** Objects that are open, by descriptor. */
  readonly open = new Map<number, FakeFile>();
  /** What reads of a descriptor give, one after the other. */
  readonly queue = new Map<number, Uint8Array[]>();
  readonly written: Uint8Array[] = [];
  readonly closed: number[] = [];
  readonly signals: [pidfd: number, signal: number][] = [];
  /** Memory of every process, by address. */
  readonly memory = new Map<number, Uint8Array>();

  read(fd: number, into: Uint8Array): number {
    const bytes = this.queue.get(fd)?.shift();
    if (!bytes) return -ERRNO.EAGAIN;
    into.set(bytes);
    return bytes.length;
  }
  write(_fd: number, bytes: Uint8Array): number {
    this.written.push(bytes.slice());
    return bytes.length;
  }
  close(fd: number): void {
    this.closed.push(fd);
  }
  ioctl(): number {
    return -ERRNO.EINVAL;
  }
  pathOf(fd: number, into: Uint8Array): number {
    return this.#text(this.open.get(fd)?.path, into);
  }
  status(fd: number, into: Uint8Array): number {
    const file = this.open.get(fd);
    if (!file) return -ERRNO.ENOENT;
    const view = new DataView(into.buffer, into.byteOffset);
    view.setBigUint64(STAT.ino, BigInt(file.ino ?? fd), true);
    view.setBigUint64(STAT.links, BigInt(file.links ?? 1), true);
    view.setUint32(STAT.mode, file.mode ?? 0o100644, true);
    return 0;
  }
  readAt(fd: number, into: Uint8Array): number {
    return this.#text(this.open.get(fd)?.content ?? '', into);
  }
  procFile(pid: number, name: string, into: Uint8Array): number {
    return this.#text(this.proc.get(`${pid}/${name}`), into);
  }
  procLink(pid: number, name: string, into: Uint8Array): number {
    return this.#text(this.links.get(`${pid}/${name}`), into);
  }
  statusIn(): number {
    return -ERRNO.ENOENT;
  }
  readMemory(_tid: number, address: number, into: Uint8Array): number {
    for (const [start, bytes] of this.memory) {
      if (address < start || address >= start + bytes.length) continue;
      const part = bytes.subarray(address - start, address - start + into.length);
      into.set(part);
      return part.length;
    }
    return -ERRNO.EFAULT;
  }
  writeMemory(): number {
    return -ERRNO.EFAULT;
  }
  descriptors(): number {
    return 0;
  }
  pidfdOpen(pid: number): number {
    return pid + 1000;
  }
  pidfdTake(): number {
    return -ERRNO.EINVAL;
  }
  pidfdSignal(pidfd: number, signal: number): number {
    this.signals.push([pidfd, signal]);
    return 0;
  }
  threadfdOpen(tid: number): number {
    return tid + 1000;
  }
  eventfd(): number {
    return -ERRNO.EINVAL;
  }

  /** A process with what `Processes` reads of it. */
  addProcess(pid: number, parent: number, path: string, start = pid): void {
    this.proc.set(`${pid}/status`, `Name:\tx\nTgid:\t${pid}\nPPid:\t${parent}\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\n`);
    const fields = ['S', parent, pid, pid, 0, ...Array(14).fill(0), start, 0];
    this.proc.set(`${pid}/stat`, `${pid} (x) ${fields.join(' ')}`);
    this.proc.set(`${pid}/comm`, 'x\n');
    this.proc.set(`${pid}/cmdline`, `${path}\0`);
    this.links.set(`${pid}/exe`, path);
    this.links.set(`${pid}/cwd`, '/');
  }

  #text(text: string | undefined, into: Uint8Array): number {
    if (text === undefined) return -ERRNO.ENOENT;
    const bytes = Buffer.from(text, 'latin1').subarray(0, into.length);
    into.set(bytes);
    return bytes.length;
  }
}

/** A permission event of fanotify as the kernel writes it. */
export const fanotifyEvent = (mask: number, fd: number, tid: number): Uint8Array => {
  const bytes = new Uint8Array(24);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 24, true);
  bytes[4] = 3;
  view.setUint16(6, 24, true);
  view.setUint32(8, mask, true);
  view.setInt32(16, fd, true);
  view.setInt32(20, tid, true);
  return bytes;
};
