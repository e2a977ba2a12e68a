/** Decides opens and execs: permission events of fanotify, on the object that the kernel resolved. */
import type { Kernel } from '../kernel/kernel.ts';
import { STAT } from '../kernel/kernel.ts';
import type { Layers } from '../kernel/layers.ts';
import type { PermissionEvents } from '../kernel/permission-events.ts';
import { NO_STREAMS } from '../workloads/descriptor-types.ts';
import type { Processes } from '../workloads/processes.ts';
import {
  NO_ENVIRONMENT,
  NOTHING,
  type Image,
  type PendingExec,
  type Process,
  type Text,
} from '../workloads/process.ts';
import type { DirectoryCache } from './cache/index.ts';
import { interpreterArgs, stageAfter } from './exec-stages.ts';
import type { ExecBinding } from './exec-binding.ts';
import type { Judge, Means } from './judge.ts';
import { OpenMode } from './open-mode.ts';
import { KIND, PLAIN, type FileObject, type FileRole, type Questions } from './questions.ts';
import { NR } from './syscalls.ts';
import type { TextReader } from './text-reader.ts';

const MEANS: Means = { mechanism: 'fanotify', onlyEperm: true, caveat: null };
/** As much of a script as the kernel reads (BINPRM_BUF_SIZE). */
const HEAD_BYTES = 256;

/** Which of the synchronous kinds and fields somebody asks for. */
export interface OpenNeeds {
  readonly exec: boolean;
  readonly reads: boolean;
  readonly writes: boolean;
  readonly invoked: boolean;
  /** Rules read user, group, directory and the like, which change without an exec. */
  readonly identity: boolean;
  /** Rules read `proc.upper_layer`. */
  readonly programLayer: boolean;
  /** Rules read `file.upper_layer`. */
  readonly objectLayer: boolean;
}

export class Opens {
  readonly #mode = new OpenMode();
  readonly #head = new Uint8Array(HEAD_BYTES);
  readonly #object: FileObject;
  readonly #role: { -readonly [K in keyof FileRole]: FileRole[K] } = { ...PLAIN };
  /** `device:inode` of the machine's own loaders. */
  readonly #loaders = new Set<string>();
  readonly #answer = (allow: boolean): void => this.events.answer(allow);
  /** Paths under which they were executed as programs: what such a process opens is what it runs. */
  readonly #running: Text[] = [];

  constructor(
    readonly kernel: Kernel,
    readonly events: PermissionEvents,
    readonly processes: Processes,
    readonly questions: Questions,
    readonly judge: Judge,
    readonly reader: TextReader,
    readonly needs: OpenNeeds,
    /** Null: no rule reads what a program is started with. */
    readonly execBinding: Pick<ExecBinding, 'put'> | null,
    /** Whether a thread opens for the workload what was decided already. */
    readonly performs: (tid: number) => boolean,
    /** Null: every open asks. */
    readonly cache: DirectoryCache | null,
    /** Null: no rule reads layers. */
    readonly layers: Pick<Layers, 'isUpper'> | null,
  ) {
    const { path, status } = events;
    this.#object = { path, length: 0, status, invoked: reader.bytes, invokedLength: 0, upper: null };
  }

  /** @param paths of loaders, looked up once in the workload's mounts before its first instruction */
  trustLoaders(paths: readonly string[]): void {
    const bytes = new Uint8Array(STAT.size);
    for (const path of paths)
      if (this.kernel.statusIn(this.processes.init, path, bytes) >= 0)
        this.#loaders.add(identityOf(new DataView(bytes.buffer)));
  }

  /**
   * Answers what waits, at most one read of the group.
   * @param before called for each event before it is asked about
   * @returns 0, or a negative errno
   */
  drain(before: () => void): number {
    for (;;) {
      const taken = this.events.take();
      if (taken <= 0) return taken;
      before();
      this.#handle();
    }
  }

  #handle(): void {
    const { events } = this;
    const { what } = events;
    if (what === 'overflow' || what === 'other') return;
    const started = performance.now();
    if (this.performs(events.tid)) events.answer(true);
    else if (what === 'exec') this.#exec(started);
    else this.#open(started);
  }

  #open(started: number): void {
    const { events, needs } = this;
    const resolved = this.cache !== null && this.#resolve();
    if (resolved && this.cache!.covers(this.#object)) return events.answer(true);
    if (events.readCall() < 0) return events.answer(false);
    const process = this.processes.ofThread(events.tid, false, events.sameThread);
    // decided by the exec event of the same file, or not asked about
    if (process && (events.call === NR.execve || events.call === NR.execveat)) return events.answer(true);
    if (process) this.processes.fresh(process);
    this.#mode.set(events);
    const asksRead = this.#mode.reads && needs.reads;
    const asksWrite = this.#mode.writes && needs.writes;
    const asksExec = this.#mode.reads && needs.exec && process !== null && this.#isLoader(process);
    if (!asksRead && !asksWrite && !asksExec) return events.answer(true);
    if (!process || !(resolved || this.#resolve())) return events.answer(false);
    this.#object.upper = needs.objectLayer ? this.#upper() : null;
    if (needs.objectLayer && this.#object.upper === null) return events.answer(false);
    this.#object.invokedLength = needs.invoked && this.#mode.path >= 0 ? this.#readPath(this.#mode.path) : 0;
    if (needs.identity) this.processes.refreshIdentity(process);
    this.questions.start();
    this.#role.flags = this.#mode.flags;
    if (asksRead) this.questions.file(KIND['file.read'], process, this.#object, this.#role);
    if (asksWrite) this.questions.file(KIND['file.write'], process, this.#object, this.#role);
    if (asksExec) {
      const file = this.#program();
      if (file.upper === null && needs.programLayer) return events.answer(false);
      this.questions.exec(process, { ...process.image, ...file, script: NOTHING });
    }
    this.judge.decide(process, MEANS, started, this.#answer);
  }

  #exec(started: number): void {
    const { events } = this;
    const { tid } = events;
    // no facts are refreshed here: the thread is still the caller
    const process = this.processes.ofThread(tid, false);
    if (!process || !this.#resolve()) return events.answer(false);
    const pending: PendingExec = process.execs.get(tid) ?? {
      stage: 'object',
      invoked: NOTHING,
      named: NOTHING,
      args: NOTHING,
      argsCut: false,
      ...NO_ENVIRONMENT,
      streams: NO_STREAMS,
      script: NOTHING,
    };
    const isLoader = this.#loaders.has(identityOf(events.status));
    if (pending.stage === 'loader' && isLoader) {
      pending.stage = 'object';
      return events.answer(true);
    }
    const file = this.#program();
    const { path } = file;
    const read = Math.max(0, this.kernel.readAt(events.fd, this.#head, 0));
    const head = this.#head.subarray(0, read);
    // a rule would read what cannot be told
    if (file.upper === null && this.needs.programLayer) return events.answer(false);
    const { invoked, script, args, argsCut, env, envCut, streams } = pending;
    const image: Image = { ...file, invoked, script, args, argsCut, env, envCut, streams };
    if (this.needs.identity) this.processes.refreshIdentity(process);
    this.questions.start();
    this.questions.exec(process, image);
    let admitted = true;
    const allowed = this.judge.decide(process, MEANS, started, (allow) => {
      if (allow && isLoader) admitted = this.#admitLoader(path);
      const bound = allow && admitted && (this.execBinding?.put(tid, pending) ?? true);
      events.answer(bound);
    });
    if (!allowed || !admitted) {
      process.execs.delete(tid);
      return;
    }
    process.next = image;
    process.stale = true;
    pending.stage = stageAfter(head);
    if (pending.stage !== 'interpreter') return;
    pending.args = interpreterArgs(head, pending.named.length > 0 ? pending.named : path, pending.args);
    pending.named = pending.args.slice(0, pending.args.indexOf(0));
    if (pending.script.length === 0) pending.script = path;
  }

  /** @returns whether a loader may be executed as a program: what it then runs must be seen */
  #admitLoader(path: Text): boolean {
    if (!this.needs.reads && !this.needs.writes) {
      const text = `${Buffer.from(path).toString()} was refused as a program: no open asks, so what it runs is not seen`;
      this.judge.report({ type: 'notice', text });
      return false;
    }
    this.cache?.end(); // its opens ask for more than those of others
    if (!this.#running.some((known) => Buffer.compare(known, path) === 0)) this.#running.push(path);
    return true;
  }

  #isLoader({ image }: Process): boolean {
    for (let i = 0; i < this.#running.length; i++) if (Buffer.compare(this.#running[i], image.path) === 0) return true;
    return false;
  }

  /** What the object says of the program that it is. */
  #program(): Pick<Image, 'path' | 'upper' | 'owner' | 'mode'> {
    const { status } = this.events;
    const [owner, mode] = [status.getUint32(STAT.uid, true), status.getUint32(STAT.mode, true) & 0o7777];
    return { path: this.#path(), upper: this.needs.programLayer ? this.#upper() : null, owner, mode };
  }

  /** Whether the object is of the writable layer; null where it cannot be told. */
  #upper(): boolean | null {
    return this.layers?.isUpper(this.events.fd) ?? null;
  }

  /** A copy of the object's path. */
  #path(): Text {
    return this.#object.path.slice(0, this.#object.length);
  }

  /** Path and status of the object; false where they cannot be had. */
  #resolve(): boolean {
    if (this.events.resolve() < 0) return false;
    this.#object.length = this.events.length;
    return true;
  }

  /** The path as it was written, into `reader.bytes`. @returns its length, 0 where it cannot be read */
  #readPath(argument: number): number {
    const address = this.events.high(argument) * 2 ** 32 + this.events.low(argument);
    return Math.max(0, this.reader.path(this.events.tid, address));
  }
}

const identityOf = (status: DataView): string =>
  `${status.getBigUint64(STAT.dev, true)}:${status.getBigUint64(STAT.ino, true)}`;
