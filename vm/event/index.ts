/** Events: the JSON form, the binary record, derived fields. */
export type { Event, Value } from './event.ts';
export type { Decision, PlaneDecision } from './decision.ts';
export { eventToJson, parseEventLine } from './json.ts';
export { decodeRecord, encodeRecord, recordSize, type DecodedRecord, type RecordKeys } from './record.ts';
export { RecordWriter } from './record-writer.ts';
export { splitImage, valueOf } from './derive.ts';
export { joinFacts } from './facts.ts';
export { valueText } from './field-text.ts';
export { pairs } from './json.ts';
export { fieldById, fieldByName, fieldId, kindById, kindByName } from './fields.ts';
