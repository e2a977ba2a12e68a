/** The guard's loop: one thread that waits for questions of one workload, decides them and answers. */
import { statSync } from 'node:fs';
import { kernelErrorText } from '../kernel/bpf-error.ts';
import { Epoll } from '../kernel/epoll.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { openRing } from '../kernel/ring.ts';
import { attachSensors, PathSettler, type Sensors } from '../sensors/index.ts';
import type { Text } from '../workloads/process.ts';
import { Processes } from '../workloads/processes.ts';
import { Calls, type GateOperation } from './calls.ts';
import { Effects } from './effects.ts';
import type { Engine } from './engine.ts';
import { Fanotify } from './fanotify.ts';
import { SocketGate, type Network } from './gate.ts';
import { Judge } from './judge.ts';
import type { Needs } from './needs.ts';
import { Notifications } from './notifications.ts';
import { Observed } from './observed.ts';
import { Opens } from './opens.ts';
import { Questions } from './questions.ts';
import type { Report } from './report.ts';
import { TextReader } from './text-reader.ts';
import { killCgroup } from '../workloads/cgroup.ts';

/** Key of the one workload that a guard has. */
export const WORKLOAD_KEY = 1;

/** How often losses are looked for while nothing happens. */
const LOST_EVERY_MS = 1000;
const EPOLLIN = 1;

/** Loaders of glibc and musl: their events belong to the program that names them. */
const LOADERS = ['/lib64/ld-linux-x86-64.so.2', '/lib/ld-musl-x86_64.so.1', '/lib/ld-linux-x86-64.so.2'];

export interface GuardConfig {
  readonly cgroup: string;
  readonly needs: Needs;
  /** Host pids. */
  readonly init: number;
  readonly first: number;
  /** Descriptors in their tables, -1: none. */
  readonly fanotify: number;
  readonly listener: number;
  /** Numbers of the system calls that the kind `syscall` is about. */
  readonly syscalls: readonly number[];
  /** Facts of the workload. */
  readonly workload: Uint8Array;
  readonly users: ReadonlyMap<number, Text>;
  /** Networks that stay reachable in isolation. */
  readonly management: readonly Network[];
  readonly reportAll: boolean;
  /** Every record and all facts are reported as entries of a trace. */
  readonly trace: boolean;
  /** Readable when the main thread has something to say. */
  readonly wake: number;
}

/** Says why the guard cannot stand; caught by the worker. */
export class GuardError extends Error {}

export class Guard {
  readonly #epoll: Epoll;
  readonly #fanotify: Fanotify | null;
  readonly #opens: Opens | null = null;
  readonly #calls: Calls | null = null;
  readonly #gate: SocketGate | null;
  readonly #sensors: Sensors;
  readonly #observed: Observed;
  readonly #settler: PathSettler;
  #lost: Readonly<Record<string, number>> = {};

  constructor(
    readonly kernel: Kernel,
    readonly engine: Engine,
    readonly config: GuardConfig,
    readonly report: (report: Report) => void,
  ) {
    const { needs } = config;
    const created = Epoll.create();
    if ('error' in created) throw new GuardError(kernelErrorText(created.error));
    this.#epoll = created.epoll;
    engine.putWorkload(BigInt(WORKLOAD_KEY), config.workload);
    this.#gate = this.#attachGate();
    this.#sensors = this.#attachSensors();
    const fanotify = this.#take(config.init, config.fanotify, 'the fanotify group');
    const listener = this.#take(config.first, config.listener, 'the seccomp listener');

    const facts = {
      putSubject: (key: bigint, bytes: Uint8Array): void => {
        engine.putSubject(key, bytes);
        if (config.trace) report({ type: 'entry', entry: 'subject', key, bytes });
      },
      dropSubject: (key: bigint): void => {
        engine.dropSubject(key);
        if (config.trace) report({ type: 'entry', entry: 'end', key, bytes: new Uint8Array(0) });
      },
    };
    const processes = new Processes(kernel, facts, config.init, config.users);
    const questions = new Questions(engine, WORKLOAD_KEY);
    const effects = new Effects(kernel, {
      isolate: (on) => this.#gate?.isolate(on) ?? null,
      stop: () => killCgroup(config.cgroup),
    });
    const judge = new Judge(engine, questions, effects, report, config);
    this.#settler = new PathSettler(`/proc/${config.init}/root`);
    const ring = openRing(this.#sensors.ringFd, this.#sensors.ringBytes);
    if ('error' in ring) throw new GuardError(kernelErrorText(ring.error));
    this.#observed = new Observed(ring.ring, engine, processes, this.#settler, effects, report, config, needs.observed);
    const reader = new TextReader(kernel);

    this.#fanotify = fanotify < 0 ? null : new Fanotify(kernel, fanotify);
    if (this.#fanotify) {
      this.#opens = new Opens(kernel, this.#fanotify, processes, questions, judge, reader, needs);
      this.#opens.trustLoaders(LOADERS);
    }
    if (listener >= 0) {
      const calls = new Notifications(kernel, listener);
      const execs = this.#opens?.execs ?? new Map();
      // without a gate no socket operation is asked for, and this one is never called
      const gate = this.#gate ?? { allow: () => false };
      this.#calls = new Calls(kernel, calls, processes, questions, judge, reader, gate, execs, needs);
    }
    for (const fd of [fanotify, listener, ring.ring.fd, config.wake]) if (fd >= 0) this.#watch(fd);
  }

  /**
   * Answers until `wake` is readable and `awake` says that it is over.
   * @param awake handles what the main thread said; true ends the loop
   */
  run(awake: () => boolean): void {
    for (;;) {
      const ready = this.#epoll.wait(LOST_EVERY_MS);
      this.#observed.drain();
      if (ready === 0) this.#reportLost();
      for (let i = 0; i < ready; i++) {
        const fd = this.#epoll.fdAt(i);
        if (fd === this.config.wake) {
          if (awake()) return;
        } else if (fd === this.#fanotify?.fd) this.#drain();
        else if (fd === this.#calls?.notifications.fd) this.#answer(this.#epoll.eventsAt(i));
      }
    }
  }

  isolate(on: boolean): void {
    this.#gate?.isolate(on);
  }

  /** Detaches everything, after what is left in the ring was decided and losses were told. */
  close(): void {
    this.#observed.drain();
    this.#reportLost();
    const changed = this.#gate?.counters()['mismatch'] ?? 0;
    if (changed > 0)
      this.report({
        type: 'notice',
        text: `${changed} socket operations were refused because their address was another one than the decided one`,
      });
    this.#observed.ring.close();
    this.#settler.close();
    this.#sensors.close();
    this.#gate?.close();
    this.#epoll.close();
  }

  #reportLost(): void {
    const now: Record<string, number> = {};
    for (const [kind, { lost }] of Object.entries(this.#sensors.counters())) {
      now[kind] = lost;
      const more = lost - (this.#lost[kind] ?? 0);
      if (more > 0) this.report({ type: 'lost', kind, count: more });
    }
    this.#lost = now;
  }

  #drain(): void {
    const opens = this.#opens!;
    const status = this.#fanotify!.drain((event) => {
      this.#observed.drain();
      opens.handle(event);
    });
    if (status < 0) throw new GuardError(`cannot read the fanotify group: errno ${-status}`);
  }

  #answer(events: number): void {
    // the listener hangs up when no process of the workload is left
    if ((events & EPOLLIN) === 0) return this.#epoll.remove(this.#calls!.notifications.fd);
    this.#calls!.handle(() => this.#observed.drain());
  }

  #watch(fd: number): void {
    const error = this.#epoll.add(fd);
    if (error) throw new GuardError(kernelErrorText(error));
  }

  /** A duplicate of a descriptor of the workload's processes. */
  #take(pid: number, fd: number, what: string): number {
    if (fd < 0) return -1;
    const pidfd = this.kernel.pidfdOpen(pid);
    const own = pidfd < 0 ? pidfd : this.kernel.pidfdTake(pidfd, fd);
    if (pidfd >= 0) this.kernel.close(pidfd);
    if (own < 0) throw new GuardError(`cannot take ${what}: errno ${-own}`);
    return own;
  }

  /** Processes are always followed: their facts belong to every question. */
  #attachSensors(): Sensors {
    const { needs, cgroup, syscalls } = this.config;
    const kinds = [...new Set(['exec', 'proc.fork', 'proc.exit', ...needs.observed])];
    const attached = attachSensors({ kinds, syscalls });
    if ('error' in attached) throw new GuardError(`cannot observe the workload: ${kernelErrorText(attached.error)}`);
    const { ino } = statSync(cgroup, { bigint: true });
    const error = attached.sensors.watch(ino, BigInt(WORKLOAD_KEY));
    if (error) throw new GuardError(kernelErrorText(error));
    return attached.sensors;
  }

  #attachGate(): SocketGate | null {
    const { needs, cgroup, management } = this.config;
    const operations = (['connect', 'bind', 'send'] as const).filter((name: GateOperation) => needs[name]);
    if (operations.length === 0 && !needs.isolation) return null;
    const attached = SocketGate.attach({ cgroup, operations, isolation: needs.isolation, management });
    if ('error' in attached) throw new GuardError(`cannot guard sockets: ${attached.error}`);
    return attached.gate;
  }
}
