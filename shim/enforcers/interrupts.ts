/** Signals for threads that wait for the supervisor: `shim/bpf/interrupt.bpf.c` says which wait one came in. */
import { assetPath } from '../../vm/host/assets.ts';
import { RING } from '../../vm/spec/index.ts';
import { kernelErrorText, openObject, type BpfObject } from '../kernel/bpf.ts';
import { openRing, type Ring } from '../kernel/ring.ts';

const PROGRAM = 'interrupt';
const NUMBER_BYTES = 8;
/** Bit of the upper half: the lower one is a process that stops, not a wait. */
const STOPS = 2 ** 31;
const SPAN_BYTES = 64 * (RING.header + NUMBER_BYTES);

export class Interrupts {
  readonly #key = new Uint32Array(1);
  readonly #keyBytes = new Uint8Array(this.#key.buffer);
  readonly #number = new Uint32Array(2);
  readonly #numberBytes = new Uint8Array(this.#number.buffer);
  readonly #span = new Uint8Array(SPAN_BYTES);
  readonly #view = new DataView(this.#span.buffer);

  private constructor(
    readonly object: BpfObject,
    readonly ring: Ring,
  ) {}

  /** @returns the watch over signals, attached; or why it cannot be */
  static attach(): { readonly interrupts: Interrupts } | { readonly error: string } {
    const opened = openObject(assetPath('bpf/interrupt.bpf.o'));
    if ('error' in opened) return { error: kernelErrorText(opened.error) };
    const loaded = opened.spec.load();
    if ('error' in loaded) return { error: kernelErrorText(loaded.error) };
    const { object } = loaded;
    const { fd, maxEntries } = object.map('interrupted');
    const mapped = openRing(fd, maxEntries);
    const attached = 'error' in mapped ? mapped : object.attach(PROGRAM);
    if (!('error' in attached) && 'ring' in mapped) return { interrupts: new Interrupts(object, mapped.ring) };
    if ('ring' in mapped) mapped.ring.close();
    object.close();
    return { error: 'error' in attached ? kernelErrorText(attached.error) : '' };
  }

  /**
   * From here on signals of a thread are told; those that it has already are not.
   * @param number of the wait, not used before: a signal of an earlier wait is none of this one
   * @returns whether the kernel took it
   */
  watch(tid: number, number: number): boolean {
    this.#key[0] = tid;
    this.#number[0] = number >>> 0;
    this.#number[1] = Math.floor(number / 2 ** 32);
    return this.object.map('waits').update(this.#keyBytes, this.#numberBytes) === null;
  }

  unwatch(tid: number): void {
    this.#key[0] = tid;
    this.object.map('waits').delete(this.#keyBytes);
  }

  /**
   * @param each is called with the number of each wait that a signal came in
   * @param stops is called with each process of the machine that got a signal that stops
   */
  drain(each: (number: number) => void, stops: (pid: number) => void): void {
    while (this.ring.pending() > 0) {
      const length = this.ring.drain(this.#span);
      if (length === 0) return;
      for (let at = RING.header; at < length; at += RING.header + NUMBER_BYTES)
        if (this.#view.getUint32(at + 4, true) >= STOPS) stops(this.#view.getUint32(at, true));
        else each(this.#view.getUint32(at, true) + this.#view.getUint32(at + 4, true) * 2 ** 32);
    }
  }

  /** Detaches everything. */
  close(): void {
    this.ring.close();
    this.object.close();
  }
}
