/** A family with a number of rules, compiled: what its own process found out, and the files that it leaves for timing. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeRecord, type Event } from '../../vm/event/index.ts';
import type { Factors } from '../../vm/listing/index.ts';
import type { Facts } from '../families/index.ts';
import type { Agreement } from '../measure/agreement.ts';
import type { Records } from '../measure/records.ts';
import type { Steps } from '../measure/steps.ts';

/** What repeats exactly, and what compiling took. */
export interface Prepared extends Steps, Agreement {
  readonly family: string;
  readonly rules: number;
  readonly events: number;
  /** Worst-case steps by kind. */
  readonly bounds: Readonly<Record<string, number>>;
  /** What the bounds multiply, by kind. */
  readonly factors: Readonly<Record<string, Factors>>;
  readonly programBytes: number;
  /** Beyond the different strings that rules and scopes name. */
  readonly bytesPerRule: number;
  readonly compileSeconds: number;
  /** Of the process when the program was made, the normal form included. */
  readonly peakMegabytes: number;
}

/** Stored facts as records. */
export interface StoredFacts {
  readonly workloads: readonly (readonly [key: bigint, record: Uint8Array])[];
  readonly subjects: readonly (readonly [key: bigint, record: Uint8Array])[];
}

/** All that the VM is given. */
export interface CaseFiles {
  readonly program: Uint8Array;
  readonly records: Records;
  readonly facts: StoredFacts;
}

/** The file of rules and events for the native limit. */
export const LIMIT_FILE = 'limit';

type Part = 'program' | 'records' | 'starts' | 'workloads' | 'subjects' | typeof LIMIT_FILE;

/** The path of a part of a case in the folder of a run. */
export const partPath = (folder: string, family: string, rules: number, part: Part): string =>
  join(folder, `${family}-${rules}.${part}`);

export const writePart = (folder: string, family: string, rules: number, part: Part, bytes: Uint8Array): void =>
  writeFileSync(partPath(folder, family, rules, part), bytes);

const KEY = 8;

/** Facts as bytes: a key, then a record that begins with its size. */
export const factBytes = (facts: Facts | undefined): Uint8Array =>
  Buffer.concat(
    [...(facts ?? [])].flatMap(([key, event]: readonly [bigint, Event]) => {
      const head = Buffer.alloc(KEY);
      head.writeBigUInt64LE(key);
      return [head, encodeRecord(event)];
    }),
  );

const readFacts = (bytes: Buffer): [bigint, Uint8Array][] => {
  const found: [bigint, Uint8Array][] = [];
  for (let at = 0; at < bytes.length;) {
    const size = bytes.readUInt32LE(at + KEY);
    found.push([bytes.readBigUInt64LE(at), bytes.subarray(at + KEY, at + KEY + size)]);
    at += KEY + size;
  }
  return found;
};

/** Reads what the VM is given for a case. */
export const readCase = (folder: string, family: string, rules: number): CaseFiles => {
  const read = (part: Part): Buffer => readFileSync(partPath(folder, family, rules, part));
  return {
    program: read('program'),
    records: { bytes: read('records'), starts: new Uint32Array(new Uint8Array(read('starts')).buffer) },
    facts: { workloads: readFacts(read('workloads')), subjects: readFacts(read('subjects')) },
  };
};
