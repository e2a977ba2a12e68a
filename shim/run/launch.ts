/** Starts the launcher and follows what it says (shim/launcher/launch.h). */
import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import type { Socket } from 'node:net';
import { assetPath } from '../../vm/host/assets.ts';
import { INSTRUCTION_BYTES } from '../enforcers/filter/assemble.ts';
import type { Check } from '../enforcers/filter/checks.ts';
import { filterFor } from '../enforcers/filter/index.ts';
import type { Needs } from '../enforcers/needs.ts';
import { droppedFor } from '../enforcers/filter/capabilities.ts';
import { cgroupProcesses } from '../workloads/cgroup.ts';
import type { User } from './users.ts';

/** Exit code where Lictor could not start or guard the workload. */
export const NOT_GUARDED = 125;

/** A workload that waits for `go` before its first instruction. */
export interface Launched {
  readonly launcher: number;
  /** Host pid of PID 1 of its namespace, and of its first process. */
  readonly init: number;
  readonly first: number;
  /** Descriptors in the tables of init and of the first process; `fanotify` -1: nothing is asked by it. */
  readonly fanotify: number;
  readonly listener: number;
  go(): void;
  readonly ended: Promise<Ended>;
}

export interface Ended {
  readonly exitCode: number;
  /** Why it was not started or not guarded; null also where its command could not be executed (126, 127). */
  readonly error: string | null;
}

export interface LaunchOptions {
  readonly cgroup: string;
  readonly needs: Needs;
  /** Checks of the filter by system call (`ruleChecks`). */
  readonly rules: ReadonlyMap<number, Check>;
  readonly command: readonly string[];
  readonly waitAll: boolean;
  /** Whom it runs as; absent: as Lictor. */
  readonly user?: User;
  readonly stdio: readonly [
    'inherit' | 'ignore' | 'pipe' | number,
    'inherit' | 'ignore' | 'pipe' | number,
    'inherit' | 'ignore' | 'pipe' | number,
  ];
  /** A descriptor that the launcher and PID 1 hold until the workload is dead; null: none. */
  readonly held: number | null;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly onNotice: (text: string) => void;
}

const list = (flag: string, names: readonly (string | false)[]): string[] => {
  const given = names.filter(Boolean);
  return given.length > 0 ? [flag, given.join(',')] : [];
};

const launcherArguments = ({ cgroup, needs, command, waitAll, user }: LaunchOptions, filter: Uint8Array): string[] => [
  ...['--cgroup', cgroup, '--parent', String(process.pid)],
  ...['--filter', String(filter.length / INSTRUCTION_BYTES)],
  ...['--drop', droppedFor(needs).toString(16)],
  ...list('--user', user ? [user.uid, user.gid, ...user.groups].map(String) : []),
  ...list('--ask', [(needs.reads || needs.writes) && 'open', needs.exec && 'exec']),
  ...(needs.tree ? ['--floor'] : []),
  ...(waitAll ? ['--wait-all'] : []),
  ...['--', ...command],
];

/**
 * Must be called in the main thread: the launcher ends the workload when the thread that started it is gone.
 * @returns the waiting workload, or how it ended before it began
 */
export const launch = (options: LaunchOptions): Promise<Launched | Ended> =>
  new Promise((resolve) => {
    const program = filterFor(options.needs, options.rules);
    const child: ChildProcess = spawn(assetPath('lictor-launch'), launcherArguments(options, program), {
      stdio: [...options.stdio, 'pipe', 'pipe', ...(options.held === null ? [] : [options.held])] as StdioOptions,
      env: { ...options.env, ...options.user?.env },
      cwd: options.cwd,
    });
    let error: string | null = null;
    let end: (ended: Ended) => void = () => {};
    const ended = new Promise<Ended>((done) => (end = done));
    const finish = (result: Ended): void => {
      end(result);
      resolve(result);
    };
    child.once('error', (cause) =>
      finish({ exitCode: NOT_GUARDED, error: `cannot start the launcher: ${cause.message}` }),
    );
    child.once('close', (code, signal) =>
      finish(
        code === null
          ? { exitCode: NOT_GUARDED, error: `the launcher was killed by ${signal}` }
          : { exitCode: code, error },
      ),
    );
    const control = child.stdio[3] as Socket | undefined;
    const filter = child.stdio[4] as Socket | undefined;
    if (!control || !filter) return; // not spawned: `error` follows
    filter.on('error', () => {}).end(program); // who reads less than all of it says so
    // launcher and workload say their lines independently: either may be first
    let init: readonly number[] | null = null;
    let workload: readonly number[] | null = null;
    let begun = false;
    const begin = (): void => {
      if (!init || !workload || begun) return;
      begun = true;
      const [pid, fanotify] = init;
      const first = cgroupProcesses(options.cgroup).find((other) => other !== pid) ?? 0;
      const go = (): void => void control.write('g');
      resolve({ launcher: child.pid!, init: pid, first, fanotify, listener: workload[0], go, ended });
    };
    const hear = (line: string): void => {
      const [word, ...rest] = line.split(' ');
      const text = rest.join(' ');
      const numbers = rest.map(Number);
      if (word === 'note') options.onNotice(text);
      else if (word === 'error') error = text;
      else if (word === 'exec') options.onNotice(`cannot execute \`${options.command[0]}\`: ${errnoText(numbers[0])}`);
      else if (word === 'init') init = numbers;
      else if (word === 'workload') workload = numbers;
      begin();
    };
    let pending = '';
    control.setEncoding('latin1').on('data', (chunk: string) => {
      const lines = (pending + chunk).split('\n');
      pending = lines.pop()!;
      for (const line of lines) hear(line);
    });
    control.on('error', () => {}); // the other side is gone: `close` says how
  });

const errnoText = (errno: number): string =>
  ({ 1: 'operation not permitted', 2: 'no such file', 8: 'not a program', 13: 'permission denied' })[errno] ??
  `errno ${errno}`;
