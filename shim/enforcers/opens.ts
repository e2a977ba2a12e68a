/** Decides opens and execs: permission events of fanotify, on the object that the kernel resolved. */
import type { Kernel } from '../kernel/kernel.ts';
import { STAT } from '../kernel/kernel.ts';
import { imageOf, type Processes } from '../workloads/processes.ts';
import { NOTHING, type PendingExec, type Process, type Text } from '../workloads/process.ts';
import type { DirectoryCache } from './cache/index.ts';
import { interpreterArgs, stageAfter } from './exec-stages.ts';
import type { Fanotify, FanotifyEvent } from './fanotify.ts';
import type { ExecArguments } from './exec-arguments.ts';
import type { Judge, Means } from './judge.ts';
import { OpenMode } from './open-mode.ts';
import { KIND, type FileObject, type FileRole, type Questions } from './questions.ts';
import { Registers } from './registers.ts';
import { NR } from './syscalls.ts';
import type { TextReader } from './text-reader.ts';

const MEANS: Means = { mechanism: 'fanotify', onlyEperm: true, caveat: null };
/** As much of a script as the kernel reads (BINPRM_BUF_SIZE). */
const HEAD_BYTES = 256;
const DELETED = Buffer.from(' (deleted)');

/** Which of the synchronous kinds and fields somebody asks for. */
export interface OpenNeeds {
  readonly exec: boolean;
  readonly reads: boolean;
  readonly writes: boolean;
  readonly invoked: boolean;
  /** Rules read user, group, directory and the like, which change without an exec. */
  readonly identity: boolean;
}

export class Opens {
  readonly #registers = new Registers();
  readonly #mode = new OpenMode();
  readonly #head = new Uint8Array(HEAD_BYTES);
  readonly #status = new Uint8Array(STAT.size);
  readonly #object: FileObject;
  readonly #role: { -readonly [K in keyof FileRole]: FileRole[K] } = {
    flags: 0,
    made: false,
    side: null,
    other: null,
    link: null,
  };
  /** `device:inode` of the machine's own loaders. */
  readonly #loaders = new Set<string>();
  /** Paths under which they were executed as programs: what such a process opens is what it runs. */
  readonly #running: Text[] = [];

  constructor(
    readonly kernel: Kernel,
    readonly fanotify: Fanotify,
    readonly processes: Processes,
    readonly questions: Questions,
    readonly judge: Judge,
    readonly reader: TextReader,
    readonly needs: OpenNeeds,
    /** Null: no rule reads arguments. */
    readonly execArguments: Pick<ExecArguments, 'put'> | null,
    /** Whether a thread opens for the workload what was decided already. */
    readonly performs: (tid: number) => boolean,
    /** Null: every open asks. */
    readonly cache: DirectoryCache | null,
  ) {
    this.#object = {
      path: new Uint8Array(4097 + DELETED.length),
      length: 0,
      status: new DataView(this.#status.buffer),
      invoked: reader.bytes,
      invokedLength: 0,
    };
  }

  /** @param paths of loaders, looked up once in the workload's mounts before its first instruction */
  trustLoaders(paths: readonly string[]): void {
    for (const path of paths)
      if (this.kernel.statusIn(this.processes.init, path, this.#status) >= 0) this.#loaders.add(this.#identity());
  }

  handle(event: FanotifyEvent): void {
    const started = performance.now();
    const { fd, tid } = event;
    if (this.performs(tid)) this.fanotify.answer(fd, true);
    else if (event.what === 'exec') this.#exec(fd, tid, started);
    else if (event.what === 'open') this.#open(fd, tid, started);
  }

  #open(fd: number, tid: number, started: number): void {
    const resolved = this.cache !== null && this.#resolve(fd);
    if (resolved && this.cache!.covers(this.#object)) return this.fanotify.answer(fd, true);
    const process = this.#process(tid);
    if (this.#registers.number === NR.execve || this.#registers.number === NR.execveat) {
      this.fanotify.answer(fd, true); // decided by the exec event of the same file, or not asked about
      return;
    }
    this.#mode.set(this.#registers);
    const asksRead = this.#mode.reads && this.needs.reads;
    const asksWrite = this.#mode.writes && this.needs.writes;
    const asksExec = this.#mode.reads && this.needs.exec && process !== null && this.#isLoader(process);
    if (!asksRead && !asksWrite && !asksExec) return this.fanotify.answer(fd, true);
    if (!process || !(resolved || this.#resolve(fd))) return this.fanotify.answer(fd, false);
    this.#object.invokedLength =
      this.needs.invoked && this.#mode.path >= 0
        ? Math.max(0, this.reader.path(tid, this.#registers.address(this.#mode.path)))
        : 0;
    if (this.needs.identity) this.processes.refreshIdentity(process);
    this.questions.start();
    this.#role.flags = this.#mode.flags;
    if (asksRead) this.questions.file(KIND['file.read'], process, this.#object, this.#role);
    if (asksWrite) this.questions.file(KIND['file.write'], process, this.#object, this.#role);
    if (asksExec) {
      const { invoked, args, argsCut } = process.image;
      this.questions.exec(process, imageOf(this.#path(), invoked, NOTHING, args, argsCut));
    }
    this.judge.decide(process, MEANS, started, (allow) => this.fanotify.answer(fd, allow));
  }

  #exec(fd: number, tid: number, started: number): void {
    // no facts are refreshed here: the thread is still the caller
    const process = this.processes.ofThread(tid, false);
    if (!process || !this.#resolve(fd)) return this.fanotify.answer(fd, false);
    const pending: PendingExec = process.execs.get(tid) ?? {
      stage: 'object',
      invoked: NOTHING,
      named: NOTHING,
      args: NOTHING,
      argsCut: false,
      script: NOTHING,
    };
    if (pending.stage === 'loader' && this.#loaders.has(this.#identity())) {
      pending.stage = 'object';
      return this.fanotify.answer(fd, true);
    }
    const path = this.#path();
    const isLoader = this.#loaders.has(this.#identity());
    const read = Math.max(0, this.kernel.readAt(fd, this.#head, 0));
    const head = this.#head.subarray(0, read);
    const image = imageOf(path, pending.invoked, pending.script, pending.args, pending.argsCut);
    if (this.needs.identity) this.processes.refreshIdentity(process);
    this.questions.start();
    this.questions.exec(process, image);
    let admitted = true;
    const allowed = this.judge.decide(process, MEANS, started, (allow) => {
      if (allow && isLoader) admitted = this.#admitLoader(path);
      const bound = allow && admitted && (this.execArguments?.put(tid, pending.args, pending.argsCut) ?? true);
      this.fanotify.answer(fd, bound);
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

  /** A copy of the object's path. */
  #path(): Text {
    return this.#object.path.slice(0, this.#object.length);
  }

  /** The process that asks, and its registers. */
  #process(tid: number): Process | null {
    for (let attempt = 0; attempt < 2; attempt++) {
      const process = this.processes.ofThread(tid, false);
      this.#registers.number = -1;
      if (!process) return null;
      if (this.#registers.read(this.kernel, process.pid, tid) === 0) {
        const { number } = this.#registers;
        return number === NR.execve || number === NR.execveat ? process : this.processes.fresh(process);
      }
      this.processes.forgetThread(tid);
    }
    return null;
  }

  /** Path and status of the object; false where they cannot be had. */
  #resolve(fd: number): boolean {
    if (fd < 0 || this.kernel.status(fd, this.#status) < 0) return false;
    const object = this.#object;
    const length = this.kernel.pathOf(fd, object.path);
    if (length <= 0) return false;
    object.length = length;
    const unlinked = object.status.getUint32(STAT.links, true) === 0;
    const bare = length - DELETED.length;
    if (unlinked && bare > 0 && DELETED.every((byte, i) => object.path[bare + i] === byte)) object.length = bare;
    return object.length <= 4096;
  }

  #identity(): string {
    const { status } = this.#object;
    return `${status.getBigUint64(STAT.dev, true)}:${status.getBigUint64(STAT.ino, true)}`;
  }
}
