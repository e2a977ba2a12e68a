/**
 * The kernel's side of decisions about what a program is started with: one that comes to run with something else is killed
 * before its first instruction.
 */
import { closeSync, openSync } from 'node:fs';
import { assetPath } from '../../vm/host/assets.ts';
import { kernelErrorText, openObject, type BpfMap, type BpfObject } from '../kernel/bpf.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { BOUND, layoutOf, sumCounters } from '../sensors/layout.ts';
import type { PendingExec, Text } from '../workloads/process.ts';
import type { Bound } from './needs.ts';

const STRINGS = layoutOf('strings');
/** Behind the strings there are zeros up to the next multiple of this. */
const CHUNK = 256;
/** Threads that are remembered before those that are gone are looked for. */
const REMEMBERED = 256;

export class ExecBinding {
  readonly #key = new Uint32Array(1);
  readonly #keyBytes = new Uint8Array(this.#key.buffer);
  readonly #strings = new Uint8Array(STRINGS.size);
  readonly #view = new DataView(this.#strings.buffer);
  /** Threads that something was put for: an exec that fails takes nothing away. */
  readonly #threads = new Set<number>();
  #most = REMEMBERED;

  private constructor(
    readonly kernel: Kernel,
    readonly object: BpfObject,
    readonly bound: readonly Bound[],
  ) {}

  /**
   * @param cgroup folder of the workload: programs of others are not looked at
   * @param bound what programs are held to, at least one
   * @returns what holds them, attached; or why it cannot be
   */
  static attach(
    kernel: Kernel,
    cgroup: string,
    bound: readonly Bound[],
  ): { readonly execBinding: ExecBinding } | { readonly error: string } {
    const opened = openObject(assetPath('bpf/binding.bpf.o'));
    if ('error' in opened) return { error: kernelErrorText(opened.error) };
    const { spec } = opened;
    const programs = bound.map((name) => `bind_${name}`);
    for (const program of spec.programs()) if (!programs.includes(program)) spec.omitProgram(program);
    const loaded = spec.load();
    if ('error' in loaded) return { error: kernelErrorText(loaded.error) };
    const { object } = loaded;
    const folder = openSync(cgroup, 'r');
    const guarded = new Uint8Array(new Int32Array([folder]).buffer);
    let error = object.map('guarded').update(new Uint8Array(4), guarded);
    closeSync(folder);
    for (const program of programs) {
      const attached = error ? { error } : object.attach(program);
      if ('error' in attached) error = attached.error;
    }
    if (!error) return { execBinding: new ExecBinding(kernel, object, bound) };
    object.close();
    return { error: kernelErrorText(error) };
  }

  /**
   * @param tid thread that is in execve
   * @param exec what was decided on
   * @returns whether the kernel took it
   */
  put(tid: number, { args, argsCut, env, envCut, streams }: PendingExec): boolean {
    this.#forgetGone();
    this.#threads.add(tid);
    this.#key[0] = tid;
    const valueOf = (bound: Bound): Uint8Array => {
      if (bound === 'streams') return streams;
      return bound === 'arguments' ? this.#valueOf(args, argsCut) : this.#valueOf(env, envCut);
    };
    return this.bound.every((bound) => this.#decided(bound).update(this.#keyBytes, valueOf(bound)) === null);
  }

  /** What became of programs, by what they are held to: `same`; killed: `changed`, `undecided`. */
  counters(): Readonly<Record<string, Readonly<Record<string, number>>>> {
    const map = this.object.map('binding_counters');
    const values = new Uint8Array(map.lookupBytes);
    const countersOf = (bound: Bound): Readonly<Record<string, number>> => {
      this.#key[0] = BOUND[bound];
      map.lookup(this.#keyBytes, values);
      return sumCounters('binding_counters', values);
    };
    return Object.fromEntries(this.bound.map((bound) => [bound, countersOf(bound)]));
  }

  /** Detaches everything. */
  close(): void {
    this.object.close();
  }

  #decided(bound: Bound): BpfMap {
    return this.object.map(`decided_${bound}`);
  }

  /** @param strings at most 16 KiB, a zero behind each; @param cut the program may have more */
  #valueOf(strings: Text, cut: boolean): Uint8Array {
    const { offsets } = STRINGS;
    this.#view.setUint32(offsets['length'], strings.length, true);
    this.#view.setUint32(offsets['cut'], cut ? 1 : 0, true);
    const end = Math.ceil(strings.length / CHUNK) * CHUNK;
    this.#strings.set(strings, offsets['bytes']);
    this.#strings.fill(0, offsets['bytes'] + strings.length, offsets['bytes'] + end);
    return this.#strings;
  }

  #forgetGone(): void {
    if (this.#threads.size < this.#most) return;
    const room = new Uint8Array(16);
    for (const tid of this.#threads) {
      if (this.kernel.procFile(tid, 'comm', room) >= 0) continue;
      this.#threads.delete(tid);
      this.#key[0] = tid;
      for (const bound of this.bound) this.#decided(bound).delete(this.#keyBytes);
    }
    this.#most = 2 * this.#threads.size + REMEMBERED;
  }
}
