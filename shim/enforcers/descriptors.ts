/** Duplicates of descriptors of a workload's threads. */
import { ERRNO, type Kernel } from '../kernel/kernel.ts';

/**
 * @param pid process of the thread
 * @param tid thread whose table `fd` stands in: threads may have tables of their own
 * @returns an own descriptor, or a negative errno: -EBADF where the thread has none of that number
 */
export const duplicate = (kernel: Kernel, pid: number, tid: number, fd: number): number => {
  let pidfd = kernel.threadfdOpen(tid);
  // before Linux 6.9 only a process can be named, which has the table of its first thread
  if (pidfd === -ERRNO.EINVAL) pidfd = kernel.pidfdOpen(pid);
  if (pidfd < 0) return pidfd;
  const own = kernel.pidfdTake(pidfd, fd);
  kernel.close(pidfd);
  return own;
};
