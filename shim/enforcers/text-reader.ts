/** Strings and string lists of another process's memory. */
import { LIMITS } from '../../vm/spec/index.ts';
import { NOTHING, type Text } from '../workloads/process.ts';
import type { Kernel } from '../kernel/kernel.ts';

const PAGE = 4096;
const MAX_PATH = 4096;
/** As many as fit the field's 16 KiB when each is short; more are cut. */
const MAX_STRINGS = 1024;
const TOO_LONG = -2;

export class TextReader {
  readonly #room = new Uint8Array(MAX_PATH + 1);
  readonly #list = new Uint8Array(LIMITS.textBytes.value);
  readonly #pointers = new Uint8Array(8 * 64);
  readonly #view = new DataView(this.#pointers.buffer);
  /** Bytes of the last `path`. */
  readonly bytes: Uint8Array = this.#room;

  constructor(readonly kernel: Kernel) {}

  /**
   * A zero-terminated string of at most 4,096 bytes into `bytes`.
   * @returns its length, or -1 where it cannot be read or is longer
   */
  path(tid: number, address: number): number {
    return Math.max(-1, this.#string(tid, address, this.#room));
  }

  /** A copy of such a string, empty where it cannot be read. */
  text(tid: number, address: number): Text {
    const length = this.path(tid, address);
    return length <= 0 ? NOTHING : this.#room.slice(0, length);
  }

  /**
   * A list of strings that ends with a null pointer.
   * @param limit bytes of all strings with their zeros, at most those of a list field
   * @returns the strings, a zero byte after each, and whether something was left out: the end of the last one, or others
   */
  list(tid: number, address: number, limit: number): { readonly strings: Text; readonly cut: boolean } {
    const chunks: Text[] = [];
    let size = 0;
    const done = (cut: boolean) => ({ strings: Buffer.concat(chunks), cut });
    if (address === 0) return done(false);
    for (let count = 0; count < MAX_STRINGS; count += 64) {
      const got = this.kernel.readMemory(tid, address + 8 * count, this.#pointers);
      for (let i = 0; i < 64; i++) {
        if (got < 8 * (i + 1)) return done(true);
        const low = this.#view.getUint32(8 * i, true);
        const high = this.#view.getUint32(8 * i + 4, true);
        if (low === 0 && high === 0) return done(false);
        const room = this.#list.subarray(0, limit - size);
        const length = this.#string(tid, high * 2 ** 32 + low, room);
        if (length < 0) {
          if (length === TOO_LONG) chunks.push(room.slice());
          return done(true);
        }
        chunks.push(room.slice(0, length + 1));
        size += length + 1;
      }
    }
    return done(true);
  }

  /**
   * Reads page by page, because the string may end before memory that is not mapped.
   * @returns its length, `TOO_LONG` where `into` is full of it, or -1 where it cannot be read
   */
  #string(tid: number, address: number, into: Uint8Array): number {
    let length = 0;
    while (length < into.length) {
      const left = Math.min(PAGE - ((address + length) % PAGE), into.length - length);
      const got = this.kernel.readMemory(tid, address + length, into.subarray(length, length + left));
      if (got <= 0) return -1;
      const end = into.subarray(length, length + got).indexOf(0);
      if (end >= 0) return length + end;
      length += got;
    }
    return TOO_LONG;
  }
}
