/** poll(2) on a few descriptors, by their place in the set. */
import koffi from 'koffi';

/** struct pollfd: fd s32, events s16, revents s16. */
const POLLFD_BYTES = 8;
const EINTR = 4;
/** Bits of `eventsAt` (poll.h); the other two need not be asked for. */
export const POLL = { in: 0x001, err: 0x008, hup: 0x010 } as const;

const bind = () => koffi.load('libc.so.6').func('poll', 'int', ['void *', 'ulong', 'int']);

export class PollSet {
  readonly #poll = bind();
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  /** @param fds waited for until they are readable; negative: never ready */
  constructor(readonly fds: readonly number[]) {
    this.#bytes = new Uint8Array(POLLFD_BYTES * fds.length);
    this.#view = new DataView(this.#bytes.buffer);
    fds.forEach((fd, i) => {
      this.#view.setInt32(POLLFD_BYTES * i, fd, true);
      this.#view.setInt16(POLLFD_BYTES * i + 4, POLL.in, true);
    });
  }

  /**
   * Blocks until a descriptor is ready.
   * @param timeout milliseconds
   * @returns how many are ready: ask `eventsAt`; 0 after the timeout or an interruption
   */
  wait(timeout: number): number {
    const ready: number = this.#poll(this.#bytes, this.fds.length, timeout);
    if (ready >= 0) return ready;
    if (koffi.errno() !== EINTR) throw new Error(`BUG: poll failed with errno ${koffi.errno()}`);
    for (let i = 0; i < this.fds.length; i++) this.#view.setInt16(POLLFD_BYTES * i + 6, 0, true);
    return 0;
  }

  /** Bits of `POLL`, of the last `wait`. */
  eventsAt(i: number): number {
    return this.#view.getInt16(POLLFD_BYTES * i + 6, true);
  }

  /** It is not waited for any more. */
  remove(i: number): void {
    this.#view.setInt32(POLLFD_BYTES * i, -1, true);
  }
}
