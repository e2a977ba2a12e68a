/** Strings and string lists of another process's memory. */
import { NOTHING, type Text } from '../workloads/process.ts';
import type { Kernel } from '../kernel/kernel.ts';

const PAGE = 4096;
const MAX_PATH = 4096;
/** As many as fit the field's 16 KiB when each is short; more are cut. */
const MAX_STRINGS = 1024;

export class TextReader {
  readonly #room = new Uint8Array(MAX_PATH + 1);
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
    return this.#string(tid, address, this.#room);
  }

  /** A copy of such a string, empty where it cannot be read. */
  text(tid: number, address: number): Text {
    const length = this.path(tid, address);
    return length <= 0 ? NOTHING : this.#room.slice(0, length);
  }

  /**
   * A list of strings that ends with a null pointer.
   * @param limit bytes of all strings with their zeros
   * @returns the strings, a zero byte after each, and whether some were left out
   */
  list(tid: number, address: number, limit: number): { readonly strings: Text; readonly cut: boolean } {
    const chunks: Text[] = [];
    let size = 0;
    for (let count = 0; count < MAX_STRINGS; count += 64) {
      const got = this.kernel.readMemory(tid, address + 8 * count, this.#pointers);
      for (let i = 0; i < 64; i++) {
        if (got < 8 * (i + 1)) return { strings: Buffer.concat(chunks), cut: true };
        const low = this.#view.getUint32(8 * i, true);
        const high = this.#view.getUint32(8 * i + 4, true);
        if (low === 0 && high === 0) return { strings: Buffer.concat(chunks), cut: false };
        const length = this.path(tid, high * 2 ** 32 + low);
        if (length < 0 || size + length + 1 > limit) return { strings: Buffer.concat(chunks), cut: true };
        chunks.push(this.#room.slice(0, length + 1));
        size += length + 1;
      }
    }
    return { strings: Buffer.concat(chunks), cut: true };
  }

  /** Reads page by page, because the string may end before memory that is not mapped. */
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
    return -1;
  }
}
