/**
 * Decides accept(2) before the workload has the connection: it is taken from a duplicate of the listening socket, decided
 * on its peer, and handed over (SECCOMP_IOCTL_NOTIF_ADDFD), or closed. Calls that have to wait stand in a queue of their
 * socket, as they would in the kernel; this thread goes on and is woken by the socket.
 *
 *     accept ─► connection there? ─► perform: take ─► decide ─► write the peer's address ─► hand over
 *                 │ no                  ▲
 *                 └─► queue of socket ──┘ readable         ends with: timeout, signal, death of the caller
 *
 * INVARIANT: a call that waits is known to `Interrupts` before its pending signals are looked at, so that none is missed.
 */
import type { Epoll } from '../kernel/epoll.ts';
import { ERRNO, STAT } from '../kernel/kernel.ts';
import { subjectPid } from '../sensors/index.ts';
import { callerStatus, hasFreeDescriptor, hasStoppedThread, type CallerStatus } from './caller-status.ts';
import type { Interrupts } from './interrupts.ts';
import type { Means } from './judge.ts';
import type { KeptCall } from './notifications.ts';
import { KIND } from './questions.ts';
import { SOCKADDR_BYTES, SocketAddress } from './socket-address.ts';
import type { SocketParts } from './socket-parts.ts';

const MEANS: Means = { mechanism: 'seccomp', onlyEperm: false, caveat: null };
const SOCK = { stream: 1, seqpacket: 5, nonblock: 0o4000, cloexec: 0o2000000 } as const;
/** Restarts the call, or makes it EINTR, as the handler of the signal that is pending wants it. */
const ERESTARTSYS = 512;
/** Calls whose caller died without a word are looked for this often. */
const SWEEP_MS = 1000;
/** A signal that another thread may take as well is looked for again after this time. */
const SIGNAL_MS = 10;
/** How long after a signal that stops it a process is looked at, less and less often. */
const STOP_MS = 60_000;
const LENGTH_BYTES = 4;

/** A call that waits. */
interface Waiting {
  readonly number: number;
  readonly call: KeptCall;
  readonly flags: number;
  /** Where the peer's address goes, 0: nowhere; and where its length stands. */
  readonly address: number;
  readonly addressLength: number;
  /** Of `performance.now()`; the socket's SO_RCVTIMEO. */
  readonly deadline: number;
  /** When to look for signals again. */
  checkAt: number;
  readonly listener: Listener;
}

/** A process that got a signal that stops, and when to look whether it did. Of `performance.now()`. */
interface Stopping {
  readonly since: number;
  checkAt: number;
}

/** A socket that listens, as long as a call waits for it. */
interface Listener {
  readonly fd: number;
  readonly inode: number;
  readonly waiting: Waiting[];
}

export class Accepts {
  readonly #listeners = new Map<number, Listener>();
  readonly #byFd = new Map<number, Listener>();
  readonly #waits = new Map<number, Waiting>();
  readonly #stopping = new Map<number, Stopping>();
  readonly #peer = new SocketAddress();
  readonly #local = new SocketAddress();
  readonly #status = new Uint8Array(STAT.size);
  readonly #length = new Int32Array(1);
  readonly #lengthBytes = new Uint8Array(this.#length.buffer);
  #number = 0;
  #sweepAt = 0;

  constructor(
    readonly parts: SocketParts,
    readonly interrupts: Interrupts,
    readonly epoll: Epoll,
    readonly needs: { readonly identity: boolean },
  ) {}

  /** @param flags of accept4(2) */
  accept(flags: number, started: number): void {
    const { notifications, kernel } = this.parts;
    const { sockets } = kernel;
    const { tid } = notifications;
    const process = this.parts.processes.ofThread(tid, true);
    if (!process) return notifications.refuse(ERRNO.EPERM);
    const fd = this.parts.descriptors.duplicate(process.pid, tid, notifications.low(0));
    if (fd < 0) return notifications.refuse(-fd);
    const errno = this.#unable(fd, tid, flags);
    if (errno !== 0) {
      notifications.refuse(errno);
      return kernel.close(fd);
    }
    const timeout = sockets.receiveTimeout(fd);
    const waiting: Waiting = {
      number: ++this.#number,
      call: notifications.keep(process.pid),
      flags,
      address: notifications.address(1),
      addressLength: notifications.address(2),
      deadline: timeout > 0 ? started + timeout : Infinity,
      checkAt: Infinity,
      listener: this.#listenerOf(fd),
    };
    const { listener } = waiting;
    if (sockets.isReady(listener.fd)) this.#perform(waiting);
    else if (sockets.isNonBlocking(listener.fd)) notifications.refuse(ERRNO.EAGAIN);
    else this.#wait(waiting);
    this.#release(listener);
  }

  /** A socket that calls wait for has something, or is none of ours any more. */
  ready(fd: number): void {
    const listener = this.#byFd.get(fd);
    if (!listener) return;
    while (listener.waiting.length > 0 && this.parts.kernel.sockets.isReady(fd)) {
      const waiting = listener.waiting[0];
      this.#leave(waiting);
      this.parts.notifications.take(waiting.call);
      if (hasFreeDescriptor(this.parts.kernel, waiting.call.tid)) this.#perform(waiting);
      else this.parts.notifications.refuse(ERRNO.EMFILE);
    }
    this.#release(listener);
  }

  /** Signals have come in. */
  interrupted(): void {
    this.interrupts.drain(
      (number) => {
        const waiting = this.#waits.get(number);
        if (waiting) this.#end(waiting, this.#restart(waiting));
      },
      (pid) => this.#expectStop(pid),
    );
  }

  /** One thread takes the signal and has all others of its process stop; they learn of it later. */
  #expectStop(pid: number): void {
    // the program that tells sees every process of the machine
    if (!this.parts.processes.knows(pid)) return;
    const since = performance.now();
    this.#stopping.set(pid, { since, checkAt: since + SIGNAL_MS });
  }

  /** Has those return to the kernel that wait in processes that stop. @returns when to look again */
  #checkStops(now: number): number {
    let next = Infinity;
    for (const [pid, stopping] of this.#stopping) {
      if (now >= stopping.checkAt) {
        stopping.checkAt = now + Math.max(SIGNAL_MS, (now - stopping.since) / 4);
        const waiting = [...this.#waits.values()].filter(({ call }) => call.pid === pid);
        // where one thread has stopped, TIF_SIGPENDING is set in all others (do_signal_stop)
        if (waiting.length > 0 && hasStoppedThread(this.parts.kernel, pid))
          for (const one of waiting) this.#end(one, this.#restart(one));
      }
      if (now >= stopping.since + STOP_MS) this.#stopping.delete(pid);
      else next = Math.min(next, stopping.checkAt);
    }
    return next;
  }

  /** A process ended: what it waited for must not be held on to. */
  ended(key: bigint): void {
    const pid = subjectPid(key);
    for (const waiting of this.#waits.values()) if (waiting.call.pid === pid) this.#end(waiting, ERRNO.EINTR);
  }

  /** Ends what has waited long enough. @returns milliseconds until there is something to look at again */
  tick(most: number): number {
    if (this.#waits.size === 0) return most;
    const now = performance.now();
    const sweep = now >= this.#sweepAt;
    if (sweep) this.#sweepAt = now + SWEEP_MS;
    let next = Math.min(now + most, this.#checkStops(now));
    for (const waiting of this.#waits.values()) {
      if (now >= waiting.deadline) this.#end(waiting, ERRNO.EAGAIN);
      else if (now >= waiting.checkAt || sweep) this.#check(waiting, now);
      next = Math.min(next, waiting.deadline, waiting.checkAt);
    }
    return Math.max(1, Math.ceil(next - now));
  }

  close(): void {
    for (const waiting of this.#waits.values()) this.#end(waiting, ERRNO.EINTR);
  }

  /** What the kernel says before it waits, in its order. @returns 0 or an errno */
  #unable(fd: number, tid: number, flags: number): number {
    const { sockets } = this.parts.kernel;
    if ((flags & ~(SOCK.nonblock | SOCK.cloexec)) !== 0) return ERRNO.EINVAL;
    if (!hasFreeDescriptor(this.parts.kernel, tid)) return ERRNO.EMFILE;
    const type = sockets.type(fd);
    if (type < 0) return -type;
    if (type !== SOCK.stream && type !== SOCK.seqpacket) return ERRNO.EOPNOTSUPP;
    return sockets.isListening(fd) ? 0 : ERRNO.EINVAL;
  }

  /** One duplicate of a socket is kept, whoever waits. */
  #listenerOf(fd: number): Listener {
    this.parts.kernel.status(fd, this.#status);
    const inode = new DataView(this.#status.buffer).getUint32(STAT.ino, true);
    const known = this.#listeners.get(inode);
    if (known) {
      this.parts.kernel.close(fd);
      return known;
    }
    const listener = { fd, inode, waiting: [] };
    this.#listeners.set(inode, listener);
    return listener;
  }

  #release(listener: Listener): void {
    if (listener.waiting.length > 0 || !this.#listeners.delete(listener.inode)) return;
    if (this.#byFd.delete(listener.fd)) this.epoll.remove(listener.fd);
    this.parts.kernel.close(listener.fd);
  }

  #wait(waiting: Waiting): void {
    const { listener, call } = waiting;
    const watched = this.interrupts.watch(call.tid, waiting.number);
    if (watched && !this.#byFd.has(listener.fd) && this.epoll.add(listener.fd) === null)
      this.#byFd.set(listener.fd, listener);
    if (!watched || !this.#byFd.has(listener.fd)) {
      this.interrupts.unwatch(call.tid);
      return this.parts.notifications.refuse(ERRNO.ENOMEM);
    }
    listener.waiting.push(waiting);
    this.#waits.set(waiting.number, waiting);
    const status = callerStatus(this.parts.kernel, call.tid);
    if (!status || status.own) this.#end(waiting, this.#restart(waiting));
    else if (status.shared && status.threads === 1) this.#end(waiting, this.#restart(waiting));
    else if (status.shared) waiting.checkAt = performance.now() + SIGNAL_MS;
  }

  /** A signal that came before the wait was known, or was lost, is still there a while later: nobody else took it. */
  #check(waiting: Waiting, now: number): void {
    this.parts.notifications.take(waiting.call);
    if (!this.parts.notifications.valid) return this.#end(waiting, ERRNO.EINTR);
    const status = callerStatus(this.parts.kernel, waiting.call.tid);
    const pending = status !== null && (status.own || status.shared);
    if (pending && now >= waiting.checkAt) this.#end(waiting, ERRNO.EINTR);
    else waiting.checkAt = pending ? now + SIGNAL_MS : Infinity;
  }

  /** With a timeout of its own, a call is not begun anew (sock_intr_errno). */
  #restart(waiting: Waiting): number {
    return waiting.deadline === Infinity ? ERESTARTSYS : ERRNO.EINTR;
  }

  #leave(waiting: Waiting): void {
    this.#waits.delete(waiting.number);
    this.interrupts.unwatch(waiting.call.tid);
    const queue = waiting.listener.waiting;
    queue.splice(queue.indexOf(waiting), 1);
  }

  #end(waiting: Waiting, errno: number): void {
    this.#leave(waiting);
    this.parts.notifications.take(waiting.call);
    this.parts.notifications.refuse(errno);
    this.#release(waiting.listener);
  }

  /** Takes a connection for the call that is the current one. */
  #perform(waiting: Waiting): void {
    const { kernel, notifications } = this.parts;
    const { tid } = waiting.call;
    const started = performance.now();
    if (!notifications.valid) return;
    const process = this.parts.processes.ofThread(tid, true);
    const status = process && callerStatus(kernel, tid);
    if (!process || !status) return notifications.refuse(ERRNO.EPERM);
    const fd = kernel.sockets.accept(waiting.listener.fd, this.#peer, waiting.flags & SOCK.nonblock);
    // somebody outside has the socket too, and took what was there
    if (fd === -ERRNO.EINTR) return this.#wait(waiting);
    if (fd < 0) return notifications.refuse(-fd);
    this.#own(fd, status);
    const length = kernel.sockets.name(fd, this.#local.bytes);
    this.#local.parse(Math.min(Math.max(0, length), SOCKADDR_BYTES), 'none');
    if (this.#local.family === 'unix') this.#local.path = this.parts.paths.bound(fd, this.#local.path);
    this.#peer.parse(Math.min(this.#peer.length, SOCKADDR_BYTES), 'none');
    if (this.needs.identity) this.parts.processes.refreshIdentity(process);
    this.parts.questions.start();
    this.parts.questions.net(KIND['net.accept'], process, this.#peer, this.#local, kernel.sockets.protocol(fd));
    this.parts.judge.decide(process, MEANS, started, (allow) => {
      const errno = allow ? this.#handOver(waiting, fd) : this.parts.judge.errno;
      if (errno !== 0) notifications.refuse(errno);
    });
    kernel.close(fd);
  }

  /** A new socket belongs to who accepts it: routing and packet filters go by its user. */
  #own(fd: number, { fsuid, fsgid }: CallerStatus): void {
    if (fsuid !== 0 || fsgid !== 0) this.parts.kernel.sockets.own(fd, fsuid, fsgid);
  }

  /** @returns 0, or the errno that the connection is lost with, as in move_addr_to_user of net/socket.c */
  #handOver(waiting: Waiting, fd: number): number {
    const { kernel, notifications } = this.parts;
    const { tid } = waiting.call;
    if (waiting.address !== 0) {
      if (kernel.readMemory(tid, waiting.addressLength, this.#lengthBytes) !== LENGTH_BYTES) return ERRNO.EFAULT;
      const room = Math.min(this.#length[0], this.#peer.length);
      if (room < 0) return ERRNO.EINVAL;
      if (room > 0 && kernel.writeMemory(tid, waiting.address, this.#peer.bytes.subarray(0, room)) !== room)
        return ERRNO.EFAULT;
      this.#length[0] = this.#peer.length;
      if (kernel.writeMemory(tid, waiting.addressLength, this.#lengthBytes) !== LENGTH_BYTES) return ERRNO.EFAULT;
    }
    const given = notifications.handOver(fd, (waiting.flags & SOCK.cloexec) !== 0);
    return given < 0 ? -given : 0;
  }
}
