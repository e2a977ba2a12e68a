/** A machine of tables, for tests: files of `/proc`, and memory. */
import { ERRNO, type Kernel } from '../../shim/kernel/kernel.ts';
import type { SocketCalls } from '../../shim/kernel/sockets.ts';

/** Every socket is one of TCP without a name. */
const SOCKETS: SocketCalls = {
  protocol: () => 6,
  family: () => 2,
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
  ignoreErrors: () => {},
  raw: () => -1,
  sendRaw: () => -1,
};

export class FakeKernel implements Kernel {
  readonly sockets = SOCKETS;

  /** By `PID/NAME`. */
  readonly proc = new Map<string, string>();
  readonly links = new Map<string, string>();
  readonly signals: [pidfd: number, signal: number][] = [];
  /** Memory of every process, by address. */
  readonly memory = new Map<number, Uint8Array>();

  read(): number {
    return -ERRNO.EAGAIN;
  }
  write(_fd: number, bytes: Uint8Array): number {
    return bytes.length;
  }
  close(): void {}
  ioctl(): number {
    return -ERRNO.EINVAL;
  }
  control(): number {
    return -ERRNO.EINVAL;
  }
  pathOf(): number {
    return -ERRNO.ENOENT;
  }
  status(): number {
    return -ERRNO.ENOENT;
  }
  readAt(): number {
    return 0;
  }
  procFile(pid: number, name: string, into: Uint8Array): number {
    return this.#text(this.proc.get(`${pid}/${name}`), into);
  }
  procLink(pid: number, name: string, into: Uint8Array): number {
    return this.#text(this.links.get(`${pid}/${name}`), into);
  }
  procStatus(): number {
    return -ERRNO.ENOENT;
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
  bootTime(): number {
    return 3_000_000_000;
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
