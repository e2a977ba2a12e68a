/** What the guard needs of a loaded bundle (`VmBundle` of vm/host): questions in, numbers out, nothing allocated. */
import type { Decision } from '../../vm/event/decision.ts';

export interface Engine {
  putSubject(key: bigint, record: Uint8Array): void;
  dropSubject(key: bigint): void;
  putWorkload(key: bigint, record: Uint8Array): void;
  /** A view of linear memory for records of `bytes`; taken anew for each batch. */
  input(bytes: number): Uint8Array;
  /** Decides the records in the first `length` bytes of the input area. @returns how many verdicts there are */
  evaluate(length: number): number;
  evaluateRing(length: number): number;
  action(i: number): number;
  flags(i: number): number;
  errno(i: number): number;
  asIfAction(i: number): number;
  decision(i: number): Decision;
}
