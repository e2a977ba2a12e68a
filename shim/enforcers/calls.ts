/**
 * Decides system calls that wait in the seccomp listener: the start of an exec, and socket operations. An address is read
 * once; what was decided is handed to the gate in the kernel, which compares it with the kernel's own copy, so a thread
 * that changes the address meanwhile gains nothing.
 */
import type { Kernel } from '../kernel/kernel.ts';
import { ERRNO } from '../kernel/kernel.ts';
import type { Processes } from '../workloads/processes.ts';
import { NOTHING } from '../workloads/process.ts';
import type { Judge, Means } from './judge.ts';
import type { Notifications } from './notifications.ts';
import { KIND, type Questions } from './questions.ts';
import { SOCKADDR_BYTES, SocketAddress } from './socket-address.ts';
import { NR } from './syscalls.ts';
import type { TextReader } from './text-reader.ts';
import { LIMITS } from '../../vm/spec/index.ts';

export type GateOperation = 'connect' | 'bind' | 'send';

/** The kernel's side of a decision about an address. */
export interface Gate {
  /** Lets one operation of one thread reach one address. @returns whether the kernel took it */
  allow(tid: number, operation: GateOperation, address: Uint8Array, port: number): boolean;
}

const IP: Means = { mechanism: 'seccomp', onlyEperm: false, caveat: null };
const UNIX: Means = {
  mechanism: 'seccomp',
  onlyEperm: false,
  caveat: 'the path of a unix socket is decided on a copy: another thread of the process can exchange it',
};
const MSG_FASTOPEN = 0x20000000;
const MSGHDR_BYTES = 56;
const EPERM = 1;
const OPERATION_KIND: Readonly<Record<GateOperation, string>> = {
  connect: 'net.connect',
  bind: 'net.bind',
  send: 'net.send',
};

/** Which kinds somebody asks for. */
export type CallNeeds = Readonly<Record<GateOperation | 'exec' | 'identity', boolean>>;

export class Calls {
  readonly #address = new SocketAddress();
  readonly #header = new Uint8Array(MSGHDR_BYTES);
  readonly #headerView = new DataView(this.#header.buffer);

  constructor(
    readonly kernel: Kernel,
    readonly notifications: Notifications,
    readonly processes: Processes,
    readonly questions: Questions,
    readonly judge: Judge,
    readonly reader: TextReader,
    /** Null: no socket operation is asked for. */
    readonly gate: Gate | null,
    readonly needs: CallNeeds,
  ) {}

  /**
   * Answers one call that waits; the descriptor is readable again if there are more.
   * @param before called once the call is there, before anything is asked
   */
  handle(before: () => void): void {
    const calls = this.notifications;
    if (!calls.receive()) return;
    before();
    const started = performance.now();
    switch (calls.number) {
      case NR.execve:
        return this.#exec(0, 1);
      case NR.execveat:
        return this.#exec(1, 2);
      case NR.connect:
        return this.#socket('connect', calls.address(1), calls.low(2), started);
      case NR.bind:
        return this.#socket('bind', calls.address(1), calls.low(2), started);
      case NR.sendto:
        return this.#socket(this.#sendOperation(3), calls.address(4), calls.low(5), started);
      case NR.sendmsg:
        return this.#message(2, started);
      case NR.sendmmsg:
        // the first message: those after it find no token, so the kernel sends one and the caller asks again
        return this.#message(3, started);
      default:
        calls.refuse(ERRNO.ENOSYS);
    }
  }

  #exec(path: number, args: number): void {
    const calls = this.notifications;
    const { tid } = calls;
    const process = this.processes.ofThread(tid, true);
    if (process) {
      const { strings, cut } = this.reader.list(tid, calls.address(args), LIMITS.textBytes.value);
      const invoked = this.reader.text(tid, calls.address(path));
      process.execs.set(tid, { stage: 'object', invoked, args: strings, argsCut: cut, script: NOTHING });
      if (!this.needs.exec) process.stale = true; // no event says whether it came to that
    }
    calls.continue();
  }

  /** TCP fast open connects with its first data. */
  #sendOperation(flags: number): GateOperation {
    return (this.notifications.low(flags) & MSG_FASTOPEN) !== 0 ? 'connect' : 'send';
  }

  #message(flags: number, started: number): void {
    const calls = this.notifications;
    const got = this.kernel.readMemory(calls.tid, calls.address(1), this.#header);
    if (got < MSGHDR_BYTES) return calls.refuse(ERRNO.EFAULT);
    const name = this.#headerView.getUint32(4, true) * 2 ** 32 + this.#headerView.getUint32(0, true);
    const length = this.#headerView.getUint32(8, true);
    this.#socket(this.#sendOperation(flags), name, name === 0 ? 0 : length, started);
  }

  #socket(operation: GateOperation, pointer: number, length: number, started: number): void {
    const calls = this.notifications;
    const { tid } = calls;
    const address = this.#address;
    if (!this.needs[operation]) return calls.continue();
    if (pointer === 0 || length === 0) return calls.continue(); // no address: nothing to reach by this call
    const size = Math.min(length, SOCKADDR_BYTES);
    if (this.kernel.readMemory(tid, pointer, address.bytes.subarray(0, size)) !== size)
      return calls.refuse(ERRNO.EFAULT);
    address.parse(size, operation === 'connect' ? 'none' : 'ipv4');
    // no token: should the kernel see an IP address after all, the gate refuses it
    if (address.family === 'none' || address.family === 'other') return calls.continue();

    const process = this.processes.ofThread(tid, true);
    if (!process) return calls.refuse(EPERM);
    const protocol = address.family === 'ip' ? this.#protocol(process.pid, calls.low(0)) : -1;
    // what was read belongs to the thread that asks only if it still waits
    if (!calls.valid) return;
    if (this.needs.identity) this.processes.refreshIdentity(process);
    this.questions.start();
    this.questions.net(KIND[OPERATION_KIND[operation]], process, address, protocol);
    const means = address.family === 'unix' ? UNIX : IP;
    this.judge.decide(process, means, started, (allow) => {
      if (!allow) calls.refuse(this.judge.errno);
      else if (address.family === 'unix' || this.gate?.allow(tid, operation, address.ip, address.port))
        calls.continue();
      else calls.refuse(EPERM);
    });
  }

  #protocol(pid: number, fd: number): number {
    const pidfd = this.kernel.pidfdOpen(pid);
    if (pidfd < 0) return -1;
    const copy = this.kernel.pidfdTake(pidfd, fd);
    this.kernel.close(pidfd);
    if (copy < 0) return -1;
    const protocol = this.kernel.socketProtocol(copy);
    this.kernel.close(copy);
    return protocol;
  }
}
