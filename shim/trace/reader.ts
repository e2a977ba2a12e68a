/** Reads traces. Nothing is believed: every length is held against the bytes that are there. */
import { LIMITS } from '../../vm/spec/index.ts';
import {
  ENTRY_BYTES,
  ENTRY_TYPES,
  MAX_HEADER_BYTES,
  PREFIX_BYTES,
  TRACE_MAGIC,
  TRACE_VERSION,
  type TraceEntry,
  type TraceHeader,
} from './format.ts';

export interface Trace {
  readonly header: TraceHeader;
  readonly entries: readonly TraceEntry[];
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((text) => typeof text === 'string');

const parseHeader = (text: string): TraceHeader | null => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { time, host, kernel, command, kinds } = value as Record<string, unknown>;
  if (typeof time !== 'string' || typeof host !== 'string' || typeof kernel !== 'string') return null;
  return isTexts(command) && isTexts(kinds) ? { time, host, kernel, command, kinds } : null;
};

/** @returns the trace, whose entries are views of `bytes`; or where and why it is none */
export const readTrace = (bytes: Uint8Array): Trace | { readonly error: string } => {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.length < PREFIX_BYTES || view.toString('latin1', 0, 8) !== TRACE_MAGIC) return { error: 'not a trace' };
  const version = view.readUInt32LE(8);
  if (version !== TRACE_VERSION) return { error: `a trace of version ${version}, this reader knows ${TRACE_VERSION}` };
  const headerBytes = view.readUInt32LE(12);
  if (headerBytes > MAX_HEADER_BYTES || PREFIX_BYTES + headerBytes > view.length)
    return { error: 'the header of the trace is cut or too long' };
  const header = parseHeader(view.toString('utf8', PREFIX_BYTES, PREFIX_BYTES + headerBytes));
  if (!header) return { error: 'the header of the trace is malformed' };

  const entries: TraceEntry[] = [];
  for (let at = PREFIX_BYTES + headerBytes; at < view.length;) {
    const fail = (what: string): { readonly error: string } => ({ error: `trace entry at byte ${at}: ${what}` });
    if (at + ENTRY_BYTES > view.length) return fail('cut');
    const size = view.readUInt32LE(at);
    const type = ENTRY_TYPES[view.readUInt8(at + 4) - 1];
    if (!type) return fail('unknown type');
    if (view.readUIntLE(at + 5, 3) !== 0) return fail('reserved bytes are not zero');
    if (size > LIMITS.recordBytes.value) return fail('too long');
    const start = at + ENTRY_BYTES;
    if (start + size > view.length) return fail('cut');
    entries.push({ type, key: view.readBigUInt64LE(at + 8), bytes: bytes.subarray(start, start + size) });
    at = start + ((size + 7) & ~7);
  }
  return { header, entries };
};
