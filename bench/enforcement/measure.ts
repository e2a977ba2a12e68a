/** Takes the measurements: who is compared takes turns, batch by batch, in one run. */
import { OPERATIONS, type Operation, type Ports } from './operations.ts';
import type { Workload } from './workload.ts';

/** Microseconds. */
export interface Latency {
  readonly p50: number;
  readonly p99: number;
}

export interface OperationRow {
  readonly what: string;
  readonly bare: Latency;
  /** Absent: it does not work in a guarded workload. */
  readonly allowed?: Latency;
  /** Absent: it was not refused before it took effect. */
  readonly denied?: Latency;
  readonly study?: readonly [allowed: number, denied?: number];
}

export interface BusyRow {
  readonly what: string;
  /** Opens a second. */
  readonly bare: number;
  readonly guarded: number;
  readonly bareLatency: Latency;
  readonly guardedLatency: Latency;
}

export interface ProgramRow {
  readonly what: string;
  readonly bareMs: number;
  /** Times bare. */
  readonly touching: number;
  readonly asking: number;
  /** Absent: no strace here. */
  readonly strace?: number;
}

const BATCH = 50;
const BUSY = [1, 4, 16];
const QUIET_BESIDE = 15;

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
const latency = (samples: readonly number[]): Latency => {
  const sorted = [...samples].sort((a, b) => a - b);
  return { p50: at(sorted, 0.5) / 1000, p99: at(sorted, 0.99) / 1000 };
};
const median = (values: readonly number[]): number =>
  at(
    [...values].sort((a, b) => a - b),
    0.5,
  );

export interface Compared {
  readonly bare: Workload;
  /** Guarded: every operation is decided by the virtual machine. */
  readonly asking: Workload;
}

const measureOperation = async (
  { bare, asking }: Compared,
  { name, what, allowed, denied, study, batch = BATCH }: Operation,
  ports: Ports,
  rounds: number,
): Promise<OperationRow> => {
  const samples = { bare: [] as number[], allowed: [] as number[], denied: [] as number[] };
  let succeeded = 0;
  let refused = 0;
  let tried = 0;
  const ask = async (who: Workload, to: string, into: number[]): Promise<readonly [number, number]> => {
    const [failed, good, ...nanoseconds] = await who.ask(`time ${name} ${to} ${batch}`);
    into.push(...nanoseconds);
    return [failed, good];
  };
  for (let round = -1; round < rounds; round++) {
    if (round === 0) for (const list of Object.values(samples)) list.length = 0; // what was warmed up counts
    const [, worked] = await ask(bare, allowed(ports), samples.bare);
    if (worked !== batch) throw new Error(`${what} did not succeed bare`);
    const [, passed] = await ask(asking, allowed(ports), samples.allowed);
    const [failed] = await ask(asking, denied(ports), samples.denied);
    succeeded += passed;
    refused += failed;
    tried += batch;
  }
  return {
    what,
    bare: latency(samples.bare),
    ...(succeeded === tried && { allowed: latency(samples.allowed) }),
    ...(refused === tried && { denied: latency(samples.denied) }),
    ...(study && { study }),
  };
};

/** @param rounds of batches of 50 calls */
export const measureOperations = async (
  compared: Compared,
  ports: Ports,
  rounds: number,
): Promise<readonly OperationRow[]> => {
  const rows: OperationRow[] = [];
  for (const operation of OPERATIONS) rows.push(await measureOperation(compared, operation, ports, rounds));
  return rows;
};

const measureLoad = async (
  { bare, asking }: Compared,
  what: string,
  line: string,
  milliseconds: number,
): Promise<BusyRow> => {
  const [opens, p50, p99] = await bare.ask(`${line} ${milliseconds}`);
  const [guardedOpens, guarded50, guarded99] = await asking.ask(`${line} ${milliseconds}`);
  const perSecond = (count: number): number => (count / milliseconds) * 1000;
  return {
    what,
    bare: perSecond(opens),
    guarded: perSecond(guardedOpens),
    bareLatency: { p50: p50 / 1000, p99: p99 / 1000 },
    guardedLatency: { p50: guarded50 / 1000, p99: guarded99 / 1000 },
  };
};

export const measureBusy = async (compared: Compared, milliseconds: number): Promise<readonly BusyRow[]> => {
  const rows: BusyRow[] = [];
  for (const n of BUSY) rows.push(await measureLoad(compared, `${n} busy`, `busy ${n}`, milliseconds));
  rows.push(
    await measureLoad(compared, `one quiet beside ${QUIET_BESIDE} busy`, `quiet ${QUIET_BESIDE}`, milliseconds),
  );
  return rows;
};

export interface Programs extends Compared {
  readonly touching: Workload;
  readonly strace?: Workload;
}

/** @param commands by what they are */
export const measurePrograms = async (
  { bare, touching, asking, strace }: Programs,
  commands: Readonly<Record<string, string>>,
  rounds: number,
): Promise<readonly ProgramRow[]> => {
  const rows: ProgramRow[] = [];
  const who = { bare, touching, asking, ...(strace && { strace }) };
  for (const [what, command] of Object.entries(commands)) {
    const times = Object.fromEntries(Object.keys(who).map((name) => [name, [] as number[]]));
    for (let round = -1; round < rounds; round++)
      for (const [name, workload] of Object.entries(who)) {
        const [ns, status] = await workload.ask(`run ${command}`);
        if (status !== 0) throw new Error(`\`${command}\` failed ${name}, with ${status}`);
        if (round >= 0) times[name].push(ns);
      }
    const of = (name: string): number => median(times[name]);
    rows.push({
      what,
      bareMs: of('bare') / 1e6,
      touching: of('touching') / of('bare'),
      asking: of('asking') / of('bare'),
      ...(strace && { strace: of('strace') / of('bare') }),
    });
  }
  return rows;
};
