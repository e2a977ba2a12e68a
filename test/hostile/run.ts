/** Hostile input by number: with the seed, the number repeats it. */
import { planAndEmit } from '../../compiler/backend.ts';
import type { NormalForm } from '../../vm/bundle/normal.ts';
import { encodeRecord, type Event } from '../../vm/event/index.ts';
import type { Delivery } from '../differential/case.ts';
import { diagrams } from '../differential/diagrams.ts';
import { networks } from '../differential/networks.ts';
import { EventSource } from '../generators/event.ts';
import { randomNormalForm } from '../generators/policy.ts';
import { batchSeed, Random } from '../generators/random.ts';
import { PROGRAM } from '../../vm/spec/index.ts';
import { aim } from './aimed.ts';
import { corrupt, randomBytes } from './bytes.ts';
import { Prober } from './probe.ts';
import { RecordProbe } from './records.ts';
import { tablesOf, type Tables } from './tables.ts';

/** Inputs of one valid program or bundle before the next is drawn. */
const FAMILY = 200;
/** Larger programs are as hostile as small ones, and slower. */
const MAX_PROGRAM = 64 << 10;
/** Records for each program. */
const RECORDS = 4;
/** How often a valid program is about networks alone: few others have tries and filters of pairs. */
const NETWORKS = 0.2;
/** How often another one has lists that become diagrams. */
const DIAGRAMS = 0.1;

export interface HostileCase {
  readonly about: string;
  readonly program: Uint8Array;
  readonly records: readonly Uint8Array[];
}

export interface Tally {
  inputs: number;
  /** How often each refusal, and `runs`, came. */
  readonly codes: Record<string, number>;
  /** Programs with a change in one table, by table, and how many of them ran. */
  readonly aimed: Record<string, { inputs: number; ran: number }>;
}

/** A failure with what it takes to repeat it. */
export class HostileFailure extends Error {
  constructor(
    message: string,
    readonly found: HostileCase | null,
  ) {
    super(message);
  }
}

/** How often a program is forged, and how often one table of a valid one is changed; else anything of it is. */
const FORGED = 0.1;
const AIMED = 0.5;

/** A valid program, to be corrupted, and records for it. */
export interface Family {
  readonly program: Uint8Array;
  readonly records: readonly Uint8Array[];
}

function drawFamily(r: Random): Family {
  for (;;) {
    const directed = r.chance(NETWORKS) ? networks : r.chance(DIAGRAMS) ? diagrams : null;
    const { normal, events } = directed ? drawDirected(r, directed) : drawPolicies(r);
    const made = planAndEmit(normal);
    if ('errors' in made || made.program.length > MAX_PROGRAM) continue;
    return { program: made.program, records: events(RECORDS).map((event) => encodeRecord(event)) };
  }
}

interface Drawn {
  readonly normal: NormalForm;
  events(count: number): Event[];
}

function drawPolicies(r: Random): Drawn {
  const { normal, focus } = randomNormalForm(r);
  const source = new EventSource(r, normal, focus);
  return { normal, events: (count) => r.list(count, () => source.next()) };
}

/** Bundles made for one purpose, with the deliveries for them. */
function drawDirected(r: Random, make: (seed: number) => ReturnType<typeof networks>): Drawn {
  const { normal, deliveries } = make(r.below(2 ** 31));
  const event = ({ kind, time, inline }: Delivery): Event => ({ kind, time, values: inline });
  return { normal, events: (count) => deliveries.slice(0, count).map(event) };
}

/** Random bytes that look like a program from afar. */
function forged(r: Random): Uint8Array {
  const bytes = r.chance(0.5) ? randomBytes(r, r.below(2048)) : new Uint8Array(r.below(2048));
  if (bytes.length < PROGRAM.header || r.chance(0.1)) return bytes;
  const view = new DataView(bytes.buffer);
  view.setUint32(PROGRAM.magicAt, PROGRAM.magic, true);
  view.setUint32(PROGRAM.versionAt, PROGRAM.version, true);
  view.setUint32(PROGRAM.sizeAt, bytes.length, true);
  for (let at: number = PROGRAM.ruleCountAt; at < PROGRAM.header; at += 4) {
    if (r.chance(0.9)) view.setUint32(at, r.chance(0.5) ? r.below(4) : r.below(bytes.length >> 2) * 4, true);
  }
  return bytes;
}

/**
 * Programs from number `from` on.
 * @param beat called before each input with its number
 * @param draw gives the valid programs
 */
export function programs(
  seed: number,
  from: number,
  count: number,
  beat: (n: number) => void = () => {},
  draw: (r: Random) => Family = drawFamily,
): Tally {
  const tally: Tally = { inputs: 0, codes: {}, aimed: {} };
  const prober = new Prober();
  let family: Family | null = null;
  let other: Family | null = null;
  let tables: Tables = new Map();
  const first = from - (from % FAMILY);
  for (let n = first; n < from + count; n++) {
    if (n % FAMILY === 0) {
      const r = new Random(batchSeed(seed, n));
      [family, other] = [draw(r), draw(r)];
      tables = tablesOf(family.program);
    }
    if (n < from || family === null || other === null) continue;
    beat(n);
    const r = new Random(batchSeed(seed ^ 0x70726f67, n));
    const aimed = r.chance(AIMED) ? aim(r, family.program, tables) : null;
    const program = aimed?.program ?? (r.chance(FORGED) ? forged(r) : corrupt(r, family.program, other.program));
    try {
      const code = prober.probe(program, family.records);
      tally.codes[code] = (tally.codes[code] ?? 0) + 1;
      if (aimed) {
        const of = (tally.aimed[aimed.table] ??= { inputs: 0, ran: 0 });
        of.inputs++;
        of.ran += Number(code === 'runs');
      }
    } catch (error) {
      const about = `seed ${seed}, program ${n}: ${error instanceof Error ? error.message : String(error)}`;
      throw new HostileFailure(about, { about, program, records: family.records });
    }
    tally.inputs++;
  }
  return tally;
}

/** Records, facts and rings from number `from`, which must be a multiple of the family, on. */
export function records(seed: number, from: number, count: number, beat: (n: number) => void = () => {}): Tally {
  const tally: Tally = { inputs: 0, codes: {}, aimed: {} };
  let probe: RecordProbe | null = null;
  for (let n = from - (from % FAMILY); n < from + count; n++) {
    if (n % FAMILY === 0 || probe === null) probe = new RecordProbe(new Random(batchSeed(seed ^ 0x7265_6373, n)));
    beat(n);
    try {
      probe.probe();
    } catch (error) {
      throw new HostileFailure(
        `seed ${seed}, record ${n}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        null,
      );
    }
    tally.inputs++;
  }
  return tally;
}
