/** Permission events of a list, for tests; objects and threads are those of a fake kernel. */
import { ERRNO, STAT } from '../../shim/kernel/kernel.ts';
import type { PermissionEvents } from '../../shim/kernel/permission-events.ts';
import { NO_CALL } from '../../shim/opens/layout.ts';

export interface FakeEvent {
  readonly what: PermissionEvents['what'];
  readonly path: string;
  readonly tid: number;
  /** Number and arguments of the system call; null: it cannot be seen. */
  readonly call: readonly [number: number, ...args: number[]] | null;
}

const FD = 100;

export class FakePermissionEvents implements PermissionEvents {
  readonly queue: FakeEvent[] = [];
  /** In the order of the events. */
  readonly answers: boolean[] = [];
  /** Threads that are there. */
  readonly threads = new Set<number>();
  readonly path = new Uint8Array(8192);
  readonly status = new DataView(new ArrayBuffer(STAT.size));
  readonly fd = FD;
  readonly sameThread = false;
  length = 0;
  #event: FakeEvent = { what: 'other', path: '', tid: 0, call: null };

  take(): number {
    const event = this.queue.shift();
    if (!event) return 0;
    this.#event = event;
    return 1;
  }
  get what() {
    return this.#event.what;
  }
  get tid() {
    return this.#event.tid;
  }
  resolve(): number {
    const { path } = this.#event;
    if (path.length > 4096) return -ERRNO.ENOENT;
    this.length = Buffer.from(this.path.buffer).write(path, 'latin1');
    this.status.setUint32(STAT.mode, 0o100644, true);
    return 0;
  }
  readCall(): number {
    return this.threads.has(this.tid) ? 0 : -ERRNO.ESRCH;
  }
  get call(): number {
    return this.#event.call?.[0] ?? NO_CALL;
  }
  low(argument: number): number {
    return this.#event.call?.[1 + argument] ?? 0;
  }
  high(): number {
    return 0;
  }
  answer(allow: boolean): void {
    this.answers.push(allow);
  }
  close(): void {}
}
