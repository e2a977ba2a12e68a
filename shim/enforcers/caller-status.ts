/** What `/proc` says of a thread that waits for an answer. */
import { readdirSync } from 'node:fs';
import type { Kernel } from '../kernel/kernel.ts';

const ROOM = new Uint8Array(8192);

export interface CallerStatus {
  /** Whom the kernel would give new objects to. */
  readonly fsuid: number;
  readonly fsgid: number;
  readonly threads: number;
  /** It has a signal that it does not block: for itself alone, or for its process. */
  readonly own: boolean;
  readonly shared: boolean;
}

/** Whether a thread may have one more descriptor. Its limit is read from `/proc`: prlimit(2) needs CAP_SYS_RESOURCE. */
export const hasFreeDescriptor = (kernel: Kernel, tid: number): boolean => {
  const size = Math.max(0, kernel.procFile(tid, 'limits', ROOM));
  const soft = /^Max open files\s+(\d+)/m.exec(Buffer.from(ROOM.buffer, 0, size).toString('latin1'))?.[1];
  return soft === undefined || kernel.descriptors(tid) < Number(soft);
};

/** @returns null when the thread is gone */
export const callerStatus = (kernel: Kernel, tid: number): CallerStatus | null => {
  const size = kernel.procFile(tid, 'status', ROOM);
  if (size <= 0) return null;
  const text = Buffer.from(ROOM.buffer, 0, size).toString('latin1');
  const field = (name: string): string => new RegExp(`^${name}:\\t(.*)$`, 'm').exec(text)?.[1] ?? '';
  const signals = (name: string): bigint => BigInt(`0x${field(name) || '0'}`);
  const free = ~signals('SigBlk');
  return {
    fsuid: Number(field('Uid').split('\t')[3]),
    fsgid: Number(field('Gid').split('\t')[3]),
    threads: Number(field('Threads')),
    own: (signals('SigPnd') & free) !== 0n,
    shared: (signals('ShdPnd') & free) !== 0n,
  };
};

/** Whether a thread of a process has stopped (SIGSTOP and its kin): all others are about to. */
export const hasStoppedThread = (kernel: Kernel, pid: number): boolean => {
  try {
    return readdirSync(`/proc/${pid}/task`).some((tid) => {
      const size = Math.max(0, kernel.procFile(Number(tid), 'status', ROOM));
      return Buffer.from(ROOM.buffer, 0, size).includes('\nState:\tT');
    });
  } catch {
    return false; // the process is gone
  }
};
