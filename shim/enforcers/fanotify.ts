/**
 * Permission events of a fanotify group (linux/fanotify.h, `struct fanotify_event_metadata`, 24 bytes):
 *     | event_len u32 | vers u8, 0, metadata_len u16 | mask u64 | fd s32 | pid s32 |
 * With FAN_REPORT_TID `pid` is a thread. `fd` is the object, opened for us; negative: why it could not be.
 */
import { ERRNO, type Kernel } from '../kernel/kernel.ts';

const HEADER = 24;
const FAN_OPEN_PERM = 0x10000;
const FAN_OPEN_EXEC_PERM = 0x40000;
const FAN_Q_OVERFLOW = 0x4000;
const FAN_ALLOW = 1;
const FAN_DENY = 2;
const VERSION = 3;

export interface FanotifyEvent {
  /** `overflow`: the kernel dropped events (not permission events, which wait). */
  what: 'open' | 'exec' | 'overflow' | 'other';
  fd: number;
  tid: number;
}

export class Fanotify {
  readonly #buffer = new Uint8Array(4096);
  readonly #view = new DataView(this.#buffer.buffer);
  readonly #answer = new Int32Array(2);
  readonly #answerBytes = new Uint8Array(this.#answer.buffer);
  readonly #event: FanotifyEvent = { what: 'other', fd: -1, tid: 0 };

  constructor(
    readonly kernel: Kernel,
    readonly fd: number,
  ) {}

  /**
   * Reads what waits, at most one buffer, and hands over each event in order.
   * @param handle called with one object that is reused; it must answer `open` and `exec`
   * @returns the number of events, or a negative errno
   */
  drain(handle: (event: FanotifyEvent) => void): number {
    const size = this.kernel.read(this.fd, this.#buffer);
    if (size === -ERRNO.EAGAIN || size === -ERRNO.EINTR) return 0;
    if (size < 0) return size;
    let count = 0;
    for (let at = 0; at + HEADER <= size; count++) {
      const length = this.#view.getUint32(at, true);
      if (length < HEADER || at + length > size || this.#buffer[at + 4] !== VERSION) return -ERRNO.EINVAL;
      const mask = this.#view.getUint32(at + 8, true);
      const event = this.#event;
      event.fd = this.#view.getInt32(at + 16, true);
      event.tid = this.#view.getInt32(at + 20, true);
      event.what =
        mask & FAN_OPEN_EXEC_PERM
          ? 'exec'
          : mask & FAN_OPEN_PERM
            ? 'open'
            : mask & FAN_Q_OVERFLOW
              ? 'overflow'
              : 'other';
      handle(event);
      at += length;
    }
    return count;
  }

  /** Answers and closes the object's descriptor. */
  answer(fd: number, allow: boolean): void {
    this.#answer[0] = fd;
    this.#answer[1] = allow ? FAN_ALLOW : FAN_DENY;
    this.kernel.write(this.fd, this.#answerBytes);
    if (fd >= 0) this.kernel.close(fd);
  }
}
