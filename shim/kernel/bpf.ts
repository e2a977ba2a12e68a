/**
 * BPF objects through Debian's libbpf, without a native addon. Three things, three types:
 * `BpfSpec` is what the file says (nothing is in the kernel, sizes can still change), `BpfObject` what was loaded
 * (maps and programs), `BpfLink` one attached program. Links and objects go with their owner: nothing is pinned. What is
 * attached to a cgroup goes with the cgroup.
 *
 * Open, load and attach in one thread; maps and the ring are used by descriptor in any.
 */
import { basename } from 'node:path';
import koffi from 'koffi';
import { boundLibrary, library, type Pointer } from './bpf-library.ts';
import { kernelError, type KernelError } from './bpf-error.ts';
import { mapFromFd, type BpfMap } from './bpf-map.ts';

export { kernelErrorText, type KernelError } from './bpf-error.ts';
export { BpfMap, UPDATE } from './bpf-map.ts';

/** Kernels before 6.4 fail with ENOSPC where a log does not fit. */
const LOG_BYTES = 1 << 20;
/** BPF_F_ALLOW_MULTI (linux/bpf.h): beside programs that others attached, here and below. */
const ALLOW_MULTI = 2;

/**
 * @param path of a `.bpf.o`
 * @returns what the file declares, to be adjusted and loaded; errors: the file or libbpf is missing, not a BPF object
 */
export const openObject = (path: string): { readonly spec: BpfSpec } | { readonly error: KernelError } => {
  const found = library();
  if ('error' in found) return found;
  const log: Pointer = koffi.alloc('char', LOG_BYTES);
  const handle: Pointer | null = found.library.openFile(path, {
    sz: found.library.optionsBytes,
    kernel_log_buf: log,
    kernel_log_size: LOG_BYTES,
  });
  if (handle) return { spec: new BpfSpec(basename(path), handle, log) };
  const errno = koffi.errno();
  koffi.free(log);
  return { error: kernelError(`open \`${path}\``, errno) };
};

/** A BPF object before it is loaded. Ends with `load` or `close`. */
export class BpfSpec {
  constructor(
    readonly name: string,
    readonly handle: Pointer,
    readonly log: Pointer,
  ) {}

  /** Makes the object use a map that is in the kernel already, such as the ring that several objects share. */
  reuseMap(name: string, fd: number): KernelError | null {
    const status: number = boundLibrary().reuseFd(this.#map(name), fd);
    return status < 0 ? kernelError(`share the map \`${name}\` with \`${this.name}\``, status) : null;
  }

  /** @param entries of the map; bytes for a ring buffer: a power of two and a multiple of the page size */
  resizeMap(name: string, entries: number): KernelError | null {
    const status: number = boundLibrary().setMaxEntries(this.#map(name), entries);
    return status < 0 ? kernelError(`resize the map \`${name}\` of \`${this.name}\``, status) : null;
  }

  /** @returns names of the programs in the file */
  programs(): readonly string[] {
    const names: string[] = [];
    const { nextProgram, programName } = boundLibrary();
    for (let at: Pointer | null = nextProgram(this.handle, null); at; at = nextProgram(this.handle, at))
      names.push(programName(at));
    return names;
  }

  /** Programs that are not wanted are not even verified. */
  omitProgram(name: string): void {
    boundLibrary().setAutoload(findProgram(this.handle, this.name, name), false);
  }

  /** @param type enum bpf_attach_type of linux/bpf.h, for a program whose section libbpf has no name for */
  setAttachType(program: string, type: number): void {
    boundLibrary().setAttachType(findProgram(this.handle, this.name, program), type);
  }

  /** Puts maps and programs into the kernel. The spec is used up, also where it fails. */
  load(): { readonly object: BpfObject } | { readonly error: KernelError } {
    const status: number = boundLibrary().load(this.handle);
    if (status < 0) {
      const error = kernelError(`load \`${this.name}\``, status, koffi.decode(this.log, 'char', -1) as string);
      this.close();
      return { error };
    }
    koffi.free(this.log);
    return { object: new BpfObject(this.name, this.handle) };
  }

  close(): void {
    boundLibrary().close(this.handle);
    koffi.free(this.log);
  }

  #map(name: string): Pointer {
    const found: Pointer | null = boundLibrary().findMap(this.handle, name);
    if (!found) throw new Error(`BUG: no map ${name} in ${this.name}`);
    return found;
  }
}

const findProgram = (handle: Pointer, object: string, name: string): Pointer => {
  const found: Pointer | null = boundLibrary().findProgram(handle, name);
  if (!found) throw new Error(`BUG: no program ${name} in ${object}`);
  return found;
};

/** A loaded object. `close` gives links and descriptors back: then it is removed from the kernel, unless a cgroup has it. */
export class BpfObject {
  readonly #links = new Set<BpfLink>();
  readonly #maps = new Map<string, BpfMap>();
  #closed = false;

  constructor(
    readonly name: string,
    readonly handle: Pointer,
  ) {}

  /** @param name as in the source; another one is a bug */
  map(name: string): BpfMap {
    const known = this.#maps.get(name);
    if (known) return known;
    const { findMap, mapFd } = boundLibrary();
    const found: Pointer | null = this.#closed ? null : findMap(this.handle, name);
    if (!found) throw new Error(`BUG: no map ${name} in ${this.name}`);
    const opened = mapFromFd(mapFd(found), name);
    if ('error' in opened) throw new Error(`BUG: the map ${name} of ${this.name} is not loaded`);
    this.#maps.set(name, opened.map);
    return opened.map;
  }

  /** Descriptor of a loaded program. */
  programFd(name: string): number {
    return boundLibrary().programFd(findProgram(this.handle, this.name, name));
  }

  /** Attaches a program where its section says (tracepoints). */
  attach(program: string): { readonly link: BpfLink } | { readonly error: KernelError } {
    return this.#link(program, boundLibrary().attach(findProgram(this.handle, this.name, program)));
  }

  /**
   * Attaches a cgroup program to the cgroup2 folder that `cgroupFd` has open, and what lies below it. It stands until the
   * cgroup is removed, whatever becomes of this process: a link would end with its last descriptor, before the workload.
   */
  attachCgroup(program: string, cgroupFd: number): KernelError | null {
    const { attachType, attachTo, programFd } = boundLibrary();
    const found = findProgram(this.handle, this.name, program);
    const status: number = attachTo(programFd(found), cgroupFd, attachType(found), ALLOW_MULTI);
    return status < 0 ? kernelError(`attach \`${program}\` of \`${this.name}\``, status) : null;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const link of this.#links) link.detach();
    boundLibrary().close(this.handle);
  }

  #link(program: string, pointer: Pointer | null): { readonly link: BpfLink } | { readonly error: KernelError } {
    if (!pointer) return { error: kernelError(`attach \`${program}\` of \`${this.name}\``, koffi.errno()) };
    const link = new BpfLink(program, pointer, () => this.#links.delete(link));
    this.#links.add(link);
    return { link };
  }
}

/** One attached program. */
export class BpfLink {
  #pointer: Pointer | null;

  constructor(
    readonly program: string,
    pointer: Pointer,
    readonly onDetach: () => void,
  ) {
    this.#pointer = pointer;
  }

  /** Does nothing the second time. */
  detach(): void {
    if (this.#pointer === null) return;
    boundLibrary().destroyLink(this.#pointer);
    this.#pointer = null;
    this.onDetach();
  }
}
