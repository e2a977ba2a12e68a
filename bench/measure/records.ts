/** Events of a family as records in one array, and a bundle with the facts that they name. */
import { encodeRecord, joinFacts, type Event } from '../../vm/event/index.ts';
import type { Vm, VmBundle } from '../../vm/host/index.ts';
import type { Asked, Family } from '../families/index.ts';

export interface Records {
  readonly bytes: Uint8Array;
  /** Where each record begins, and behind the last one where it ends. */
  readonly starts: Uint32Array;
}

/** Encodes events with the keys that they name. */
export const encode = (asked: readonly Asked[]): Records => {
  const encoded = asked.map(({ event, ...keys }) => encodeRecord(event, keys));
  const starts = new Uint32Array(encoded.length + 1);
  for (const [i, record] of encoded.entries()) starts[i + 1] = starts[i] + record.length;
  return { bytes: Buffer.concat(encoded), starts };
};

/** Loads a program and stores the facts of the family's workloads and subjects. */
export const loadWithFacts = (vm: Vm, program: Uint8Array, family: Family): VmBundle => {
  const bundle = vm.load(program);
  for (const [key, facts] of family.workloads ?? []) bundle.putWorkload(key, encodeRecord(facts));
  for (const [key, facts] of family.subjects ?? []) bundle.putSubject(key, encodeRecord(facts));
  return bundle;
};

/** The event as the reference sees it: with the facts that it names. */
export const joined = (family: Family, { event, subject, workload }: Asked): Event => {
  const facts = [
    workload === undefined ? undefined : family.workloads?.get(workload),
    subject === undefined ? undefined : family.subjects?.get(subject),
  ];
  return joinFacts(event, ...facts.filter((fact) => fact !== undefined));
};
