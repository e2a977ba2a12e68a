/** epoll(7) and eventfd(2), for workers that block until one of several descriptors has something. */
import koffi from 'koffi';
import { kernelError, type KernelError } from './bpf-error.ts';

const EPOLL_CLOEXEC = 0o2000000;
const EFD_CLOEXEC_NONBLOCK = 0o2004000;
const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_DEL = 2;
const EINTR = 4;
/** struct epoll_event is packed on x86-64 alone: u32 events, u64 data. */
const EVENT = process.arch === 'x64' ? { bytes: 12, data: 4 } : { bytes: 16, data: 8 };

/** Bits of `events` (sys/epoll.h). */
export const EPOLL = { in: 0x001, out: 0x004, err: 0x008, hup: 0x010, rdhup: 0x2000 } as const;

const bind = () => {
  const libc = koffi.load('libc.so.6');
  return {
    create: libc.func('epoll_create1', 'int', ['int']),
    control: libc.func('epoll_ctl', 'int', ['int', 'int', 'int', 'void *']),
    wait: libc.func('epoll_wait', 'int', ['int', 'void *', 'int', 'int']),
    eventfd: libc.func('eventfd', 'int', ['uint32_t', 'int']),
    read: libc.func('read', 'long', ['int', 'void *', 'size_t']),
    write: libc.func('write', 'long', ['int', 'void *', 'size_t']),
    close: libc.func('close', 'int', ['int']),
  };
};
let bound: ReturnType<typeof bind> | null = null;
const libc = () => (bound ??= bind());

/** A set of descriptors to wait for. `wait` blocks its thread: use it in a worker, with an eventfd in the set to wake it. */
export class Epoll {
  readonly #ready: Uint8Array;
  readonly #view: DataView;

  private constructor(
    readonly fd: number,
    readonly maxEvents: number,
  ) {
    this.#ready = new Uint8Array(EVENT.bytes * maxEvents);
    this.#view = new DataView(this.#ready.buffer);
  }

  /** @param maxEvents that one `wait` reports at most; others are reported by the next */
  static create(maxEvents = 16): { readonly epoll: Epoll } | { readonly error: KernelError } {
    const fd: number = libc().create(EPOLL_CLOEXEC);
    return fd < 0 ? { error: kernelError('create an epoll set', koffi.errno()) } : { epoll: new Epoll(fd, maxEvents) };
  }

  /** @param events bits of `EPOLL`; level-triggered */
  add(fd: number, events: number = EPOLL.in): KernelError | null {
    const event = new Uint8Array(EVENT.bytes);
    const view = new DataView(event.buffer);
    view.setUint32(0, events, true);
    view.setUint32(EVENT.data, fd, true);
    const status: number = libc().control(this.fd, EPOLL_CTL_ADD, fd, event);
    return status < 0 ? kernelError('watch a descriptor', koffi.errno()) : null;
  }

  remove(fd: number): void {
    libc().control(this.fd, EPOLL_CTL_DEL, fd, new Uint8Array(EVENT.bytes));
  }

  /**
   * Blocks until a descriptor is ready.
   *
   * @param timeout milliseconds; -1: no limit; 0: only look
   * @returns how many are ready: ask `fdAt(i)` and `eventsAt(i)`; 0 after the timeout or an interruption
   */
  wait(timeout: number): number {
    const ready: number = libc().wait(this.fd, this.#ready, this.maxEvents, timeout);
    if (ready >= 0) return ready;
    if (koffi.errno() === EINTR) return 0;
    throw new Error(`BUG: epoll_wait failed with errno ${koffi.errno()}`);
  }

  fdAt(i: number): number {
    return this.#view.getUint32(i * EVENT.bytes + EVENT.data, true);
  }

  eventsAt(i: number): number {
    return this.#view.getUint32(i * EVENT.bytes, true);
  }

  close(): void {
    libc().close(this.fd);
  }
}

/** A counter that another thread raises to wake this one. Give workers its `fd` and make it anew there with `of`. */
export class EventFd {
  readonly #word = new Uint8Array(8);

  private constructor(readonly fd: number) {}

  static create(): { readonly eventfd: EventFd } | { readonly error: KernelError } {
    const fd: number = libc().eventfd(0, EFD_CLOEXEC_NONBLOCK);
    return fd < 0 ? { error: kernelError('create an eventfd', koffi.errno()) } : { eventfd: new EventFd(fd) };
  }

  /** The same counter in another thread. */
  static of(fd: number): EventFd {
    return new EventFd(fd);
  }

  /** Makes `fd` readable. */
  signal(): void {
    this.#word.fill(0);
    this.#word[0] = 1;
    libc().write(this.fd, this.#word, 8);
  }

  /** Makes `fd` unreadable again. */
  clear(): void {
    libc().read(this.fd, this.#word, 8);
  }

  close(): void {
    libc().close(this.fd);
  }
}
