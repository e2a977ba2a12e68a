/** What deciding calls about sockets stands on. */
import type { Kernel } from '../kernel/kernel.ts';
import type { Processes } from '../workloads/processes.ts';
import type { Descriptors } from './descriptors.ts';
import type { Judge } from './judge.ts';
import type { Notifications } from './notifications.ts';
import type { Questions } from './questions.ts';
import type { SocketPaths } from './socket-paths.ts';

export interface SocketParts {
  readonly kernel: Kernel;
  readonly notifications: Notifications;
  readonly processes: Processes;
  readonly questions: Questions;
  readonly judge: Judge;
  readonly paths: SocketPaths;
  readonly descriptors: Descriptors;
}
