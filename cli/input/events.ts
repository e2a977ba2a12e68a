/** Event records: NDJSON from a file or standard input, or a recorded trace. */
import { createReadStream } from 'node:fs';
import type { Event } from '../../vm/event/event.ts';
import { parseEventLine } from '../../vm/event/index.ts';
import type { Option } from '../command.ts';
import { Exit, Stop } from '../exit.ts';
import type { Io } from '../output/io.ts';
import { lines, type Line } from './lines.ts';
import { cannot } from './paths.ts';
import { isTrace, openTrace, traceEvents } from './trace.ts';

export const EVENTS_OPTION = {
  type: 'text',
  value: 'FILE',
  completes: 'file',
  doc: 'event records as NDJSON, or a recorded trace; default: standard input',
} as const satisfies Option;

export interface Numbered {
  /** Line number, or number of the event in a trace. */
  readonly number: number;
  readonly event: Event;
}

/** Events of lines up to the first malformed one, and what is wrong with that. */
function parse(batch: readonly Line[]): { events: Numbered[]; failure: Stop | null } {
  const events: Numbered[] = [];
  for (const { number, text } of batch) {
    const parsed = parseEventLine(text);
    if ('error' in parsed) {
      return { events, failure: new Stop(Exit.Findings, `line ${number}: ${parsed.error}`) };
    }
    events.push({ number, event: parsed.event });
  }
  return { events, failure: null };
}

/**
 * @param path of the file; undefined: standard input
 * @returns batches in order, each as large as what one read brought
 * @throws Stop with `line N: …` or `event N: …` at the first malformed one, after the events before it
 */
export async function* readEvents(path: string | undefined, io: Io): AsyncGenerator<Numbered[]> {
  if (path !== undefined && isTrace(path)) {
    yield* traceEvents(openTrace(path), path);
    return;
  }
  const stream = path === undefined || path === '-' ? io.stdin : createReadStream(path, { highWaterMark: 1 << 18 });
  try {
    for await (const batch of lines(stream)) {
      const { events, failure } = parse(batch);
      if (events.length > 0) yield events;
      if (failure) throw failure;
    }
  } catch (error) {
    throw error instanceof Stop || path === undefined ? error : cannot('read', path, error);
  }
}
