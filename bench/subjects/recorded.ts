/** A recorded trace as it happened: real processes that begin, run a program and end, under the shipped rule library. */
import { readFileSync } from 'node:fs';
import { readTrace } from '../../shim/trace/reader.ts';
import { decodeRecord } from '../../vm/event/index.ts';
import type { Happening } from './comparison.ts';

/** @throws Error where the file is no sound trace */
export const recordedHappenings = (path: string): Happening[] => {
  const trace = readTrace(readFileSync(path));
  if ('error' in trace) throw new Error(`${path}: ${trace.error}`);
  return trace.entries.flatMap(({ type, key, bytes }): Happening[] => {
    if (type === 'lost') return [];
    if (type === 'end') return [{ is: 'end', key }];
    const decoded = decodeRecord(bytes);
    if ('error' in decoded) throw new Error(`${path}: ${decoded.error}`);
    const { event, subject, workload } = decoded;
    return [type === 'record' ? { is: 'event', event, subject, workload } : { is: type, key, facts: event }];
  });
};
