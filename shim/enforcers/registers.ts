/**
 * Registers of a thread that waits in a system call, from `/proc/PID/task/TID/syscall`:
 *     NUMBER 0xARG0 0xARG1 … 0xARG5 0xSP 0xPC        or `running`, or `-1 0xSP 0xPC` outside of a call
 * They are the kernel's own copy: a thread that waits for an answer cannot change them.
 */
import type { Kernel } from '../kernel/kernel.ts';

const SPACE = 32;
const DIGIT_0 = 48;
const LETTER_A = 97;

export class Registers {
  /** Of the system call; -1 where it is not known. */
  number = -1;
  /** Lower and upper halves of the six arguments. */
  readonly low = new Uint32Array(6);
  readonly high = new Uint32Array(6);
  readonly #text = new Uint8Array(256);
  #name = '';
  #tid = -1;

  /**
   * @param tgid process of the thread, as far as it is known: a thread of another one is not found
   * @returns 0, or a negative errno: -ESRCH or -ENOENT when `tid` is not a thread of `tgid` (any more)
   */
  read(kernel: Kernel, tgid: number, tid: number): number {
    this.number = -1;
    if (tid !== this.#tid) {
      this.#tid = tid;
      this.#name = `task/${tid}/syscall`;
    }
    // "running" is seen when the thread has just been woken or not gone to sleep yet
    for (let attempt = 0; attempt < 50; attempt++) {
      const size = kernel.procFile(tgid, this.#name, this.#text);
      if (size < 0) return size;
      if (this.#parse(size)) return 0;
    }
    return 0;
  }

  /** An argument as an address; user space ends far below 2^53. */
  address(argument: number): number {
    return this.high[argument] * 2 ** 32 + this.low[argument];
  }

  #parse(size: number): boolean {
    const text = this.#text;
    if (size === 0 || text[0] < DIGIT_0 || text[0] > DIGIT_0 + 9) return false;
    let at = 0;
    let number = 0;
    while (at < size && text[at] !== SPACE) number = number * 10 + text[at++] - DIGIT_0;
    for (let argument = 0; argument < 6; argument++) {
      at += 3; // " 0x"
      let low = 0;
      let high = 0;
      for (; at < size && text[at] !== SPACE; at++) {
        const digit = text[at] >= LETTER_A ? text[at] - LETTER_A + 10 : text[at] - DIGIT_0;
        high = (high << 4) | (low >>> 28);
        low = (low << 4) | digit;
      }
      this.low[argument] = low;
      this.high[argument] = high;
    }
    if (at >= size) return false;
    this.number = number;
    return true;
  }
}
