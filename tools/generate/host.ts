/** What the libraries of all languages need of the specification, so that each of them says it in its own words only. */
import {
  ERRORS,
  FIELDS,
  KINDS,
  LIMITS,
  NO_POLICY,
  NO_RULE,
  RECORD,
  RECORD_VERSION,
  RING,
  VERDICT,
  type FieldSpec,
} from '../../vm/spec/index.ts';

const ofTypes = (...types: readonly FieldSpec['type'][]): readonly FieldSpec[] =>
  FIELDS.filter(({ type }) => types.includes(type));

/** Kinds, with the one that facts are of. */
export const HOST_KINDS: readonly { readonly name: string; readonly id: number; readonly doc: string }[] = [
  { name: 'facts', id: 0, doc: 'of a subject or a workload' },
  ...KINDS,
];

/** Fields whose length has a limit. */
export const SIZED_FIELDS = ofTypes('string', 'list', 'map');
/** Fields whose slot holds an offset. */
export const POINTER_FIELDS = ofTypes('string', 'list', 'map', 'address');

/** Fields that are sets of flags; the bit of a flag is its place in `values`. */
export const FLAG_FIELDS = ofTypes('flags');
/** Their flags one by one, for languages in which each is a constant. */
export const FLAG_BITS: readonly { readonly field: string; readonly name: string; readonly bit: number }[] =
  FLAG_FIELDS.flatMap(({ name: field, values = [] }) => values.map((name, bit) => ({ field, name, bit })));

/** Numbers that stand for none. */
export const NONE = { noRule: NO_RULE, noPolicy: NO_POLICY };

/** Numbers of the interface, of the record and of what a verdict notes; bytes, offsets, counts. */
export const NUMBERS = {
  abiVersion: 1,
  verdictBytes: VERDICT.size,
  ringHeader: RING.header,
  recordHeader: RECORD.header,
  recordVersion: RECORD_VERSION,
  recordKindAt: RECORD.kind,
  recordVersionAt: RECORD.version,
  recordSlotsAt: RECORD.slots,
  recordTimeAt: RECORD.time,
  recordSubjectAt: RECORD.subject,
  recordWorkloadAt: RECORD.workload,
  recordSlotsMost: LIMITS.recordSlots.value,
  recordBytesMost: LIMITS.recordBytes.value,
  slotBytes: RECORD.slot,
  statusMemory: ERRORS.memory.code,
  statusKey: ERRORS.key.code,
  noteActual: 0x80000000,
  noteAsIf: 0x40000000,
  noteNumber: 0x3fffffff,
};
