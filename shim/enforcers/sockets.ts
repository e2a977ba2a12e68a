/**
 * Decides connect, bind, listen and sends with an address. An address is read once. What was decided is handed to the
 * gate in the kernel, which compares it with the socket and the kernel's own copy of the address; or it is performed
 * here, on a duplicate of the descriptor. Either way a thread that changes memory or descriptors meanwhile gains nothing.
 */
import { ERRNO } from '../kernel/kernel.ts';
import type { Process } from '../workloads/process.ts';
import type { GateOperation } from './gate.ts';
import type { Means } from './judge.ts';
import { KIND } from './questions.ts';
import { MAX_NAME_BYTES, SOCKADDR_BYTES, SocketAddress } from './socket-address.ts';
import type { SocketParts } from './socket-parts.ts';

/** The kernel's side of decisions about addresses: `SocketGate`. */
export interface Gate {
  /** Paths of unix sockets are compared too. */
  readonly unix: boolean;
  put(tid: number, place: number, operation: GateOperation, address: SocketAddress, protocol: number): boolean;
  open(tid: number, count: number): boolean;
  shut(tid: number): void;
}

/** Which kinds somebody asks for. */
export type SocketNeeds = Readonly<Record<GateOperation | 'listen' | 'identity' | 'queries', boolean>>;

const HELD: Means = { mechanism: 'seccomp', onlyEperm: false, caveat: null };
const COPIED: Means = {
  mechanism: 'seccomp',
  onlyEperm: false,
  caveat: 'the path of a unix socket is decided on a copy: another thread of the process can exchange it',
};
const CONTINUED: Means = {
  mechanism: 'seccomp',
  onlyEperm: false,
  caveat: 'a unix socket that listens is known by its descriptor: another thread of the process can exchange it',
};
const FAMILY_BYTES = 2;
const DNS_PORT = 53;
const MSG_FASTOPEN = 0x20000000;
const TCP = [6, 262];
/** struct msghdr, and struct mmsghdr around it. */
const MSGHDR_BYTES = 56;
const MMSGHDR_BYTES = 64;
/** Messages of one sendmmsg that are decided at a time: for those beyond, the caller asks again. */
const MESSAGES = 64;
const OPERATION_KIND: Readonly<Record<GateOperation, string>> = {
  connect: 'net.connect',
  bind: 'net.bind',
  send: 'net.send',
};

export class Sockets {
  readonly #address = new SocketAddress();
  readonly #messages = new Uint8Array(MESSAGES * MMSGHDR_BYTES);
  readonly #messagesView = new DataView(this.#messages.buffer);

  constructor(
    readonly parts: SocketParts,
    /** Null: no operation with an address is asked for. */
    readonly gate: Gate | null,
    readonly needs: SocketNeeds,
  ) {}

  /** connect(2), bind(2). */
  named(operation: 'connect' | 'bind', started: number): void {
    const calls = this.parts.notifications;
    if (operation === 'connect' && this.needs.queries) this.#quieten(calls.address(1), calls.low(2));
    this.#one(operation, calls.address(1), calls.low(2), started);
  }

  sendto(started: number): void {
    const calls = this.parts.notifications;
    this.#one(this.#sendOperation(3), calls.address(4), calls.low(5), started);
  }

  sendmsg(started: number): void {
    const calls = this.parts.notifications;
    const header = this.#messages.subarray(0, MSGHDR_BYTES);
    if (this.parts.kernel.readMemory(calls.tid, calls.address(1), header) < MSGHDR_BYTES)
      return calls.refuse(ERRNO.EFAULT);
    this.#one(this.#sendOperation(2), this.#nameAt(0), this.#nameLengthAt(0), started);
  }

  /**
   * Decides messages in their order, up to the first that is refused: the kernel sends those before it and says how
   * many; the caller learns the errno when it asks for the rest, as without Lictor.
   */
  sendmmsg(started: number): void {
    const calls = this.parts.notifications;
    const { tid } = calls;
    const operation = this.#sendOperation(3);
    const wanted = this.#messages.subarray(0, Math.min(calls.low(2), MESSAGES) * MMSGHDR_BYTES);
    const got = wanted.length === 0 ? 0 : this.parts.kernel.readMemory(tid, calls.address(1), wanted);
    const count = Math.floor(Math.max(0, got) / MMSGHDR_BYTES);
    if (count === 0 || !this.needs[operation]) return this.#pass();
    const process = this.parts.processes.ofThread(tid, true);
    if (!process) return calls.refuse(ERRNO.EPERM);
    const protocol = this.#protocol(process);
    if (this.needs.identity) this.parts.processes.refreshIdentity(process);
    let places = 0;
    for (let i = 0; i < count; i++) {
      const at = i * MMSGHDR_BYTES;
      const problem = this.#read(operation, this.#nameAt(at), this.#nameLengthAt(at));
      if (problem === 0 && !this.#isAsked()) continue;
      if (!calls.valid) return;
      const errno = problem !== 0 ? problem : this.#decide(operation, process, protocol, places, started);
      if (errno === 0) places++;
      else if (i === 0) return calls.refuse(errno);
      else break;
    }
    if (places === 0) this.#pass();
    else if (this.gate?.open(tid, places)) calls.continue();
    else calls.refuse(ERRNO.EPERM);
  }

  /**
   * Performed on a duplicate, so that what listens is what was decided. Not for unix sockets: a client sees the one who
   * called listen(2) as its peer (SO_PEERCRED), and that has to be the workload.
   */
  listen(started: number): void {
    const calls = this.parts.notifications;
    const { kernel } = this.parts;
    const address = this.#address;
    const process = this.parts.processes.ofThread(calls.tid, true);
    if (!process) return calls.refuse(ERRNO.EPERM);
    const fd = this.parts.descriptors.duplicate(process.pid, calls.tid, calls.low(0));
    if (fd < 0) return calls.refuse(-fd);
    const length = kernel.sockets.name(fd, address.bytes);
    if (length >= 0) {
      address.parse(Math.min(length, SOCKADDR_BYTES), 'none');
      const unix = address.family === 'unix';
      if (unix) address.path = this.parts.paths.bound(fd, address.path);
      const protocol = kernel.sockets.protocol(fd);
      if (this.needs.identity) this.parts.processes.refreshIdentity(process);
      this.parts.questions.start();
      this.parts.questions.net(KIND['net.listen'], process, null, address, protocol);
      if (!calls.valid) return kernel.close(fd);
      this.parts.judge.decide(process, unix ? CONTINUED : HELD, started, (allow) => {
        if (!allow) calls.refuse(this.parts.judge.errno);
        else if (unix) calls.continue();
        else calls.answer(kernel.sockets.listen(fd, calls.low(1) | 0));
      });
    } else calls.refuse(-length);
    kernel.close(fd);
  }

  /**
   * A query that is held is no error of the send: a resolver that asks for errors (IP_RECVERR, glibc's does) would take it for
   * one. Nothing that is decided depends on it.
   */
  #quieten(pointer: number, length: number): void {
    const { kernel, notifications: calls, processes, descriptors } = this.parts;
    const isResolver = this.#read('connect', pointer, length) === 0 && this.#address.port === DNS_PORT;
    if (!isResolver || this.#address.family !== 'ip') return;
    const process = processes.ofThread(calls.tid, true);
    const fd = process ? descriptors.duplicate(process.pid, calls.tid, calls.low(0)) : -1;
    if (fd < 0) return;
    kernel.sockets.ignoreErrors(fd);
    kernel.close(fd);
  }

  /** TCP fast open connects with its first data; other protocols do not know the flag. */
  #sendOperation(flags: number): GateOperation {
    const calls = this.parts.notifications;
    if ((calls.low(flags) & MSG_FASTOPEN) === 0) return 'send';
    const process = this.parts.processes.ofThread(calls.tid, true);
    return process && TCP.includes(this.#protocol(process)) ? 'connect' : 'send';
  }

  #nameAt(message: number): number {
    return this.#messagesView.getUint32(message + 4, true) * 2 ** 32 + this.#messagesView.getUint32(message, true);
  }

  #nameLengthAt(message: number): number {
    return this.#messagesView.getUint32(message + 8, true);
  }

  /** No address that the kernel would reach: should it see one after all, it finds no token. */
  #pass(): void {
    this.gate?.shut(this.parts.notifications.tid);
    this.parts.notifications.continue();
  }

  #one(operation: GateOperation, pointer: number, length: number, started: number): void {
    const calls = this.parts.notifications;
    if (!this.needs[operation]) return calls.continue();
    const problem = this.#read(operation, pointer, length);
    if (problem !== 0) return calls.refuse(problem);
    if (!this.#isAsked()) return this.#pass();
    const process = this.parts.processes.ofThread(calls.tid, true);
    if (!process) return calls.refuse(ERRNO.EPERM);
    const protocol = this.#protocol(process);
    // what was read belongs to the thread that asks only if it still waits
    if (!calls.valid) return;
    if (this.needs.identity) this.parts.processes.refreshIdentity(process);
    const errno = this.#decide(operation, process, protocol, 0, started);
    if (errno !== 0) calls.refuse(errno);
    else if (operation === 'bind' && this.#isNameless()) this.#bind(process);
    else if (this.gate?.open(calls.tid, 1)) calls.continue();
    else calls.refuse(ERRNO.EPERM);
  }

  /** Reads an address of the caller. @returns 0 or an errno */
  #read(operation: GateOperation, pointer: number, length: number): number {
    const address = this.#address;
    const size = pointer === 0 ? 0 : Math.min(length, SOCKADDR_BYTES);
    const into = address.bytes.subarray(0, size);
    if (size > 0 && this.parts.kernel.readMemory(this.parts.notifications.tid, pointer, into) !== size)
      return ERRNO.EFAULT;
    address.parse(size, operation === 'connect' ? 'none' : 'ipv4');
    return address.family === 'unix' && address.name.length > MAX_NAME_BYTES ? ERRNO.EINVAL : 0;
  }

  #isAsked(): boolean {
    return this.#address.family === 'ip' || this.#address.family === 'unix';
  }

  /** A unix socket without a file: an abstract name, or none. */
  #isNameless(): boolean {
    const { family, path } = this.#address;
    return family === 'unix' && (path === '' || path.startsWith('@'));
  }

  /** Binds the caller's socket to the address that was read. Nothing of it depends on who does. */
  #bind({ pid }: Process): void {
    const { kernel, notifications: calls } = this.parts;
    const { bytes, name } = this.#address;
    const fd = this.parts.descriptors.duplicate(pid, calls.tid, calls.low(0));
    calls.answer(fd < 0 ? fd : kernel.sockets.bind(fd, bytes.subarray(0, FAMILY_BYTES + name.length)));
    if (fd >= 0) kernel.close(fd);
  }

  /** Decides the address that was read and puts its token. @returns 0 or an errno */
  #decide(operation: GateOperation, process: Process, protocol: number, place: number, started: number): number {
    const address = this.#address;
    const bind = operation === 'bind';
    const nameless = this.#isNameless();
    const named =
      address.family === 'unix' && !nameless
        ? this.parts.paths.resolve(this.parts.notifications.tid, address.path, !bind)
        : null;
    if (named) address.path = named.path;
    const compared = address.family === 'ip' || (bind ? nameless : this.gate?.unix);
    this.parts.questions.start();
    this.parts.questions.net(
      KIND[OPERATION_KIND[operation]],
      process,
      bind ? null : address,
      bind ? address : null,
      protocol,
    );
    let errno = 0;
    this.parts.judge.decide(process, compared ? HELD : COPIED, started, (allow) => {
      if (!allow) errno = this.parts.judge.errno;
      // nothing is there: what another thread puts there meanwhile was not decided
      else if (named && named.errno !== 0) errno = named.errno;
      else if (!this.gate?.put(this.parts.notifications.tid, place, operation, address, protocol)) errno = ERRNO.EPERM;
    });
    return errno;
  }

  /** @returns the IPPROTO number of the socket that the call is about, negative where it is none */
  #protocol(process: Process): number {
    const { kernel, notifications } = this.parts;
    const fd = this.parts.descriptors.duplicate(process.pid, notifications.tid, notifications.low(0));
    if (fd < 0) return fd;
    const protocol = kernel.sockets.protocol(fd);
    kernel.close(fd);
    return protocol;
  }
}
