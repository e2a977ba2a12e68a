/** What the main thread hands to the guard's thread. */
import type { Text } from '../workloads/process.ts';
import type { Network } from './gate.ts';
import type { Needs } from './needs.ts';

/** Key of the one workload that a guard has. */
export const WORKLOAD_KEY = 1;

export interface GuardConfig {
  readonly cgroup: string;
  readonly needs: Needs;
  /** Host pids. */
  readonly init: number;
  readonly first: number;
  /** Descriptors in their tables, -1: none. */
  readonly fanotify: number;
  readonly listener: number;
  /** Numbers of the system calls that the kind `syscall` is about: asked, or traced where it is observed. */
  readonly syscalls: readonly number[];
  /** Facts of the workload. */
  readonly workload: Uint8Array;
  readonly users: ReadonlyMap<number, Text>;
  /** Networks that stay reachable in isolation. */
  readonly management: readonly Network[];
  readonly reportAll: boolean;
  /** Every record and all facts are reported as entries of a trace. */
  readonly trace: boolean;
  /** The fanotify group that hears of renames, null: none. Held by PID 1 too, and closed by who made it. */
  readonly notices: number | null;
  /** Readable when the main thread has something to say. */
  readonly wake: number;
}
