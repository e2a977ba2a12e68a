/** One instance with one bundle in it, which can be exchanged under load. */
import type { VmBundle } from '../../host/bundle.ts';
import type { Vm } from '../../host/vm.ts';
import type { Bundle } from './bundle.ts';
import type { Engine } from './engine.ts';
import { LictorError } from './error.ts';

/**
 * Decides on events by a bundle. It belongs to the thread that made it: each worker has one of its own, of the same compiled
 * module, and is given the same facts. After a `WebAssembly.RuntimeError` it is of no use any more.
 */
export class Host {
  readonly #vm: Vm;
  #bundle: Bundle;
  #loaded: VmBundle;
  #busy = false;

  private constructor(vm: Vm, bundle: Bundle) {
    this.#vm = vm;
    this.#bundle = bundle;
    this.#loaded = vm.load(bundle.program);
  }

  /** @throws VmError where the bundle's program does not pass verification */
  static async create(engine: Engine, bundle: Bundle): Promise<Host> {
    return new Host(await engine.instantiate(), bundle);
  }

  /** The bundle that decides. */
  get bundle(): Bundle {
    return this.#bundle;
  }

  /**
   * Decides by another bundle from the next batch on. Where it fails the old one goes on.
   * @param prepare puts the facts into the new one, which knows none yet
   * @throws VmError where the program does not pass verification, and what `prepare` throws
   */
  exchange(bundle: Bundle, prepare?: (next: VmBundle) => void): void {
    this.#alone();
    const next = this.#vm.load(bundle.program);
    try {
      prepare?.(next);
    } catch (error) {
      next.unload();
      throw error;
    }
    this.#loaded.unload();
    this.#loaded = next;
    this.#bundle = bundle;
  }

  /**
   * Keeps the facts of a process under a key, which later records name.
   * @param key any number but 0
   * @param facts a record of the kind `facts`
   * @throws VmError where the record is not well formed
   */
  putSubject(key: bigint, facts: Uint8Array): void {
    this.#loaded.putSubject(key, facts);
  }

  /** Forgets the facts of a process; where there are none, that is no error. */
  dropSubject(key: bigint): void {
    this.#loaded.dropSubject(key);
  }

  /** As `putSubject`, of a workload. */
  putWorkload(key: bigint, facts: Uint8Array): void {
    this.#loaded.putWorkload(key, facts);
  }

  /** As `dropSubject`, of a workload. */
  dropWorkload(key: bigint): void {
    this.#loaded.dropWorkload(key);
  }

  /**
   * Decides on records that stand one behind the other.
   * @param each is called for each verdict in turn: `vm.action(i)`, `vm.rule(i)` and the others read it. Only there.
   * @returns the number of verdicts
   */
  evaluate(records: Uint8Array, each: (vm: VmBundle, i: number) => void): number {
    this.#alone();
    this.#busy = true;
    try {
      return this.#loaded.evaluateAll(records, each);
    } finally {
      this.#busy = false;
    }
  }

  /**
   * Decides on a span copied from a BPF ring buffer, headers included. Discarded records have no verdict, one that is still being
   * written ends the span. What the verdicts note has to fit one batch.
   */
  evaluateRing(span: Uint8Array, each: (vm: VmBundle, i: number) => void): number {
    this.#alone();
    this.#busy = true;
    try {
      const loaded = this.#loaded;
      loaded.input(span.length).set(span);
      const n = loaded.evaluateRing(span.length);
      for (let i = 0; i < n; i++) each(loaded, i);
      return n;
    } finally {
      this.#busy = false;
    }
  }

  /** Inside of `each` a second batch would overwrite the first, and another bundle pull the ground from under it. */
  #alone(): void {
    if (this.#busy) throw new LictorError('busy', 'a batch is being decided: this can be done when it is');
  }
}
