/**
 * The reading side of a BPF ring buffer (kernel/bpf/ringbuf.c), without libbpf's callback for each event.
 *
 *     page 0 (ours)      page 1 (kernel's)   data            data again
 *     | consumer u64 |   | producer u64 |    | size bytes |  | the same bytes |
 *
 * The data pages are mapped twice in a row, so a record and a span of records are always contiguous. A record is a
 * header of 8 bytes (`RING` of vm/spec), its bytes, and padding to 8. Positions only grow; the place is the position
 * modulo the size.
 */
import koffi from 'koffi';
import { RECORD, RING } from '../../vm/spec/record.ts';
import { kernelError, type KernelError } from './bpf-error.ts';

const PROT_READ = 1;
const PROT_READ_WRITE = 3;
const MAP_SHARED = 1;
const MAP_FAILED = 0xffffffffffffffffn;
const SC_PAGESIZE = 30;
const LENGTH = ~(RING.busy | RING.discard);

const bind = () => {
  const libc = koffi.load('libc.so.6');
  return {
    mmap: libc.func('mmap', 'void *', ['void *', 'size_t', 'int', 'int', 'int', 'int64_t']),
    munmap: libc.func('munmap', 'int', ['void *', 'size_t']),
    sysconf: libc.func('sysconf', 'long', ['int']),
  };
};
let bound: ReturnType<typeof bind> | null = null;
const libc = () => (bound ??= bind());

/**
 * Maps the pages of a ring. One reader a ring; in the thread that drains it.
 *
 * @param fd of a BPF_MAP_TYPE_RINGBUF
 * @param size bytes of its data: the map's `maxEntries`
 */
export const openRing = (fd: number, size: number): { readonly ring: Ring } | { readonly error: KernelError } => {
  const { mmap, munmap, sysconf } = libc();
  const page = Number(sysconf(SC_PAGESIZE));
  const own: bigint = mmap(null, page, PROT_READ_WRITE, MAP_SHARED, fd, 0);
  if (own === MAP_FAILED) return { error: kernelError('map the ring buffer', koffi.errno()) };
  const shared: bigint = mmap(null, page + 2 * size, PROT_READ, MAP_SHARED, fd, page);
  if (shared === MAP_FAILED) {
    const error = kernelError('map the ring buffer', koffi.errno());
    munmap(own, page);
    return { error };
  }
  const unmap = (): void => {
    munmap(own, page);
    munmap(shared, page + 2 * size);
  };
  return { ring: new Ring(fd, size, page, koffi.view(own, page), koffi.view(shared, page + 2 * size), unmap) };
};

/** A mapped ring. After `close` it must not be touched. */
export class Ring {
  readonly #consumer: BigUint64Array;
  readonly #producer: Int32Array;
  readonly #headers: Int32Array;
  readonly #data: Uint8Array;
  /** Low half of the consumer position: differences of positions fit, as no ring reaches 2 GiB. */
  #low: number;
  #position: bigint;

  constructor(
    readonly fd: number,
    readonly size: number,
    page: number,
    own: ArrayBuffer,
    shared: ArrayBuffer,
    readonly unmap: () => void,
  ) {
    this.#consumer = new BigUint64Array(own, 0, 1);
    this.#producer = new Int32Array(shared, 0, 1);
    this.#headers = new Int32Array(shared, page, (2 * size) / 4);
    this.#data = new Uint8Array(shared, page, 2 * size);
    this.#position = Atomics.load(this.#consumer, 0);
    this.#low = Number(BigInt.asIntN(32, this.#position));
  }

  /**
   * Copies as many whole records as fit, ring headers included, and gives their room back to the kernel. Discarded
   * records are copied too (their headers say so); a record that is still being written ends the span.
   *
   * @param into where to, such as the input area of a `VmBundle`; at least one record of the largest size long
   * @param stopKinds bit set of kind ids: a record of one of these ends the span, so that what it says about its
   *   process can be put into the VM before the records that follow
   * @returns bytes copied, 0 where nothing is ready
   */
  drain(into: Uint8Array, stopKinds = 0): number {
    const headers = this.#headers;
    const data = this.#data;
    const start = this.#low & (this.size - 1);
    const available = (Atomics.load(this.#producer, 0) - this.#low) | 0;
    const room = Math.min(available, into.length);
    let length = 0;
    let tooSmall = false;
    while (length < room) {
      const at = start + length;
      const header = Atomics.load(headers, at >> 2);
      if ((header & RING.busy) !== 0) break;
      const next = length + RING.header + (((header & LENGTH) + RING.align - 1) & -RING.align);
      if (next > available) throw new Error('BUG: a record of the ring reaches past its end');
      if (next > into.length) {
        tooSmall = length === 0;
        break;
      }
      length = next;
      if (stopKinds !== 0 && (stopKinds & (1 << data[at + RING.header + RECORD.kind])) !== 0) break;
    }
    if (tooSmall) throw new Error('BUG: the area is smaller than a record of the ring');
    if (length === 0) return 0;
    into.set(data.subarray(start, start + length));
    this.#low = (this.#low + length) | 0;
    this.#position += BigInt(length);
    Atomics.store(this.#consumer, 0, this.#position);
    return length;
  }

  /** @returns bytes that wait in the ring, records in the making included */
  pending(): number {
    return (Atomics.load(this.#producer, 0) - this.#low) | 0;
  }

  close(): void {
    this.unmap();
  }
}
