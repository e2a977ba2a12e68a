/**
 * The values of the event at hand, by field number, from its record and from the facts of its subject and workload.
 *
 *     | generation u32 | source u32 | pointer u32 | length u32 |     16 bytes a field; a number stands in place of the last two
 *
 * A field is there if its generation is the event's: nothing is cleared between events. The event's own fields are taken
 * when it begins. Facts lie prepared (facts.ts): a value of theirs is taken when it is first asked for.
 */
import { count, isCounting } from './counting';
import * as S from './generated/spec';

const ROW: u32 = 16;
const table: usize = memory.data(16 * 128, 16);
/** For each field the event that it was found to be absent in: a derived field is derived at most once. */
const absences: usize = memory.data(4 * 128, 8);

/** Where a value came from: the event itself, facts, or no one record. */
export const INLINE: u32 = 0;
const STORED: u32 = 1;
export const MIXED: u32 = 2;

/** Facts begin with the fields that they have, by bit, where their values are (8 bytes each, as in a row), and their key. */
export const FACTS_LOW: u32 = 0; // u64, fields 0 to 63
export const FACTS_HIGH: u32 = 8; // u64, fields 64 to 127
export const FACTS_VALUES: u32 = 16; // u32, address
export const FACTS_BLOCK: u32 = 20; // u32, address of the memory that they lie in
export const FACTS_KEY: u32 = 24; // u64

/** Facts that the event at hand names, 0 for none. */
export let subjectFacts: usize = 0;
export let workloadFacts: usize = 0;

/** Generations that a batch may begin with: behind them there are enough for its events. */
const LAST: u32 = u32.MAX_VALUE - (1 << 25);
/** What generations begin behind: in the counting build so that they begin anew all the time, and with numbers that were in use. */
const FIRST: u32 = isCounting() ? LAST - 50 : 0;
let generation: u32 = FIRST;

/** Forgets all values. */
export function beginEvent(): void {
  subjectFacts = 0;
  workloadFacts = 0;
  generation += 1;
}

/** Whether generations have to begin anew before the next batch. */
export function areGenerationsUsedUp(): bool {
  return generation > LAST;
}

/** Begins anew: whatever else has a generation must be cleared as well (generations.ts). */
export function restartGenerations(): void {
  memory.fill(table, 0, ROW * S.FIELD_COUNT);
  memory.fill(absences, 0, 4 * S.FIELD_COUNT);
  generation = FIRST;
}

/** Number of the event at hand: what was computed under another one is stale. */
export function currentGeneration(): u32 {
  return generation;
}

/** Address of a field's row, which stays where it is. */
export function rowOf(field: u32): usize {
  return table + field * ROW;
}

/** The field that has the row at an address. */
export function fieldOfRow(row: usize): u32 {
  return <u32>(row - table) / ROW;
}

/** Has the event take what it does not give itself from these facts, those of the subject first. */
export function useFacts(subject: usize, workload: usize): void {
  subjectFacts = subject;
  workloadFacts = workload;
}

/** Whether the facts have the field. */
export function hasFact(facts: usize, field: u32): bool {
  const fields = load<u64>(facts + (field < 64 ? FACTS_LOW : FACTS_HIGH));
  return ((fields >> (field & 63)) & 1) != 0;
}

export function isGiven(field: u32): bool {
  if (load<u32>(table + field * ROW) == generation) return true;
  if (subjectFacts && hasFact(subjectFacts, field)) take(subjectFacts, field);
  else if (workloadFacts && hasFact(workloadFacts, field)) take(workloadFacts, field);
  else return false;
  return true;
}

function take(facts: usize, field: u32): void {
  count(1);
  const low = load<u64>(facts, FACTS_LOW);
  const fields = field < 64 ? low : load<u64>(facts, FACTS_HIGH);
  let before = popcnt<u64>(fields & (((<u64>1) << (field & 63)) - 1));
  if (field >= 64) before += popcnt<u64>(low);
  setValue(field, STORED, load<u64>(load<u32>(facts, FACTS_VALUES) + <u32>before * 8));
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

/** Words that are read together are written together: a load that spans two stores waits for both. */
export function setText(field: u32, source: u32, pointer: usize, length: u32): void {
  setValue(field, source, (<u64>pointer) | ((<u64>length) << 32));
}
export function setValue(field: u32, source: u32, value: u64): void {
  const row = rowOf(field);
  store<u64>(row, (<u64>generation) | ((<u64>source) << 32));
  store<u64>(row, value, 8);
}
