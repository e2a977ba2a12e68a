/** What can die beside a workload. */
import type { Death } from './storm.ts';

export const LICTOR_KILLED: Death = { of: 'lictor', signal: 'SIGKILL' };

export const DEATHS: readonly (readonly [name: string, death: Death])[] = [
  ['Lictor is killed', LICTOR_KILLED],
  ['Lictor crashes', { of: 'lictor', signal: 'SIGABRT' }],
  ['the launcher is killed', { of: 'launcher', signal: 'SIGKILL' }],
  ['PID 1 of the workload is killed', { of: 'init', signal: 'SIGKILL' }],
  ['Lictor, the launcher and PID 1 are killed at once', { of: ['lictor', 'launcher', 'init'], signal: 'SIGKILL' }],
  ['PID 1, the launcher and Lictor are killed at once', { of: ['init', 'launcher', 'lictor'], signal: 'SIGKILL' }],
  ["the guard's thread is ended", { of: 'guard', word: 'terminate' }],
  ["the guard's thread loses its questions", { of: 'guard', word: 'fanotify' }],
];
