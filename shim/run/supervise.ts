/** One workload from its cgroup to its exit code, with the guard's thread beside it; what `run` and `record` share. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { MessageChannel, type Worker } from 'node:worker_threads';
import type { GuardConfig } from '../enforcers/config.ts';
import type { Command, GuardData } from '../enforcers/guard-worker.ts';
import type { Network } from '../enforcers/gate.ts';
import type { Needs } from '../enforcers/needs.ts';
import type { Report } from '../enforcers/report.ts';
import { kernelErrorText } from '../kernel/bpf-error.ts';
import { EventFd } from '../kernel/epoll.ts';
import { linuxKernel } from '../kernel/linux.ts';
import { linuxMarks } from '../kernel/marks.ts';
import { cgroupPath, killCgroup, removeCgroup } from '../workloads/cgroup.ts';
import { launch, NOT_GUARDED, type Ended, type Launched, type LaunchOptions } from './launch.ts';
import { forwardSignals } from './signals.ts';
import { userNames } from './users.ts';
import { startGuardThread } from './worker.ts';

export interface SuperviseOptions extends Omit<LaunchOptions, 'cgroup' | 'held'> {
  /** The VM's program; null: observe only. */
  readonly program: Uint8Array | null;
  /** Its program about directories; null: decisions are not kept in the kernel. */
  readonly cover: Uint8Array | null;
  readonly needs: Needs;
  /** Numbers of the system calls that are traced; those that are asked have `rules`. */
  readonly syscalls: readonly number[];
  /** Record of the workload's facts. */
  readonly workload: Uint8Array;
  readonly management: readonly Network[];
  readonly reportAll: boolean;
  readonly trace: boolean;
  readonly onReport: (report: Report) => void;
  /** Called once the workload runs, with what can be done to it from outside. */
  readonly onStart?: (control: WorkloadHandle) => void;
}

export interface WorkloadHandle {
  /** Host pid of its first process. */
  readonly pid: number;
  readonly cgroup: string;
  /** Cuts its network but for the management addresses, or restores it. */
  isolate(on: boolean): void;
  /** Kills every process of it. */
  stop(): void;
}

/** A guard that does not stand by then never will: the workload, which waits for it, is not started. */
const STANDS_WITHIN_MS = 60_000;

/** The guard's thread as the main thread sees it. */
class GuardThread {
  readonly ended: Promise<string | null>;
  readonly ready: Promise<string | null>;
  readonly #channel = new MessageChannel();
  readonly #worker: Worker;

  constructor(
    config: GuardConfig,
    program: Uint8Array | null,
    cover: Uint8Array | null,
    readonly wake: EventFd,
    onReport: (report: Report) => void,
  ) {
    const data: GuardData = { config, program, cover, port: this.#channel.port1 };
    this.#worker = startGuardThread({
      workerData: data,
      transferList: [this.#channel.port1],
      trackUnmanagedFds: false, // descriptors that the kernel interface opened are closed by it
    });
    this.#channel.port2.unref();
    let isReady: (error: string | null) => void;
    this.ready = new Promise((resolve) => (isReady = resolve));
    const late = setTimeout(() => isReady("the guard's thread does not start"), STANDS_WITHIN_MS);
    void this.ready.then(() => clearTimeout(late));
    this.ended = new Promise((resolve) => {
      let error: string | null = 'the guard ended early';
      this.#worker.on('message', (report: Report) => {
        if (report.type === 'ready') isReady(null);
        else if (report.type === 'end') ({ error } = report);
        else onReport(report);
      });
      this.#worker.once('error', (cause) => (error = cause.message));
      this.#worker.once('exit', () => {
        isReady(error);
        resolve(error);
      });
    });
  }

  send(command: Command): void {
    this.#channel.port2.postMessage(command);
    this.wake.signal();
  }

  close(): void {
    void this.#worker.terminate(); // where it never stood; else it has ended
    this.#channel.port2.close();
    this.wake.close();
  }
}

/**
 * @returns how the workload ended; everything made for it is gone then
 */
export const supervise = async (options: SuperviseOptions): Promise<Ended> => {
  const planned = cgroupPath(`${process.pid}-${randomBytes(4).toString('hex')}`);
  if ('error' in planned) return { exitCode: NOT_GUARDED, error: planned.error };
  const cgroup = planned.path;
  const notices = options.needs.renames ? openNotices() : null;
  try {
    const launched = await launch({ ...options, cgroup, held: notices });
    if (!('go' in launched)) return launched;
    return await guard(options, cgroup, launched, notices);
  } finally {
    // gone already, unless the launcher itself was killed
    for (let tries = 0; existsSync(cgroup) && tries < 100; tries++) {
      killCgroup(cgroup);
      removeCgroup(cgroup);
      await sleep(5);
    }
    if (notices !== null) linuxKernel().close(notices);
  }
};

/**
 * The group that hears of renames. The kernel ends a group only when no question waits for an answer (fsnotify pins the
 * marks of all groups meanwhile), so that Lictor's death, or that of its guard, would wait for answers that nobody gives,
 * were it not for the launcher, which holds the group until the workload is dead.
 */
const openNotices = (): number | null => {
  const fd = linuxMarks().openNotices();
  return fd < 0 ? null : fd;
};

const guard = async (
  options: SuperviseOptions,
  cgroup: string,
  launched: Launched,
  notices: number | null,
): Promise<Ended> => {
  const created = EventFd.create();
  if ('error' in created) return abandon(cgroup, launched, kernelErrorText(created.error));
  const { init, first, fanotify, listener } = launched;
  const { needs, workload, management, reportAll, trace } = options;
  const syscalls = [...options.syscalls, ...options.rules.keys()];
  const config: GuardConfig = {
    ...{ cgroup, needs, syscalls, init, first, fanotify, listener, workload, management, reportAll, trace },
    users: userNames(),
    notices,
    wake: created.eventfd.fd,
  };
  const thread = new GuardThread(config, options.program, options.cover, created.eventfd, options.onReport);
  try {
    const failed = await thread.ready;
    if (failed !== null) return await abandon(cgroup, launched, failed);
    const stopForwarding = forwardSignals(first);
    launched.go();
    options.onStart?.({
      pid: first,
      cgroup,
      isolate: (on) => thread.send({ type: 'isolate', on }),
      stop: () => void killCgroup(cgroup),
    });
    // a guard that ends early answers nobody: what waits for it is killed, never let through
    void thread.ended.then((error) => error !== null && killCgroup(cgroup));
    const ended = await launched.ended;
    stopForwarding();
    thread.send({ type: 'end' });
    const error = await thread.ended;
    return error === null ? ended : { exitCode: NOT_GUARDED, error };
  } finally {
    thread.close();
  }
};

const abandon = async (cgroup: string, launched: Launched, error: string): Promise<Ended> => {
  killCgroup(cgroup);
  const ended = await launched.ended;
  return { exitCode: NOT_GUARDED, error: ended.error ?? error };
};
