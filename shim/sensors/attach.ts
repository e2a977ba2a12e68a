/** Loads and attaches the sensors of the kinds that are wanted, all writing into one ring. */
import { closeSync, fstatSync, openSync } from 'node:fs';
import koffi from 'koffi';
import { assetPath } from '../../vm/host/assets.ts';
import { CAPABILITIES } from '../../vm/spec/fields.ts';
import { KINDS } from '../../vm/spec/kinds.ts';
import { openObject, type BpfMap, type BpfObject, type KernelError } from '../kernel/bpf.ts';
import { library } from '../kernel/bpf-library.ts';
import { watchedCalls } from './calls.ts';
import { SENSORS, type SensorSpec } from './catalogue.ts';
import { encodeStruct, sumCounters, WANTED, type Wanted } from './layout.ts';
import { tracedCall } from './syscalls.ts';

export interface SensorOptions {
  /** Names of the kinds to record: those that a policy needs and no synchronous hook decides. */
  readonly kinds: readonly string[];
  /** Numbers of the calls that the kind `syscall` is about. */
  readonly syscalls?: readonly number[];
  /** Fields to write that records have only where somebody reads them. */
  readonly fields?: readonly Wanted[];
  /** Names of the kinds whose operations do not take effect before they are answered: `net.dns` or none. */
  readonly held?: readonly string[];
  /** Those of `kinds` that are recorded only of opens that fanotify does not ask about. */
  readonly unasked?: readonly string[];
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
const kindBits = (names: readonly string[]): bigint => names.reduce((bits, name) => bits | kindBit(name), 0n);
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

interface LoadedSensor {
  readonly sensor: SensorSpec;
  readonly object: BpfObject;
}

/** Attached sensors. Their programs see nothing until a cgroup is watched. */
export class Sensors {
  readonly ringFd: number;
  readonly ringBytes: number;
  readonly kinds: readonly string[];
  readonly #held: readonly string[];
  readonly #fields: bigint;
  readonly #unasked: readonly string[];
  /** Of the sensors, in their order. */
  readonly #objects: readonly BpfObject[];
  /** Ids of the cgroups that have programs of ours: they stay. */
  readonly #entered = new Set<bigint>();

  /** @param loaded at least one */
  constructor(
    options: SensorOptions,
    readonly loaded: readonly LoadedSensor[],
  ) {
    this.kinds = options.kinds;
    this.#held = options.held ?? [];
    this.#fields = BigInt((options.fields ?? []).reduce((bits, field) => bits | WANTED[field], 0));
    this.#unasked = options.unasked ?? [];
    this.#objects = loaded.map(({ object }) => object);
    this.ringFd = this.#map('events').fd;
    this.ringBytes = this.#map('events').maxEntries;
  }

  /**
   * Watches the processes of a cgroup and of all below it. Programs about its packets stay with the cgroup.
   *
   * @param cgroup its cgroup2 folder
   * @param workload key that records carry, not 0; default the cgroup's id
   */
  watch(cgroup: string, workload?: bigint): KernelError | null {
    const fd = openSync(cgroup, 'r');
    try {
      const id = fstatSync(fd, { bigint: true }).ino;
      for (const { sensor, object } of this.#entered.has(id) ? [] : this.loaded)
        for (const program of sensor.perCgroup ? sensor.programs : []) {
          const error = object.attachCgroup(program, fd);
          if (error) return error;
        }
      this.#entered.add(id);
      return this.#map('scope').update(long(id), long(workload ?? id));
    } finally {
      closeSync(fd);
    }
  }

  /** @param cgroup id: the inode number of its folder */
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
    const [kinds, held, unasked] = [this.kinds, this.#held, this.#unasked].map(kindBits);
    const settings = encodeStruct('settings', { tai_offset: taiOffset(), kinds, held, unasked, fields: this.#fields });
    return this.#map('settings').update(word(0), settings);
  }

  /** Detaches everything. */
  close(): void {
    for (const object of this.#objects) object.close();
  }

  /** The object of a sensor that was attached; another one is a bug. */
  object(name: string): BpfObject {
    const found = this.loaded.find(({ sensor }) => sensor.object === name);
    if (!found) throw new Error(`BUG: no sensor ${name}`);
    return found.object;
  }

  #map(name: (typeof SHARED)[number]): BpfMap {
    return this.#objects[0].map(name);
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
      ? ['calls', watchedCalls(options.kinds, options.unasked ?? [])]
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
  const made: LoadedSensor[] = [];
  const undo = (error: KernelError): { readonly error: KernelError } => {
    for (const { object } of made) object.close();
    return { error };
  };
  for (const sensor of wanted) {
    const loaded = load(sensor, made[0]?.object, options.ringBytes ?? RING_BYTES);
    if ('error' in loaded) return undo(loaded.error);
    made.push({ sensor, object: loaded.object });
    const error = fill(loaded.object, sensor, options);
    if (error) return undo(error);
  }
  const sensors = new Sensors(options, made);
  const error = sensors.setClock();
  if (error) return undo(error);
  for (const { sensor, object } of made)
    for (const program of sensor.perCgroup ? [] : sensor.programs) {
      const attached = object.attach(program);
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
