/** Loads and attaches the sensors of the kinds that are wanted, all writing into one ring. */
import koffi from 'koffi';
import { assetPath } from '../../vm/host/assets.ts';
import { CAPABILITIES } from '../../vm/spec/fields.ts';
import { KINDS } from '../../vm/spec/kinds.ts';
import { openObject, type BpfMap, type BpfObject, type KernelError } from '../kernel/bpf.ts';
import { library } from '../kernel/bpf-library.ts';
import { watchedCalls } from './calls.ts';
import { SENSORS, type SensorSpec } from './catalogue.ts';
import { encodeStruct, sumCounters } from './layout.ts';
import { tracedCall } from './syscalls.ts';

export interface SensorOptions {
  /** Names of the kinds to record: those that a policy needs and no synchronous hook decides. */
  readonly kinds: readonly string[];
  /** Numbers of the calls that the kind `syscall` is about. */
  readonly syscalls?: readonly number[];
  /** Bytes of the ring: a power of two, pages at least; default 4 MiB. */
  readonly ringBytes?: number;
}

/** By kind name. `lost`: the ring was full; for the others see `STRUCTS.counters` of layout.ts. */
export type SensorCounters = Readonly<Record<string, Readonly<Record<string, number>>>>;

const RING_BYTES = 1 << 22;
const PROBE_RING_BYTES = 1 << 16;
const SHARED = ['events', 'scope', 'settings', 'counters', 'scratches'] as const;
const CLOCK = { realtime: 0, tai: 11 } as const;

const CAPABILITY_NAMES = new Map(
  CAPABILITIES.map((name, number) => [number, encodeStruct('name', { length: name.length, name: Buffer.from(name) })]),
);

const word = (value: number): Uint8Array => new Uint8Array(new Uint32Array([value]).buffer);
const long = (value: bigint): Uint8Array => new Uint8Array(new BigUint64Array([value]).buffer);
const kindBit = (name: string): bigint => {
  const kind = KINDS.find((of) => of.name === name);
  if (!kind) throw new Error(`BUG: no kind ${name}`);
  return 1n << BigInt(kind.id);
};

/** Whole seconds, so that reading two clocks one after the other is exact. */
const taiOffset = (): bigint => {
  const gettime = koffi.load('libc.so.6').func('clock_gettime', 'int', ['int', 'void *']);
  const seconds = (clock: number): number => {
    const time = new BigInt64Array(2);
    gettime(clock, time);
    return Number(time[0]) + Number(time[1]) / 1e9;
  };
  return BigInt(Math.round(seconds(CLOCK.tai) - seconds(CLOCK.realtime))) * 1_000_000_000n;
};

/** Attached sensors. Their programs see nothing until a cgroup is watched. */
export class Sensors {
  readonly ringFd: number;
  readonly ringBytes: number;
  readonly #kinds: bigint;

  /** @param objects loaded, at least one */
  constructor(
    readonly kinds: readonly string[],
    readonly objects: readonly BpfObject[],
  ) {
    this.ringFd = this.#map('events').fd;
    this.ringBytes = this.#map('events').maxEntries;
    this.#kinds = kinds.reduce((bits, kind) => bits | kindBit(kind), 0n);
  }

  /**
   * Watches the processes of a cgroup and of all below it.
   *
   * @param cgroup id: the inode number of its cgroup2 folder
   * @param workload key that records carry, not 0; default the cgroup's id
   */
  watch(cgroup: bigint, workload: bigint = cgroup): KernelError | null {
    return this.#map('scope').update(long(cgroup), long(workload));
  }

  unwatch(cgroup: bigint): KernelError | null {
    return this.#map('scope').delete(long(cgroup));
  }

  /** What was written, lost and not readable since the sensors were attached. */
  counters(): SensorCounters {
    const map = this.#map('counters');
    const values = new Uint8Array(map.lookupBytes);
    return Object.fromEntries(
      this.kinds.map((name) => {
        map.lookup(word(KINDS.find((kind) => kind.name === name)!.id), values);
        return [name, sumCounters('counters', values)];
      }),
    );
  }

  /** Tells the programs what time it is: once they are attached and, where they run for long, every few minutes. */
  setClock(): KernelError | null {
    const settings = encodeStruct('settings', { tai_offset: taiOffset(), kinds: this.#kinds });
    return this.#map('settings').update(word(0), settings);
  }

  /** Detaches everything. */
  close(): void {
    for (const object of this.objects) object.close();
  }

  #map(name: (typeof SHARED)[number]): BpfMap {
    return this.objects[0].map(name);
  }
}

const load = (
  { object, programs }: SensorSpec,
  first: BpfObject | undefined,
  ringBytes: number,
): { readonly object: BpfObject } | { readonly error: KernelError } => {
  const opened = openObject(assetPath(`bpf/${object}.bpf.o`));
  if ('error' in opened) return opened;
  const { spec } = opened;
  const found = library();
  if ('error' in found) return found;
  const prepared =
    first === undefined
      ? [spec.resizeMap('events', ringBytes), spec.resizeMap('scratches', found.library.cpus())]
      : SHARED.map((name) => spec.reuseMap(name, first.map(name).fd));
  const error = prepared.find((problem) => problem !== null);
  if (error) {
    spec.close();
    return { error };
  }
  for (const program of spec.programs()) if (!programs.includes(program)) spec.omitProgram(program);
  return spec.load();
};

/** What only one object has: the calls that it looks at, the names that it writes. */
const fill = (object: BpfObject, sensor: SensorSpec, options: SensorOptions): KernelError | null => {
  const [name, rows]: [string, ReadonlyMap<number, Uint8Array>] =
    sensor.object === 'file'
      ? ['calls', watchedCalls(options.kinds)]
      : sensor.object === 'syscall'
        ? ['traced', new Map((options.syscalls ?? []).map((nr) => [nr, tracedCall(nr)]))]
        : sensor.object === 'cap'
          ? ['capabilities', CAPABILITY_NAMES]
          : ['', new Map()];
  for (const [number, row] of rows) {
    const error = object.map(name).update(word(number), row);
    if (error) return error;
  }
  return null;
};

/**
 * Loads and attaches what the wanted kinds need and nothing else. Afterwards name the cgroups with `watch`.
 *
 * @returns the sensors, or why one of them could not be attached: then none is
 */
export const attachSensors = (
  options: SensorOptions,
): { readonly sensors: Sensors } | { readonly error: KernelError } => {
  const wanted = SENSORS.filter((sensor) => options.kinds.some((kind) => kind in sensor.kinds));
  if (wanted.length === 0) throw new Error('BUG: no kind that a sensor serves');
  const objects: BpfObject[] = [];
  const undo = (error: KernelError): { readonly error: KernelError } => {
    for (const object of objects) object.close();
    return { error };
  };
  for (const sensor of wanted) {
    const loaded = load(sensor, objects[0], options.ringBytes ?? RING_BYTES);
    if ('error' in loaded) return undo(loaded.error);
    objects.push(loaded.object);
    const error = fill(loaded.object, sensor, options);
    if (error) return undo(error);
  }
  const sensors = new Sensors(options.kinds, objects);
  const error = sensors.setClock();
  if (error) return undo(error);
  for (const [i, sensor] of wanted.entries())
    for (const program of sensor.programs) {
      const attached = objects[i].attach(program);
      if ('error' in attached) return undo(attached.error);
    }
  return { sensors };
};

/**
 * Which kinds this kernel has a sensor for, by loading each and attaching none.
 *
 * @returns by kind name: null, or why not
 */
export const probeSensors = (): Readonly<Record<string, KernelError | null>> => {
  const found: Record<string, KernelError | null> = {};
  for (const sensor of SENSORS) {
    const loaded = load(sensor, undefined, PROBE_RING_BYTES);
    if ('object' in loaded) loaded.object.close();
    for (const kind of Object.keys(sensor.kinds)) found[kind] = 'error' in loaded ? loaded.error : null;
  }
  return found;
};
