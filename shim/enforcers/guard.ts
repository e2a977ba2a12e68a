/** The guard's loop: one thread that waits for questions of one workload, decides them and answers. */
import type { Kernel } from '../kernel/kernel.ts';
import { POLL, PollSet } from '../kernel/poll.ts';
import { killCgroup } from '../workloads/cgroup.ts';
import type { Process } from '../workloads/process.ts';
import { Processes } from '../workloads/processes.ts';
import { Accepts } from './accepts.ts';
import { attach, GuardError, type Attached, type Caching } from './attach.ts';
import { DirectoryCache } from './cache/index.ts';
import { Calls } from './calls.ts';
import { WORKLOAD_KEY, type GuardConfig } from './config.ts';
import { Descriptors } from './descriptors.ts';
import { Effects } from './effects.ts';
import type { Engine } from './engine.ts';
import { Judge } from './judge.ts';
import { Notifications } from './notifications.ts';
import { Observed } from './observed.ts';
import { Opens } from './opens.ts';
import { Performed } from './performed.ts';
import { Questions } from './questions.ts';
import type { Report } from './report.ts';
import { SocketPaths } from './socket-paths.ts';
import { Sockets } from './sockets.ts';
import { SystemCalls } from './system-calls.ts';
import { TextReader } from './text-reader.ts';

/** How often losses are looked for while nothing happens. */
const LOST_EVERY_MS = 1000;

/** Loaders of glibc and musl: their events belong to the program that names them. */
const LOADERS = ['/lib64/ld-linux-x86-64.so.2', '/lib/ld-musl-x86_64.so.1', '/lib/ld-linux-x86-64.so.2'];

const cacheOf = (
  kernel: Kernel,
  { mountinfo, ...caching }: Caching,
  cover: Engine,
  { workload }: GuardConfig,
  group: number,
): DirectoryCache => {
  cover.putWorkload(BigInt(WORKLOAD_KEY), workload);
  return new DirectoryCache({ kernel, group, cover, workload: WORKLOAD_KEY, ...caching }, mountinfo);
};

export class Guard {
  readonly #attached: Attached;
  readonly #opens: Opens | null;
  readonly #calls: Calls | null;
  readonly #performed: Performed | null;
  readonly #accepts: Accepts | null;
  readonly #observed: Observed;
  readonly #descriptors: Descriptors;
  readonly #cache: DirectoryCache | null;
  #lost: Readonly<Record<string, number>> = {};

  /** @throws GuardError where it cannot stand; then nothing is held */
  constructor(
    kernel: Kernel,
    engine: Engine,
    /** Of the bundle, null: every open asks. */
    cover: Engine | null,
    readonly config: GuardConfig,
    readonly report: (report: Report) => void,
  ) {
    const { needs, init, users, trace } = config;
    engine.putWorkload(BigInt(WORKLOAD_KEY), config.workload);
    this.#attached = attach(kernel, config);
    const {
      gate,
      execBinding,
      interrupts,
      epoll,
      queries,
      ring,
      settler,
      layers,
      performing,
      opens,
      fanotify,
      listener,
      caching,
    } = this.#attached;

    const facts = {
      putSubject: (key: bigint, bytes: Uint8Array): void => {
        engine.putSubject(key, bytes);
        if (trace) report({ type: 'entry', entry: 'subject', key, bytes });
      },
      dropSubject: (key: bigint): void => {
        engine.dropSubject(key);
        this.#accepts?.ended(key);
        if (trace) report({ type: 'entry', entry: 'end', key, bytes: new Uint8Array(0) });
      },
    };
    const processes = new Processes(kernel, facts, init, users, needs.wanted.includes('proc.env'));
    const age = needs.wanted.includes('proc.age') ? (process: Process) => processes.age(process) : null;
    const questions = new Questions(engine, WORKLOAD_KEY, age);
    const effects = new Effects(kernel, {
      isolate: (on) => this.isolate(on),
      stop: () => killCgroup(config.cgroup),
    });
    const judge = new Judge(engine, questions, effects, report, config);
    const reader = new TextReader(kernel);
    const observed = [...needs.observed, ...needs.unasked];
    this.#observed = new Observed(ring, engine, processes, settler, effects, queries, report, config, observed);
    this.#cache = cover && caching && cacheOf(kernel, caching, cover, config, fanotify);
    this.#performed =
      performing &&
      new Performed(performing.performer, performing.wake, processes, questions, judge, needs, this.#cache);
    const performs = (tid: number): boolean => performing !== null && performing.performer.owns(tid);
    this.#opens =
      opens &&
      new Opens(
        ...([kernel, opens, processes, questions, judge, reader] as const),
        ...([needs, execBinding, performs, this.#cache, layers] as const),
      );
    this.#opens?.trustLoaders(LOADERS);
    const notifications = new Notifications(kernel, listener);
    const paths = new SocketPaths(kernel, settler);
    const descriptors = (this.#descriptors = new Descriptors(kernel));
    const parts = { kernel, notifications, processes, questions, judge, paths, descriptors };
    const sockets = new Sockets(parts, gate, needs);
    this.#accepts = interrupts && new Accepts(parts, interrupts, epoll, needs);
    const asked = config.syscalls.length > 0 && !needs.observed.includes('syscall');
    const systemCalls = asked ? new SystemCalls(notifications, processes, questions, judge, reader, config) : null;
    const answering = [sockets, this.#accepts, this.#performed, this.#cache] as const;
    this.#calls = listener < 0 ? null : new Calls(notifications, processes, reader, ...answering, needs, systemCalls);
  }

  /**
   * Answers until `wake` is readable and `awake` says that it is over.
   * @param awake handles what the main thread said; true ends the loop
   */
  run(awake: () => boolean): void {
    const { epoll, fanotify, listener } = this.#attached;
    // the kernel wakes who polls the listener on the processor of the call that waits; through an epoll set it does not
    const sources = new PollSet([listener, fanotify, epoll.fd]);
    const before = (): void => this.#observed.drain();
    for (;;) {
      const ready = sources.wait(this.#accepts?.tick(LOST_EVERY_MS) ?? LOST_EVERY_MS);
      before();
      if (ready === 0) this.#reportLost();
      const calls = sources.eventsAt(0);
      if ((calls & POLL.in) !== 0) this.#calls!.handle(before);
      // it hangs up when no process of the workload is left
      else if (calls !== 0) sources.remove(0);
      if (sources.eventsAt(1) !== 0) this.#answerOpens(this.#opens!, before);
      if (sources.eventsAt(2) !== 0 && this.#hearOthers(awake)) return;
    }
  }

  /** @returns whether it is over */
  #hearOthers(awake: () => boolean): boolean {
    const { epoll, interrupts, caching } = this.#attached;
    const ready = epoll.wait(0);
    for (let i = 0; i < ready; i++) {
      const fd = epoll.fdAt(i);
      if (fd === caching?.notices) this.#cache!.drain();
      else if (fd === this.config.wake) {
        if (awake()) return true;
      } else if (fd === this.#performed?.wake.fd) this.#performed.drain();
      else if (fd === interrupts?.ring.fd) this.#accepts!.interrupted();
      else this.#accepts?.ready(fd);
    }
    return false;
  }

  /** @returns null, or why the switch did not move */
  isolate(on: boolean): string | null {
    const { gate, queries } = this.#attached;
    if (!gate || !this.config.needs.isolation) return 'no rule isolates: the switch is not attached';
    if (queries) queries.cut = on;
    return gate.isolate(on);
  }

  /** Detaches everything, after what is left in the ring was decided and losses were told. */
  close(): void {
    this.#observed.drain();
    this.#accepts?.close();
    this.#descriptors.close();
    this.#reportLost();
    const { gate, execBinding } = this.#attached;
    const notice = (count: number | undefined, text: string): void => {
      if (count) this.report({ type: 'notice', text: `${count} ${text}` });
    };
    notice(
      gate?.counters()['mismatch'],
      "socket operations were refused: the kernel's address was not the one that was decided",
    );
    for (const [bound, killed] of Object.entries(execBinding?.counters() ?? {})) {
      notice(killed['changed'], `programs were killed as they began: their ${bound} differed from what was decided`);
      notice(killed['undecided'], `programs were killed as they began: nobody had decided about their ${bound}`);
    }
    this.#attached.close();
  }

  #reportLost(): void {
    const now: Record<string, number> = {};
    for (const [kind, { lost }] of Object.entries(this.#attached.sensors.counters())) {
      now[kind] = lost;
      const more = lost - (this.#lost[kind] ?? 0);
      if (more > 0) this.report({ type: 'lost', kind, count: more });
    }
    this.#lost = now;
  }

  #answerOpens(opens: Opens, before: () => void): void {
    const status = opens.drain(before);
    if (status < 0) throw new GuardError(`cannot read the fanotify group: errno ${-status}`);
  }
}
