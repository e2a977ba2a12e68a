/** Writes traces. */
import type { Writable } from 'node:stream';
import {
  ENTRY_BYTES,
  ENTRY_TYPES,
  PREFIX_BYTES,
  TRACE_MAGIC,
  TRACE_VERSION,
  type TraceEntry,
  type TraceHeader,
} from './format.ts';

/** The beginning of a trace. */
export const encodeTraceHeader = (header: TraceHeader): Uint8Array => {
  const json = Buffer.from(JSON.stringify(header));
  const bytes = Buffer.alloc(PREFIX_BYTES + json.length);
  bytes.write(TRACE_MAGIC, 'latin1');
  bytes.writeUInt32LE(TRACE_VERSION, 8);
  bytes.writeUInt32LE(json.length, 12);
  json.copy(bytes, PREFIX_BYTES);
  return bytes;
};

export const encodeTraceEntry = ({ type, key, bytes }: TraceEntry): Uint8Array => {
  const entry = Buffer.alloc(ENTRY_BYTES + ((bytes.length + 7) & ~7));
  entry.writeUInt32LE(bytes.length, 0);
  entry.writeUInt8(ENTRY_TYPES.indexOf(type) + 1, 4);
  entry.writeBigUInt64LE(key, 8);
  entry.set(bytes, ENTRY_BYTES);
  return entry;
};

/** @param stream stays open: whoever opened it ends it */
export class TraceWriter {
  /** Records written, facts not counted. */
  records = 0;

  constructor(
    readonly stream: Writable,
    header: TraceHeader,
  ) {
    stream.write(encodeTraceHeader(header));
  }

  write(entry: TraceEntry): void {
    if (entry.type === 'record') this.records++;
    this.stream.write(encodeTraceEntry(entry));
  }
}
