/** The events of a recorded trace, whole: each joined with the facts of its process and workload as they stood then. */
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { readTrace, type Trace } from '../../shim/trace/reader.ts';
import { TRACE_MAGIC } from '../../shim/trace/format.ts';
import { decodeRecord, joinFacts, type Event } from '../../vm/event/index.ts';
import { Exit, Stop } from '../exit.ts';
import { size } from '../output/text.ts';
import type { Numbered } from './events.ts';
import { cannot } from './paths.ts';

/** A trace is read as a whole. */
const TRACE_BYTES = 2 ** 30;
const BATCH = 1024;

/** @returns whether the file begins like a trace; what cannot be read is none */
export function isTrace(path: string): boolean {
  try {
    const fd = openSync(path, 'r');
    try {
      const start = Buffer.alloc(TRACE_MAGIC.length);
      return (
        statSync(path).isFile() && readSync(fd, start) === start.length && start.toString('latin1') === TRACE_MAGIC
      );
    } finally {
      closeSync(fd);
    }
  } catch {
    return false;
  }
}

/** @throws Stop where it is missing, unreadable, too large, or no sound trace */
export function openTrace(path: string): Trace {
  let bytes: Uint8Array;
  try {
    const { size: length } = statSync(path);
    if (length > TRACE_BYTES)
      throw new Stop(Exit.Findings, `\`${path}\` has ${size(length)}; a trace may have ${size(TRACE_BYTES)}`);
    bytes = readFileSync(path);
  } catch (error) {
    throw error instanceof Stop ? error : cannot('read', path, error);
  }
  const trace = readTrace(bytes);
  if ('error' in trace) throw new Stop(Exit.Findings, `\`${path}\`: ${trace.error}`);
  return trace;
}

/**
 * @param path for messages
 * @returns batches in order; events are numbered from 1
 * @throws Stop with `event N: …` where a record is malformed, after the events before it
 */
export function* traceEvents(trace: Trace, path: string): Generator<Numbered[]> {
  const facts = { subject: new Map<bigint, Event>(), workload: new Map<bigint, Event>() };
  let batch: Numbered[] = [];
  let number = 0;
  for (const { type, key, bytes } of trace.entries) {
    if (type === 'end') facts.subject.delete(key);
    if (type === 'end' || type === 'lost') continue;
    const decoded = decodeRecord(bytes);
    if ('error' in decoded) {
      if (batch.length > 0) yield batch;
      const what = type === 'record' ? `event ${number + 1}` : `facts of a ${type} before event ${number + 1}`;
      throw new Stop(Exit.Findings, `\`${path}\`: ${what}: ${decoded.error}`);
    }
    if (type !== 'record') facts[type].set(key, decoded.event);
    else {
      const known = [facts.subject.get(decoded.subject), facts.workload.get(decoded.workload)];
      batch.push({
        number: ++number,
        event: joinFacts(decoded.event, ...known.filter((found) => found !== undefined)),
      });
      if (batch.length === BATCH) {
        yield batch;
        batch = [];
      }
    }
  }
  if (batch.length > 0) yield batch;
}
