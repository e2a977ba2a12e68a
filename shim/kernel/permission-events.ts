/**
 * Permission events of a fanotify group, one after the other. `linuxPermissionEvents` reads them through the guard's
 * library (shim/opens): what an open costs is system calls, and in C there are fewer.
 */
import koffi from 'koffi';
import { assetPath } from '../../vm/host/assets.ts';
import { OPENED, OPENED_EVENTS } from '../opens/layout.ts';
import { PATH_ROOM } from '../performer/layout.ts';
import { layoutOfMembers } from '../sensors/layout.ts';
import { kernelError, type KernelError } from './bpf-error.ts';
import { STAT } from './kernel.ts';

/** One event is the current one: the last that was taken. It must be answered before the next is. */
export interface PermissionEvents {
  /**
   * Takes the next event.
   * @returns 1; 0 when those that were read are all taken: the next call reads what came meanwhile; or a negative errno
   */
  take(): number;
  /** `overflow`: the kernel dropped events (not permission events, which wait). */
  readonly what: (typeof OPENED_EVENTS)[number];
  /** The object, opened for us; negative: why it could not be. */
  readonly fd: number;
  /** Thread that asks. */
  readonly tid: number;

  /** Fills `path`, `length` and `status`. @returns 0, or a negative errno where they cannot be had */
  resolve(): number;
  /** Of the object, as the workload names it: the kernel resolved it. */
  readonly path: Uint8Array;
  readonly length: number;
  /** `struct stat`. */
  readonly status: DataView;

  /**
   * Looks which system call the thread waits in, and its registers: the kernel's own copy, which it cannot change.
   * @returns 0, or a negative errno: the thread is gone
   */
  readCall(): number;
  /** Number of the system call; NO_CALL: it cannot be seen. */
  readonly call: number;
  low(argument: number): number;
  high(argument: number): number;
  /** Since `readCall`: the thread is the one that asked before under this number. */
  readonly sameThread: boolean;

  /** Answers, and closes the object; at the latest before `take` says 0. */
  answer(allow: boolean): void;
  close(): void;
}

const { size: BYTES, offsets: AT } = layoutOfMembers('opened', OPENED);

const bind = () => {
  const library = koffi.load(assetPath('lictor-guard.so'));
  return {
    open: library.func('lictor_opens_open', 'void *', ['int']),
    event: library.func('lictor_opens_event', 'void *', ['void *']),
    take: library.func('lictor_opens_take', 'int', ['void *']),
    resolve: library.func('lictor_opens_resolve', 'int', ['void *']),
    readCall: library.func('lictor_opens_read_call', 'int', ['void *']),
    answer: library.func('lictor_opens_answer', 'void', ['void *', 'int']),
    close: library.func('lictor_opens_close', 'void', ['void *']),
  };
};

class LinuxPermissionEvents implements PermissionEvents {
  readonly #view: DataView;
  readonly path: Uint8Array;
  readonly status: DataView;

  constructor(
    readonly library: ReturnType<typeof bind>,
    readonly handle: unknown,
  ) {
    const memory = koffi.view(library.event(handle), BYTES);
    this.#view = new DataView(memory);
    this.path = new Uint8Array(memory, AT['path'], PATH_ROOM);
    this.status = new DataView(memory, AT['status'], STAT.size);
  }

  take(): number {
    return this.library.take(this.handle);
  }
  get what() {
    return OPENED_EVENTS[this.#view.getUint32(AT['what'], true)];
  }
  get fd(): number {
    return this.#view.getInt32(AT['fd'], true);
  }
  get tid(): number {
    return this.#view.getUint32(AT['tid'], true);
  }
  resolve(): number {
    return this.library.resolve(this.handle);
  }
  get length(): number {
    return this.#view.getUint32(AT['path_length'], true);
  }
  readCall(): number {
    return this.library.readCall(this.handle);
  }
  get call(): number {
    return this.#view.getUint32(AT['call'], true);
  }
  low(argument: number): number {
    return this.#view.getUint32(AT['argument'] + 8 * argument, true);
  }
  high(argument: number): number {
    return this.#view.getUint32(AT['argument'] + 8 * argument + 4, true);
  }
  get sameThread(): boolean {
    return this.#view.getUint32(AT['same_thread'], true) !== 0;
  }
  answer(allow: boolean): void {
    this.library.answer(this.handle, allow ? 1 : 0);
  }
  close(): void {
    this.library.close(this.handle);
  }
}

/** @param group a descriptor that does not block; it stays the caller's */
export const linuxPermissionEvents = (
  group: number,
): { readonly events: PermissionEvents } | { readonly error: KernelError } => {
  const library = bind();
  const handle = library.open(group);
  return handle
    ? { events: new LinuxPermissionEvents(library, handle) }
    : { error: kernelError('read permission events', koffi.errno()) };
};
