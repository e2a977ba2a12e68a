/** Decides system calls that wait in the seccomp listener: the start of an exec here, socket operations in `sockets.ts`. */
import { ERRNO } from '../kernel/kernel.ts';
import { NO_STREAMS, streamsOf } from '../workloads/descriptor-types.ts';
import type { Processes } from '../workloads/processes.ts';
import { NO_ENVIRONMENT, NOTHING, type PendingExec, type Text } from '../workloads/process.ts';
import type { Accepts } from './accepts.ts';
import type { DirectoryCache } from './cache/index.ts';
import type { Needs } from './needs.ts';
import type { Notifications } from './notifications.ts';
import type { Performed } from './performed.ts';
import type { Sockets } from './sockets.ts';
import { NR } from './syscalls.ts';
import type { SystemCalls } from './system-calls.ts';
import type { TextReader } from './text-reader.ts';
import { LIMITS } from '../../vm/spec/index.ts';

const AT_FDCWD = -100;
const SLASH = 47;
/** One empty argument. */
const EMPTY: Text = new Uint8Array(1);

export class Calls {
  constructor(
    readonly notifications: Notifications,
    readonly processes: Processes,
    readonly reader: TextReader,
    readonly sockets: Sockets,
    /** Null: accept is not asked about. */
    readonly accepts: Accepts | null,
    /** Null: no call is performed. */
    readonly performed: Performed | null,
    /** Hears of renames; null: no decisions are kept. */
    readonly cache: DirectoryCache | null,
    /** `exec`: execs are decided by an event that follows. */
    readonly needs: Pick<Needs, 'exec' | 'tree' | 'environment' | 'streams'>,
    /** Null: no rule is about system calls. */
    readonly systemCalls: SystemCalls | null,
  ) {}

  /**
   * Answers one call that waits; the descriptor is readable again if there are more.
   * @param before called once the call is there, before anything is asked
   */
  handle(before: () => void): void {
    const calls = this.notifications;
    if (!calls.receive()) return;
    before();
    const started = performance.now();
    if (this.systemCalls?.answered(started)) return;
    switch (calls.number) {
      case NR.execve:
        return this.#exec(-1, 0, 1);
      case NR.execveat:
        return this.#exec(0, 1, 2);
      case NR.connect:
        return this.sockets.named('connect', started);
      case NR.bind:
        // a unix socket's file is made with it, so both are decided at once
        if (this.needs.tree && this.performed?.take(calls)) return;
        return this.sockets.named('bind', started);
      case NR.listen:
        return this.sockets.listen(started);
      case NR.accept:
      case NR.accept4:
        if (!this.accepts) return calls.continue();
        return this.accepts.accept(calls.number === NR.accept ? 0 : calls.low(3), started);
      case NR.sendto:
        return this.sockets.sendto(started);
      case NR.sendmsg:
        return this.sockets.sendmsg(started);
      case NR.sendmmsg:
        return this.sockets.sendmmsg(started);
      case NR.rename:
      case NR.renameat:
      case NR.renameat2:
        if (this.needs.tree && this.performed?.take(calls)) return;
        // wherever it leads: no answer that depends on a path is kept
        this.cache?.renames(calls.tid);
        return calls.continue();
      default:
        if (!this.performed?.take(calls)) calls.refuse(ERRNO.ENOSYS);
    }
  }

  /** @param folder argument with the descriptor that the path is relative to; -1: the working directory */
  #exec(folder: number, path: number, argv: number): void {
    const calls = this.notifications;
    const { tid } = calls;
    const process = this.processes.ofThread(tid, true);
    if (process) {
      const { strings, cut } = this.reader.list(tid, calls.address(argv), LIMITS.textBytes.value);
      const named = execName(folder < 0 ? AT_FDCWD : calls.low(folder) | 0, this.reader.text(tid, calls.address(path)));
      process.execs.set(tid, {
        stage: 'object',
        invoked: named,
        named,
        // a program without arguments gets an empty one (Linux 5.18)
        args: strings.length === 0 && !cut ? EMPTY : strings,
        argsCut: cut,
        ...this.#environment(argv + 1),
        streams: this.needs.streams ? streamsOf(calls.kernel, process.pid, tid, true) : NO_STREAMS,
        script: NOTHING,
      });
      if (!this.needs.exec) process.stale = true; // no event says whether it came to that
    }
    calls.continue();
  }

  /** @param envp argument with the list of variables */
  #environment(envp: number): Pick<PendingExec, 'env' | 'envCut'> {
    if (!this.needs.environment) return NO_ENVIRONMENT;
    const { tid } = this.notifications;
    const { strings, cut } = this.reader.list(tid, this.notifications.address(envp), LIMITS.textBytes.value);
    return { env: strings, envCut: cut };
  }
}

/** What the kernel calls a program: a script is an argument of its interpreter by this name (alloc_bprm of fs/exec.c). */
const execName = (folder: number, path: Text): Text => {
  if (folder === AT_FDCWD || path[0] === SLASH) return path;
  return Buffer.concat([Buffer.from(`/dev/fd/${folder}${path.length > 0 ? '/' : ''}`), path]);
};
