/** The performer library (shim/performer) by FFI. All calls from the thread that made it. */
import koffi from 'koffi';
import { assetPath } from '../../vm/host/assets.ts';
import { NO_OWNER, OPERATION, OPERATIONS, PATH_ROOM, TEXT_ROOM, type OperationName } from '../performer/layout.ts';
import { layoutOfMembers } from '../sensors/layout.ts';
import { kernelError, type KernelError } from './bpf-error.ts';
import { STAT } from './kernel.ts';

const { size: OPERATION_BYTES, offsets: AT } = layoutOfMembers('operation', OPERATION);

/** A path of an operation: views of the performer's memory. */
export interface OperationPath {
  readonly path: Uint8Array;
  length: number;
  readonly invoked: Uint8Array;
  invokedLength: number;
  /** `struct stat` of what it names; not filled where nothing is there. */
  readonly status: DataView;
  /** It lies in the writable layer of an overlay, or will; null: nobody asked. */
  upper: boolean | null;
}

/** A system call that waits to be decided; valid until it is finished, then its memory is another one's. */
export class Operation {
  readonly #view: DataView;
  readonly #link: Uint8Array;
  /** In the order of the call. */
  readonly paths: readonly [OperationPath, OperationPath];

  constructor(
    memory: ArrayBuffer,
    /** Layers are told. */
    readonly layers: boolean,
  ) {
    this.#view = new DataView(memory);
    this.#link = new Uint8Array(memory, AT['link'], TEXT_ROOM);
    const path = (i: number): OperationPath => ({
      path: new Uint8Array(memory, AT['path'] + i * PATH_ROOM, PATH_ROOM),
      length: 0,
      invoked: new Uint8Array(memory, AT['invoked'] + i * TEXT_ROOM, TEXT_ROOM),
      invokedLength: 0,
      status: new DataView(memory, AT['status'] + i * STAT.size, STAT.size),
      upper: null,
    });
    this.paths = [path(0), path(1)];
  }

  /** Takes over what changes from call to call. */
  refresh(): this {
    for (let i = 0; i < 2; i++) {
      this.paths[i].length = this.#number('path_length', i);
      this.paths[i].invokedLength = this.#number('invoked_length', i);
      if (this.layers) this.paths[i].upper = this.#number('upper_layer', i) !== 0;
    }
    return this;
  }

  get name(): OperationName {
    return OPERATIONS[this.#number('kind') - 1];
  }
  get tid(): number {
    return this.#number('tid');
  }
  get flags(): number {
    return this.#number('flags');
  }
  /** That the call asks for: of a file that is made, or of a chmod. */
  get mode(): number {
    return this.#number('mode');
  }
  get umask(): number {
    return this.#number('umask');
  }
  /** User id with which files are made. */
  get owner(): number {
    return this.#number('owner');
  }
  /** The owner that a chown asks for; null: it leaves the owner as it is. */
  get newOwner(): number | null {
    const owner = this.#number('new_owner');
    return owner === NO_OWNER ? null : owner;
  }
  /** The target of a rename is there. */
  get targetExists(): boolean {
    return this.#number('exists') !== 0;
  }
  /** It is performed by this thread, as soon as it is decided; else by another one, at some time. */
  get direct(): boolean {
    return this.#number('direct') !== 0;
  }
  get link(): Uint8Array {
    return this.#link.subarray(0, this.#number('link_length'));
  }

  #number(member: string, element = 0): number {
    return this.#view.getUint32(AT[member] + 4 * element, true);
  }
}

export interface PerformerOptions {
  /** Of seccomp. */
  readonly listener: number;
  /** `/proc` of the host, a folder. */
  readonly proc: number;
  /** The folder that is the workload's root. */
  readonly root: number;
  /** An eventfd: readable when `ready` has something. */
  readonly wake: number;
  /** `Layers.program`; null: no rule asks for layers. */
  readonly layers: number | null;
}

const bind = () => {
  const library = koffi.load(assetPath('lictor-guard.so'));
  return {
    open: library.func('lictor_performer_open', 'void *', ['int', 'int', 'int', 'int', 'int']),
    take: library.func('lictor_performer_take', 'int', ['void *', 'void *']),
    ready: library.func('lictor_performer_ready', 'int', ['void *']),
    operation: library.func('lictor_performer_operation', 'void *', ['void *', 'int']),
    finish: library.func('lictor_performer_finish', 'void', ['void *', 'int', 'int']),
    owns: library.func('lictor_performer_owns', 'int', ['void *', 'int']),
    close: library.func('lictor_performer_close', 'void', ['void *']),
  };
};

/** Reads, resolves and performs calls of a workload. Changes umask and working folder of the calling thread. */
export class Performer {
  readonly #operations: Operation[] = [];

  private constructor(
    readonly library: ReturnType<typeof bind>,
    readonly handle: unknown,
    readonly layers: boolean,
  ) {}

  static open({
    listener,
    proc,
    root,
    wake,
    layers,
  }: PerformerOptions): { performer: Performer } | { error: KernelError } {
    const library = bind();
    const handle = library.open(listener, proc, root, wake, layers ?? -1);
    return handle
      ? { performer: new Performer(library, handle, layers !== null) }
      : { error: kernelError('start the performer', koffi.errno()) };
  }

  /**
   * Takes a call that waits.
   * @param call struct seccomp_notif
   * @returns the number of an operation to be decided; -1: it is being taken care of; -2: it is no call of these
   */
  take(call: Uint8Array): number {
    return this.library.take(this.handle, call);
  }

  /** The next operation that became ready to be decided, -1: none. */
  ready(): number {
    return this.library.ready(this.handle);
  }

  operation(index: number): Operation {
    const known = (this.#operations[index] ??= new Operation(
      koffi.view(this.library.operation(this.handle, index), OPERATION_BYTES),
      this.layers,
    ));
    return known.refresh();
  }

  /** @param errno 0: it is performed; else it fails so */
  finish(index: number, errno: number): void {
    this.library.finish(this.handle, index, errno);
  }

  /** Whether a thread is one of the performer's. */
  owns(tid: number): boolean {
    return this.library.owns(this.handle, tid) !== 0;
  }

  /** The workload has to be gone: its threads are waited for. */
  close(): void {
    this.library.close(this.handle);
  }
}
