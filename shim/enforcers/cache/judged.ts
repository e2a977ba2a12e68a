/** Which directories were judged lately. Forgetting one costs a judgement; taking one for another leaves it uncached. */

const SLOTS = 1 << 14;

export class Judged {
  /** Two hashes of each directory, by the first of them. */
  readonly #slots = new Int32Array(2 * SLOTS);

  /**
   * Notes a directory.
   * @param path bytes whose first `length` are the directory's
   * @returns whether it was noted before
   */
  note(path: Uint8Array, length: number): boolean {
    // FNV-1a with its own and with another prime
    let one = 0x811c9dc5 | 0;
    let two = 0x2545f491 | 0;
    for (let i = 0; i < length; i++) {
      one = Math.imul(one ^ path[i], 0x01000193);
      two = Math.imul(two ^ path[i], 0x5bd1e995) ^ (two >>> 15);
    }
    // a slot of zeros is free
    two |= 1;
    const at = 2 * ((one ^ (one >>> 16)) & (SLOTS - 1));
    const slots = this.#slots;
    if (slots[at] === one && slots[at + 1] === two) return true;
    slots[at] = one;
    slots[at + 1] = two;
    return false;
  }

  clear(): void {
    this.#slots.fill(0);
  }
}
