/**
 * Threads that may be renaming a directory. A call that continues takes effect at a time that nobody tells: it is over when
 * its thread waits somewhere else, which the kernel says of a thread that does not run (`/proc/TID/syscall`).
 */
import type { Kernel } from '../../kernel/kernel.ts';
import { NR } from '../syscalls.ts';

const RENAMES: readonly number[] = [NR.rename, NR.renameat, NR.renameat2];

export class Renaming {
  readonly #threads = new Set<number>();
  readonly #text = new Uint8Array(32);

  constructor(readonly kernel: Pick<Kernel, 'procFile'>) {}

  begins(tid: number): void {
    this.#threads.add(tid);
  }

  /** Whether some thread may still be in its call. Looks at one thread each time: those that ask next look at the others. */
  get any(): boolean {
    for (const tid of this.#threads) {
      if (!this.#isOver(tid)) return true;
      this.#threads.delete(tid);
    }
    return false;
  }

  #isOver(tid: number): boolean {
    const size = this.kernel.procFile(tid, 'syscall', this.#text);
    if (size < 0) return true; // the thread is gone
    const number = /^-?\d+/.exec(Buffer.from(this.#text.buffer, 0, size).toString('latin1'))?.[0];
    return number !== undefined && !RENAMES.includes(Number(number));
  }
}
