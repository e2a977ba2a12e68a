/** The kernel's side of decisions about arguments: a program that comes to run with others is killed before its first instruction. */
import { closeSync, openSync } from 'node:fs';
import { assetPath } from '../../vm/host/assets.ts';
import { kernelErrorText, openObject, type BpfObject } from '../kernel/bpf.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { layoutOf, sumCounters } from '../sensors/layout.ts';

const PROGRAM = 'bind_arguments';
const VALUE = layoutOf('arguments');
/** Behind the arguments there are zeros up to the next multiple of this. */
const CHUNK = 256;
/** Threads that are remembered before those that are gone are looked for. */
const REMEMBERED = 256;

export class ExecArguments {
  readonly #key = new Uint32Array(1);
  readonly #keyBytes = new Uint8Array(this.#key.buffer);
  readonly #value = new Uint8Array(VALUE.size);
  readonly #view = new DataView(this.#value.buffer);
  /** Threads that something was put for: an exec that fails takes nothing away. */
  readonly #threads = new Set<number>();
  #most = REMEMBERED;

  private constructor(
    readonly kernel: Kernel,
    readonly object: BpfObject,
  ) {}

  /**
   * @param cgroup folder of the workload: programs of others are not looked at
   * @returns what holds execs to their arguments, attached; or why it cannot be
   */
  static attach(
    kernel: Kernel,
    cgroup: string,
  ): { readonly execArguments: ExecArguments } | { readonly error: string } {
    const opened = openObject(assetPath('bpf/arguments.bpf.o'));
    if ('error' in opened) return { error: kernelErrorText(opened.error) };
    const loaded = opened.spec.load();
    if ('error' in loaded) return { error: kernelErrorText(loaded.error) };
    const { object } = loaded;
    const folder = openSync(cgroup, 'r');
    const guarded = new Uint8Array(new Int32Array([folder]).buffer);
    const error = object.map('guarded').update(new Uint8Array(4), guarded);
    closeSync(folder);
    const attached = error ? { error } : object.attach(PROGRAM);
    if (!('error' in attached)) return { execArguments: new ExecArguments(kernel, object) };
    object.close();
    return { error: kernelErrorText(attached.error) };
  }

  /**
   * @param tid thread that is in execve
   * @param args what was decided on: at most 16 KiB, a zero behind each
   * @param cut the program may have more
   * @returns whether the kernel took it
   */
  put(tid: number, args: Uint8Array, cut: boolean): boolean {
    this.#forgetGone();
    this.#threads.add(tid);
    const { offsets } = VALUE;
    this.#key[0] = tid;
    this.#view.setUint32(offsets['length'], args.length, true);
    this.#view.setUint32(offsets['cut'], cut ? 1 : 0, true);
    const end = Math.ceil(args.length / CHUNK) * CHUNK;
    this.#value.set(args, offsets['bytes']);
    this.#value.fill(0, offsets['bytes'] + args.length, offsets['bytes'] + end);
    return this.object.map('decided').update(this.#keyBytes, this.#value) === null;
  }

  /** Programs that were killed: `changed`, `undecided`. */
  counters(): Readonly<Record<string, number>> {
    const map = this.object.map('argument_counters');
    const values = new Uint8Array(map.lookupBytes);
    map.lookup(new Uint8Array(4), values);
    return sumCounters('argument_counters', values);
  }

  /** Detaches everything. */
  close(): void {
    this.object.close();
  }

  #forgetGone(): void {
    if (this.#threads.size < this.#most) return;
    const room = new Uint8Array(16);
    for (const tid of this.#threads) {
      if (this.kernel.procFile(tid, 'comm', room) >= 0) continue;
      this.#threads.delete(tid);
      this.#key[0] = tid;
      this.object.map('decided').delete(this.#keyBytes);
    }
    this.#most = 2 * this.#threads.size + REMEMBERED;
  }
}
