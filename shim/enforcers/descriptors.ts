/** Duplicates of descriptors of a workload's threads. */
import { ERRNO, type Kernel } from '../kernel/kernel.ts';

const KEPT = 64;

/**
 * Descriptors of threads that asked lately (pidfd) stay open: to open one costs as much as the rest of a duplicate. One whose
 * thread is gone gives -ESRCH, even if its number was given to another.
 */
export class Descriptors {
  readonly #tids = new Int32Array(KEPT);
  readonly #pidfds = new Int32Array(KEPT).fill(-1);

  constructor(readonly kernel: Kernel) {}

  /**
   * @param pid process of the thread
   * @param tid thread whose table `fd` stands in: threads may have tables of their own
   * @returns an own descriptor, or a negative errno: -EBADF where the thread has none of that number
   */
  duplicate(pid: number, tid: number, fd: number): number {
    const slot = tid % KEPT;
    if (this.#tids[slot] === tid && this.#pidfds[slot] >= 0) {
      const own = this.kernel.pidfdTake(this.#pidfds[slot], fd);
      if (own !== -ERRNO.ESRCH) return own;
    }
    const pidfd = this.#open(pid, tid);
    if (this.#pidfds[slot] >= 0) this.kernel.close(this.#pidfds[slot]);
    this.#tids[slot] = tid;
    this.#pidfds[slot] = pidfd;
    return pidfd < 0 ? pidfd : this.kernel.pidfdTake(pidfd, fd);
  }

  close(): void {
    for (const pidfd of this.#pidfds) if (pidfd >= 0) this.kernel.close(pidfd);
    this.#pidfds.fill(-1);
  }

  #open(pid: number, tid: number): number {
    const pidfd = this.kernel.threadfdOpen(tid);
    // before Linux 6.9 only a process can be named, which has the table of its first thread
    return pidfd === -ERRNO.EINVAL ? this.kernel.pidfdOpen(pid) : pidfd;
  }
}
