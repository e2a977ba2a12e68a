/**
 * Events from JSON lines to records, and verdicts in words: for tools, beside the host, which reads records alone.
 *
 * @packageDocumentation
 */
export type { Decision, PlaneDecision } from '../../event/decision.ts';
export type { Event, Value } from '../../event/event.ts';
export { joinFacts } from '../../event/facts.ts';
export { eventToJson, parseEventLine } from '../../event/json.ts';
export { decodeRecord, type DecodedRecord, encodeRecord, type RecordKeys } from '../../event/record.ts';
export {
  type Match,
  type VerdictNames,
  type VerdictRecord,
  verdictRecord,
  type Would,
} from '../../host/verdict-record.ts';
