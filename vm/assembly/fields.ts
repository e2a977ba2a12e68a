/**
 * The values of the event at hand, by field number, joined from its record and from the facts of its workload and subject.
 *
 *     | generation u32 | source u32 | pointer u32 | length u32 |     16 bytes a field; a number stands in place of the last two
 *
 * A field is there if its generation is the event's: nothing is cleared between events.
 */
import * as S from './generated/spec';

const ROW: u32 = 16;
const table: usize = memory.data(16 * 128, 16);
/** For each field the event that it was found to be absent in: a derived field is derived at most once. */
const absences: usize = memory.data(4 * 128, 8);

/** Where a value came from: what was classified once for a subject or workload holds only for values of their facts. */
export const INLINE: u32 = 0;
export const SUBJECT: u32 = 1;
export const WORKLOAD: u32 = 2;
export const MIXED: u32 = 3;

let generation: u32 = 0;

/** Forgets all values. */
export function beginEvent(): void {
  generation += 1;
  if (generation == 0) {
    memory.fill(table, 0, ROW * S.FIELD_COUNT);
    memory.fill(absences, 0, 4 * S.FIELD_COUNT);
    generation = 1;
  }
}

/** Number of the event at hand: what was computed under another one is stale. */
export function currentGeneration(): u32 {
  return generation;
}

/** Address of a field's row, which stays where it is. */
export function rowOf(field: u32): usize {
  return table + field * ROW;
}

export function isGiven(field: u32): bool {
  return load<u32>(table + field * ROW) == generation;
}
/** Whether deriving the field was tried in vain. */
export function isAbsent(field: u32): bool {
  return load<u32>(absences + field * 4) == generation;
}
export function setAbsent(field: u32): void {
  store<u32>(absences + field * 4, generation);
}
export function sourceOf(field: u32): u32 {
  return load<u32>(table + field * ROW, 4);
}
export function pointerOf(field: u32): usize {
  return load<u32>(table + field * ROW, 8);
}
export function lengthOf(field: u32): u32 {
  return load<u32>(table + field * ROW, 12);
}
export function valueOf(field: u32): u64 {
  return load<u64>(table + field * ROW, 8);
}

export function setText(field: u32, source: u32, pointer: usize, length: u32): void {
  const row = table + field * ROW;
  store<u32>(row, generation);
  store<u32>(row, source, 4);
  store<u32>(row, <u32>pointer, 8);
  store<u32>(row, length, 12);
}
export function setValue(field: u32, source: u32, value: u64): void {
  const row = table + field * ROW;
  store<u32>(row, generation);
  store<u32>(row, source, 4);
  store<u64>(row, value, 8);
}
