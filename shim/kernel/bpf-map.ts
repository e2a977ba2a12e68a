/** A map in the kernel, by its file descriptor: usable in every thread of the process. */
import koffi from 'koffi';
import { boundLibrary } from './bpf-library.ts';
import { kernelError, type KernelError } from './bpf-error.ts';

const ENOENT = 2;
/** Map types whose values stand once a CPU (linux/bpf.h). */
const PER_CPU = new Set([5, 6, 10, 21]);

/** enum of bpf(2), BPF_MAP_UPDATE_ELEM. */
export const UPDATE = { any: 0, create: 1, exist: 2 } as const;

export class BpfMap {
  /** Bytes that `lookup` fills: a per-CPU map gives a value, padded to 8, for each possible CPU. */
  readonly lookupBytes: number;

  constructor(
    readonly name: string,
    readonly fd: number,
    readonly keyBytes: number,
    readonly valueBytes: number,
    readonly maxEntries: number,
    type: number,
  ) {
    this.lookupBytes = PER_CPU.has(type) ? ((valueBytes + 7) & ~7) * boundLibrary().cpus() : valueBytes;
  }

  /**
   * @param key `keyBytes` long
   * @param value `lookupBytes` long
   * @param mode of `UPDATE`
   * @returns null, or what went wrong
   */
  update(key: Uint8Array, value: Uint8Array, mode: number = UPDATE.any): KernelError | null {
    this.#measure(key, this.keyBytes);
    this.#measure(value, this.lookupBytes);
    const status: number = boundLibrary().update(this.fd, key, value, mode);
    return status < 0 ? kernelError(`update the BPF map \`${this.name}\``, status) : null;
  }

  /** @returns whether the key was there; then `into` (`lookupBytes` long) holds its value */
  lookup(key: Uint8Array, into: Uint8Array): boolean {
    this.#measure(key, this.keyBytes);
    this.#measure(into, this.lookupBytes);
    return boundLibrary().lookup(this.fd, key, into) === 0;
  }

  /** @returns null also where the key was not there */
  delete(key: Uint8Array): KernelError | null {
    this.#measure(key, this.keyBytes);
    const status: number = boundLibrary().remove(this.fd, key);
    return status < 0 && status !== -ENOENT ? kernelError(`delete from the BPF map \`${this.name}\``, status) : null;
  }

  /** Keys, each a copy; a map that changes meanwhile may give one twice or not at all. */
  *keys(): Generator<Uint8Array> {
    let previous: Uint8Array | null = null;
    for (let left = this.maxEntries; left > 0; left--) {
      const key = new Uint8Array(this.keyBytes);
      if (boundLibrary().nextKey(this.fd, previous, key) < 0) return;
      yield key;
      previous = key;
    }
  }

  #measure(bytes: Uint8Array, expected: number): void {
    if (bytes.length !== expected)
      throw new Error(`BUG: ${bytes.length} bytes for the BPF map ${this.name}, which takes ${expected}`);
  }
}

/** struct bpf_map_info: type, id, key_size, value_size, max_entries, map_flags, name[16]. */
const INFO_BYTES = 40;

/**
 * @param fd of a map, also one that another thread opened
 * @param name for messages
 * @returns the map, or why the descriptor is none
 */
export const mapFromFd = (fd: number, name: string): { readonly map: BpfMap } | { readonly error: KernelError } => {
  const info = new Uint32Array(INFO_BYTES / 4);
  const size = new Uint32Array([INFO_BYTES]);
  const status: number = boundLibrary().infoByFd(fd, info, size);
  if (status < 0) return { error: kernelError(`inspect the BPF map \`${name}\``, koffi.errno() || status) };
  const [type, , keyBytes, valueBytes, maxEntries] = info;
  return { map: new BpfMap(name, fd, keyBytes, valueBytes, maxEntries, type) };
};
