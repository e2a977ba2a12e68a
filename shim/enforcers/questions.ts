/**
 * Writes questions into the VM's input area. One operation may ask several: they are written one after the other and
 * decided in one batch.
 */
import { QuestionWriter } from '../../vm/event/generated/question-writer.ts';
import { FIELDS, KINDS, LIMITS, RECORD_FLAGS } from '../../vm/spec/index.ts';
import { STAT } from '../kernel/kernel.ts';
import { PROCESS_SLOTS, writeProcess, type Image, type Process, type Text } from '../workloads/process.ts';
import type { Engine } from './engine.ts';
import type { SocketAddress } from './socket-address.ts';
import type { TextReader } from './text-reader.ts';

export const KIND = Object.fromEntries(KINDS.map((kind) => [kind.name, kind.id])) as Readonly<Record<string, number>>;

const TYPES = FIELDS.find((field) => field.name === 'file.type')!.values!;
/** Bit of `file.type` by the type bits of a mode. */
const TYPE_BIT = new Uint16Array(16);
for (const [format, name] of [
  [0o10, 'regular'],
  [0o04, 'folder'],
  [0o12, 'symlink'],
  [0o14, 'socket'],
  [0o06, 'device'],
  [0o02, 'device'],
  [0o01, 'pipe'],
] as const)
  TYPE_BIT[format] = 1 << TYPES.indexOf(name);

const PROTOCOLS = new Map(
  [
    [1, 'icmp'],
    [6, 'tcp'],
    [17, 'udp'],
    [58, 'icmpv6'],
    [132, 'sctp'],
    [255, 'raw'],
    [262, 'tcp'], // MPTCP
  ].map(([number, name]) => [number as number, Buffer.from(name as string)]),
);

/** An object of a file question: what the event's descriptor says. */
export interface FileObject {
  readonly path: Uint8Array;
  length: number;
  /** `struct stat`. */
  readonly status: DataView;
  readonly invoked: Uint8Array;
  invokedLength: number;
  /** It lies in the writable layer of an overlay, or will; null: nobody asks. */
  upper: boolean | null;
}

/** What a file question says beside its object. */
export interface FileRole {
  /** `file.flags`, 0: none. */
  readonly flags: number;
  /** The object is about to be made: it has no inode yet. */
  readonly made: boolean;
  /** Of a rename or link: which of its two paths `object` is, and the other one. */
  readonly side: 'source' | 'target' | null;
  readonly other: FileObject | null;
  /** Text of a symlink that is made. */
  readonly link: Uint8Array | null;
  /** `file.attribute`: what is changed. */
  readonly attribute: Uint8Array | null;
  /** Mode bits and owner that are asked for. */
  readonly newMode: number | null;
  readonly newOwner: number | null;
}

/** An object that is there, of which the call says no more than its path. */
export const PLAIN: FileRole = {
  flags: 0,
  made: false,
  side: null,
  other: null,
  link: null,
  attribute: null,
  newMode: null,
  newOwner: null,
};

const SIDES = { source: Buffer.from('source'), target: Buffer.from('target') } as const;
/** Thread and arguments of a system call that waits. */
export interface CallRegisters {
  readonly tid: number;
  low(argument: number): number;
  high(argument: number): number;
  address(argument: number): number;
}

const FILE_SLOTS = 15;
const SYSCALL_SLOTS = 15;
const NET_SLOTS = 6;
/** An exchange of two files, which asks four questions, and one more that a system call rule asks. */
const AREA = 5 * LIMITS.recordBytes.value;

export class Questions {
  readonly #writer = new QuestionWriter(new Uint8Array(0));
  #area: Uint8Array = new Uint8Array(0);
  #failed = false;
  /** Questions of the batch. */
  count = 0;

  /**
   * @param workload key of the workload's facts
   * @param age nanoseconds since a process was made; null: no rule reads it
   */
  constructor(
    readonly engine: Engine,
    readonly workload: number,
    readonly age: ((process: Process) => number) | null = null,
  ) {}

  /** Begins a batch. */
  start(): void {
    this.#area = this.engine.input(AREA);
    this.#writer.target(this.#area);
    this.#failed = false;
    this.count = 0;
  }

  /** @returns bytes of the batch, or -1 when a question could not be written whole: then nobody may answer but "no" */
  get length(): number {
    return this.#failed ? -1 : this.#writer.position;
  }

  /** A copy of one of the questions. */
  record(index: number): Uint8Array {
    let at = 0;
    const view = new DataView(this.#area.buffer, this.#area.byteOffset);
    for (let i = 0; i < index; i++) at += view.getUint32(at, true);
    return this.#area.slice(at, at + view.getUint32(at, true));
  }

  /** @param as whose status and layer the object has: the target of a rename is the source under another path */
  file(kind: number, process: Process, object: FileObject, role: FileRole, as = object): void {
    const writer = this.#begin(kind, FILE_SLOTS, process);
    const { status, upper } = as;
    const mode = status.getUint32(STAT.mode, true);
    writer.filePath(object.path, 0, object.length);
    if (object.invokedLength > 0) writer.fileInvoked(object.invoked, 0, object.invokedLength);
    writer.fileType(TYPE_BIT[mode >>> 12], 0);
    if (role.flags !== 0) writer.fileFlags(role.flags, 0);
    writer.fileMode(mode & 0o7777);
    writer.fileOwnerUid(status.getUint32(STAT.uid, true));
    if (upper !== null) writer.fileUpperLayer(upper);
    if (role.side) writer.fileSide(SIDES[role.side], 0, SIDES[role.side].length);
    if (role.other) writer.fileOtherPath(role.other.path, 0, role.other.length);
    if (role.link) writer.fileLinkTarget(role.link, 0, role.link.length);
    if (role.attribute) writer.fileAttribute(role.attribute, 0, role.attribute.length);
    if (role.newMode !== null) writer.fileNewMode(role.newMode);
    if (role.newOwner !== null) writer.fileNewOwnerUid(role.newOwner);
    if (role.made) return this.#end();
    writer.long(FILE_DEV, status.getUint32(STAT.dev, true), status.getUint32(STAT.dev + 4, true));
    writer.long(FILE_INO, status.getUint32(STAT.ino, true), status.getUint32(STAT.ino + 4, true));
    this.#end();
  }

  /**
   * @param remote the peer; null where the operation has none
   * @param local the socket's own address; null where it is not what is asked about
   * @param protocol IPPROTO number, negative where it is not known
   */
  net(
    kind: number,
    process: Process,
    remote: SocketAddress | null,
    local: SocketAddress | null,
    protocol: number,
  ): void {
    const writer = this.#begin(kind, NET_SLOTS, process);
    const unix = local ?? remote;
    if (unix?.family === 'unix') {
      // Bytes: the path is one char a byte
      const path = Buffer.from(unix.path, 'latin1');
      writer.netFamily(UNIX, 0, UNIX.length);
      if (path.length > 0) writer.netPath(path, 0, path.length);
    }
    if (remote?.family === 'ip') {
      writer.netRemoteIp(remote.peer, 0, 16);
      writer.netRemotePort(remote.port);
    }
    if (local?.family === 'ip') {
      writer.netLocalIp(local.ip, 0, 16);
      writer.netLocalPort(local.port);
    }
    const name = unix?.family === 'ip' ? PROTOCOLS.get(protocol) : undefined;
    if (name) writer.netProtocol(name, 0, name.length);
    this.#end();
  }

  /**
   * @param registers of the call
   * @param texts numbers of the arguments that point to strings; those that cannot be read are absent
   * @param descriptor what argument 0 refers to; empty where it is no descriptor, or nobody asks
   */
  syscall(
    process: Process,
    nr: number,
    name: Uint8Array,
    registers: CallRegisters,
    texts: readonly number[],
    reader: TextReader,
    descriptor: Text,
  ): void {
    const writer = this.#begin(KIND['syscall'], SYSCALL_SLOTS, process);
    writer.syscallName(name, 0, name.length);
    writer.syscallNr(nr);
    for (let i = 0; i < 6; i++) writer.long(SYSCALL_ARG + i, registers.low(i), registers.high(i));
    if (descriptor.length > 0) writer.syscallFdType(descriptor, 0, descriptor.length);
    for (const argument of texts) {
      const length = reader.path(registers.tid, registers.address(argument));
      if (length >= 0) writer.string(SYSCALL_SARG + argument, reader.bytes, 0, length);
    }
    this.#end();
  }

  /** An exec carries all of its process inline: stored facts are about the program that runs now. */
  exec(process: Process, image: Image): void {
    const writer = this.#begin(KIND['exec'], PROCESS_SLOTS + 1, process, false);
    writeProcess(writer, process, image);
    const caller = process.image.path;
    if (caller.length > 0) writer.procCallerPath(caller, 0, caller.length);
    this.#end();
  }

  /** @param facts the stored facts of the process are about it */
  #begin(kind: number, slots: number, process: Process, facts = true): QuestionWriter {
    const writer = this.#writer;
    writer.begin(kind, this.age === null ? slots : slots + 1);
    // a number holds microseconds exactly, but not nanoseconds: their low half is made apart
    const micros = Math.floor((performance.timeOrigin + performance.now()) * 1000);
    const low = Math.imul(micros, 1000) >>> 0;
    writer.time(low, Math.round((micros * 1000 - low) / 2 ** 32));
    if (facts) writer.subject(process.keyLow, process.keyHigh);
    writer.workload(this.workload, 0);
    writer.recordFlags(RECORD_FLAGS.synchronous);
    if (this.age !== null) writer.procAge(this.age(process));
    return writer;
  }

  #end(): void {
    this.count++;
    if (this.#writer.end() < 0) this.#failed = true;
  }
}

const UNIX = Buffer.from('unix');
const FILE_DEV = FIELDS.find((field) => field.name === 'file.dev')!.id;
const FILE_INO = FIELDS.find((field) => field.name === 'file.ino')!.id;
const SYSCALL_ARG = FIELDS.find((field) => field.name === 'syscall.arg0')!.id;
const SYSCALL_SARG = FIELDS.find((field) => field.name === 'syscall.sarg0')!.id;
