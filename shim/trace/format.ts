/**
 * The trace format (docs/trace-format.md): what the kernel said, with the facts that go with it, in order. Data only.
 *
 *     | "LICTRACE" | version u32 | header bytes u32 | header: JSON |     then entries:
 *     | size u32 | type u8 | 0 u8[3] | key u64 | size bytes, padded to 8 |
 */
export const TRACE_MAGIC = 'LICTRACE';
export const TRACE_VERSION = 1;

export const PREFIX_BYTES = 16;
export const ENTRY_BYTES = 16;

/** Largest header, and largest payload: a record's size (LIMITS.recordBytes). */
export const MAX_HEADER_BYTES = 65536;

/** In the order of their numbers, from 1. */
export const ENTRY_TYPES = ['record', 'subject', 'workload', 'end', 'lost'] as const;
export type EntryType = (typeof ENTRY_TYPES)[number];

export interface TraceHeader {
  /** When it was begun, RFC 3339. */
  readonly time: string;
  readonly host: string;
  /** Release of the kernel. */
  readonly kernel: string;
  readonly command: readonly string[];
  /** Kind names that were looked at: those that do not appear did not happen. */
  readonly kinds: readonly string[];
}

/** One entry. `key` is that of the subject or workload; 0 for `record` and `lost`. */
export interface TraceEntry {
  readonly type: EntryType;
  readonly key: bigint;
  /** A binary record; facts of kind 0; nothing for `end`; for `lost` the JSON of counts by kind name. */
  readonly bytes: Uint8Array;
}
