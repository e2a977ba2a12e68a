/**
 * Decides system calls that the performer carries out for the workload: which questions each asks (semantics, section 1),
 * in the order of the table there.
 */
import { type EventFd } from '../kernel/epoll.ts';
import { STAT } from '../kernel/kernel.ts';
import type { Operation, OperationPath, Performer } from '../kernel/performer.ts';
import type { OperationName } from '../performer/layout.ts';
import type { Process } from '../workloads/process.ts';
import type { Processes } from '../workloads/processes.ts';
import type { DirectoryCache } from './cache/index.ts';
import type { Judge, Means } from './judge.ts';
import type { Notifications } from './notifications.ts';
import { OpenMode } from './open-mode.ts';
import { SocketAddress } from './socket-address.ts';
import { KIND, PLAIN, type FileRole, type Questions } from './questions.ts';

const MEANS: Means = { mechanism: 'seccomp', onlyEperm: false, caveat: null };
const EPERM = 1;
const RENAME_EXCHANGE = 2;
const TYPE_BITS = 0o170000;
const MODE_BITS = 0o7777;
const FOLDER = 0o040000;
const REGULAR = 0o100000;
const SYMLINK = 0o120000;
const SOCKET = 0o140000;

const isFolder = ({ status }: OperationPath): boolean => (status.getUint32(STAT.mode, true) & TYPE_BITS) === FOLDER;

/** `file.attribute` by what the performer calls the operation. */
const ATTRIBUTE: Readonly<Partial<Record<OperationName, Uint8Array>>> = {
  chmod: Buffer.from('mode'),
  chown: Buffer.from('owner'),
  utimes: Buffer.from('times'),
  setxattr: Buffer.from('xattr'),
  removexattr: Buffer.from('xattr'),
  flags: Buffer.from('flags'),
};

/** Which kinds somebody asks for. */
export interface PerformedNeeds {
  readonly reads: boolean;
  readonly writes: boolean;
  readonly create: boolean;
  readonly delete: boolean;
  readonly rename: boolean;
  readonly link: boolean;
  readonly attr: boolean;
  readonly bind: boolean;
  readonly identity: boolean;
}

export class Performed {
  readonly #mode = new OpenMode();
  readonly #address = new SocketAddress();
  readonly #role: { -readonly [K in keyof FileRole]: FileRole[K] } = { ...PLAIN };
  #waiting = -1;
  readonly #finish = (allow: boolean): void => this.performer.finish(this.#waiting, allow ? 0 : this.judge.errno);

  constructor(
    readonly performer: Performer,
    /** Readable when the performer has something ready. */
    readonly wake: EventFd,
    readonly processes: Processes,
    readonly questions: Questions,
    readonly judge: Judge,
    readonly needs: PerformedNeeds,
    /** Hears of directories that may be renamed; null: no decisions are kept. */
    readonly cache: Pick<DirectoryCache, 'renames'> | null,
  ) {}

  /** @returns false: the call is none of these */
  take(call: Notifications): boolean {
    const index = this.performer.take(call.bytes);
    if (index >= 0) this.#decide(index);
    return index !== -2;
  }

  /** Decides what became ready. */
  drain(): void {
    this.wake.clear();
    for (let index = this.performer.ready(); index >= 0; index = this.performer.ready()) this.#decide(index);
  }

  #decide(index: number): void {
    const started = performance.now();
    const operation = this.performer.operation(index);
    const process = this.processes.ofThread(operation.tid, true);
    if (!process) return this.performer.finish(index, EPERM);
    if (operation.name === 'rename' && this.#mayMoveDirectory(operation)) this.cache?.renames(operation.tid);
    if (this.needs.identity) this.processes.refreshIdentity(process);
    this.questions.start();
    this.#ask(operation.name, operation, process);
    if (this.questions.count === 0) return this.performer.finish(index, 0);
    this.#waiting = index;
    this.judge.decide(process, MEANS, started, this.#finish);
  }

  /** What another thread renames later may be another object by then. */
  #mayMoveDirectory({ direct, flags, paths: [source, target] }: Operation): boolean {
    return !direct || isFolder(source) || ((flags & RENAME_EXCHANGE) !== 0 && isFolder(target));
  }

  #ask(name: OperationName, operation: Operation, process: Process): void {
    const [first, second] = operation.paths;
    switch (name) {
      case 'open':
      case 'tmpfile':
        return this.#opens(operation, process);
      case 'mkdir':
        return this.#makes(operation, process, FOLDER);
      case 'mknod':
        return this.#makes(operation, process, operation.mode & TYPE_BITS || REGULAR);
      case 'bind':
        return this.#binds(operation, process);
      case 'symlink':
        return this.#makes(operation, process, SYMLINK);
      case 'delete':
        if (this.needs.delete) this.#file('file.delete', process, first, PLAIN);
        return;
      case 'rename':
        if (this.needs.rename) this.#pair('file.rename', process, first, second);
        if ((operation.flags & RENAME_EXCHANGE) !== 0) {
          // both are renamed
          if (this.needs.rename) this.#pair('file.rename', process, second, first);
        } else if (operation.targetExists && this.needs.delete) this.#file('file.delete', process, second, PLAIN);
        return;
      case 'link':
        if (this.needs.link) this.#pair('file.link', process, first, second);
        return;
      case 'truncate':
        if (this.needs.writes) this.#file('file.write', process, first, PLAIN);
        return;
      default:
        return this.#changes(name, operation, process);
    }
  }

  #changes(name: OperationName, operation: Operation, process: Process): void {
    if (!this.needs.attr) return;
    const role = this.#roleOf(0, false);
    role.attribute = ATTRIBUTE[name]!;
    if (name === 'chmod') role.newMode = operation.mode & MODE_BITS;
    if (name === 'chown') role.newOwner = operation.newOwner;
    this.#file('file.attr', process, operation.paths[0], role);
  }

  /** An open that creates asks for what it opens for as well. */
  #opens(operation: Operation, process: Process): void {
    this.#mode.setFlags(operation.flags);
    const role = this.#roleOf(this.#mode.flags, true);
    this.#make(operation, REGULAR);
    const [object] = operation.paths;
    if (this.#mode.reads && this.needs.reads) this.#file('file.read', process, object, role);
    if (this.#mode.writes && this.needs.writes) this.#file('file.write', process, object, role);
    role.newMode = operation.mode & MODE_BITS;
    if (this.needs.create) this.#file('file.create', process, object, role);
  }

  #makes(operation: Operation, process: Process, type: number): void {
    if (!this.needs.create) return;
    this.#make(operation, type);
    const role = this.#roleOf(0, true);
    if (type === SYMLINK) role.link = operation.link;
    else if (type !== SOCKET) role.newMode = operation.mode & MODE_BITS;
    this.#file('file.create', process, operation.paths[0], role);
  }

  #binds(operation: Operation, process: Process): void {
    this.#makes(operation, process, SOCKET);
    if (!this.needs.bind) return;
    const [{ invoked, invokedLength }] = operation.paths;
    this.#address.family = 'unix';
    this.#address.path = Buffer.from(invoked.subarray(0, invokedLength)).toString('latin1');
    this.questions.net(KIND['net.bind'], process, null, this.#address, -1);
  }

  /** What the object will be, as far as the call says it. */
  #make(operation: Operation, type: number): void {
    const { status } = operation.paths[0];
    const asked = type === SOCKET ? 0o777 : operation.mode;
    const masked = type === SYMLINK ? asked : asked & ~operation.umask;
    status.setUint32(STAT.mode, type | (masked & MODE_BITS), true);
    status.setUint32(STAT.uid, operation.owner, true);
  }

  /** The same object under its old and its new path. */
  #pair(kind: string, process: Process, from: OperationPath, to: OperationPath): void {
    const role = this.#roleOf(0, false);
    role.side = 'source';
    role.other = to;
    this.#file(kind, process, from, role);
    role.side = 'target';
    role.other = from;
    this.#file(kind, process, to, role, from);
  }

  /** One role is filled in anew for each question. */
  #roleOf(flags: number, made: boolean) {
    const role = this.#role;
    role.flags = flags;
    role.made = made;
    role.side = role.other = role.link = role.attribute = role.newMode = role.newOwner = null;
    return role;
  }

  #file(kind: string, process: Process, object: OperationPath, role: FileRole, as = object): void {
    this.questions.file(KIND[kind], process, object, role, as);
  }
}
