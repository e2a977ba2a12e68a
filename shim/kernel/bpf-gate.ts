/**
 * The socket gate and the isolation of a cgroup (shim/bpf/gate.bpf.c). `attachGate` loads and attaches in one thread;
 * `GateMaps` is what the deciding thread writes to, made from descriptors.
 */
import { assetPath } from '../../vm/host/assets.ts';
import { encodeStruct, GATE_OPERATIONS, sumCounters } from '../sensors/layout.ts';
import { openObject, type BpfObject, type KernelError } from './bpf.ts';
import { mapFromFd, type BpfMap } from './bpf-map.ts';

const GATE_PROGRAMS = [
  'gate_connect4',
  'gate_connect6',
  'gate_bind4',
  'gate_bind6',
  'gate_sendmsg4',
  'gate_sendmsg6',
] as const;
const ISOLATION_PROGRAMS = ['isolate_ingress', 'isolate_egress'] as const;
const MAPS = ['tokens', 'isolated', 'management', 'gate_counters'] as const;

export type GateOperation = keyof typeof GATE_OPERATIONS;
/** Descriptors of the gate's maps: plain data, to be sent to a worker. */
export type GateFds = Readonly<Record<(typeof MAPS)[number], number>>;

const word = (value: number): Uint8Array => new Uint8Array(new Uint32Array([value]).buffer);

/** What may pass. Usable in any thread while the `Gate` lives. */
export class GateMaps {
  readonly #tokens: BpfMap;
  readonly #isolated: BpfMap;
  readonly #management: BpfMap;
  readonly #counters: BpfMap;
  readonly #thread = new Uint32Array(1);
  readonly #threadBytes = new Uint8Array(this.#thread.buffer);
  readonly #token = encodeStruct('token', {});
  readonly #tokenWords = new Uint32Array(this.#token.buffer);

  private constructor(maps: Readonly<Record<(typeof MAPS)[number], BpfMap>>) {
    this.#tokens = maps.tokens;
    this.#isolated = maps.isolated;
    this.#management = maps.management;
    this.#counters = maps.gate_counters;
  }

  /** @param fds of `Gate.fds`, in any thread of the same process */
  static of(fds: GateFds): { readonly maps: GateMaps } | { readonly error: KernelError } {
    const maps: Partial<Record<(typeof MAPS)[number], BpfMap>> = {};
    for (const name of MAPS) {
      const found = mapFromFd(fds[name], name);
      if ('error' in found) return found;
      maps[name] = found.map;
    }
    return { maps: new GateMaps(maps as Record<(typeof MAPS)[number], BpfMap>) };
  }

  /**
   * Lets a thread do one socket operation. Write it before the call continues; a token that was not used (the thread
   * died, the call failed earlier) must be taken back with `revoke`, for thread ids are used again.
   *
   * @param thread id in the initial PID namespace
   * @param address 16 bytes, IPv4 as ::ffff:a.b.c.d
   * @param port host order
   */
  allow(thread: number, operation: GateOperation, address: Uint8Array, port: number): KernelError | null {
    if (address.length !== 16) throw new Error(`BUG: an address of ${address.length} bytes`);
    this.#thread[0] = thread;
    this.#tokenWords[0] = GATE_OPERATIONS[operation];
    this.#tokenWords[1] = port;
    this.#token.set(address, 8);
    return this.#tokens.update(this.#threadBytes, this.#token);
  }

  /** Takes a token back that may not have been used. */
  revoke(thread: number): KernelError | null {
    this.#thread[0] = thread;
    return this.#tokens.delete(this.#threadBytes);
  }

  /** Drops every packet of the cgroup but from and to managed prefixes, or lets them pass again. */
  isolate(on: boolean): KernelError | null {
    return this.#isolated.update(word(0), word(on ? 1 : 0));
  }

  /** @param bits of the 128-bit form: 96 + n for an IPv4 prefix of n bits */
  manage(address: Uint8Array, bits: number): KernelError | null {
    if (address.length !== 16 || bits < 0 || bits > 128) throw new Error('BUG: not a prefix');
    return this.#management.update(encodeStruct('prefix', { bits, address }), word(1));
  }

  /** @returns passed, missing, mismatch, isolated */
  counters(): Readonly<Record<string, number>> {
    const values = new Uint8Array(this.#counters.lookupBytes);
    this.#counters.lookup(word(0), values);
    return sumCounters('gate_counters', values);
  }
}

/** An attached gate. `close` opens it: detach only when the workload is dead. */
export class Gate {
  readonly fds: GateFds;

  constructor(
    readonly object: BpfObject,
    readonly maps: GateMaps,
  ) {
    this.fds = Object.fromEntries(MAPS.map((name) => [name, object.map(name).fd])) as Record<
      (typeof MAPS)[number],
      number
    >;
  }

  close(): void {
    this.object.close();
  }
}

/**
 * Loads the gate and attaches it to a cgroup2 folder and all below it.
 *
 * @param cgroupFd the open folder
 * @param parts `gate`: refuse socket operations without a token; `isolation`: be able to cut the network
 * @returns the gate, closed to everybody; errors: no right to load BPF, no cgroup2, an old kernel
 */
export const attachGate = (
  cgroupFd: number,
  parts: { readonly gate: boolean; readonly isolation: boolean } = { gate: true, isolation: true },
): { readonly gate: Gate } | { readonly error: KernelError } => {
  const wanted: readonly string[] = [
    ...(parts.gate ? GATE_PROGRAMS : []),
    ...(parts.isolation ? ISOLATION_PROGRAMS : []),
  ];
  const opened = openObject(assetPath('bpf/gate.bpf.o'));
  if ('error' in opened) return opened;
  for (const program of opened.spec.programs()) if (!wanted.includes(program)) opened.spec.omitProgram(program);
  const loaded = opened.spec.load();
  if ('error' in loaded) return loaded;
  const { object } = loaded;
  for (const program of wanted) {
    const attached = object.attachCgroup(program, cgroupFd);
    if ('error' in attached) {
      object.close();
      return attached;
    }
  }
  const made = GateMaps.of(Object.fromEntries(MAPS.map((name) => [name, object.map(name).fd])) as GateFds);
  if ('error' in made) {
    object.close();
    return made;
  }
  return { gate: new Gate(object, made.maps) };
};
