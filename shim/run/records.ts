/** From what the guard reports to records: the only place of the shim that makes JSON of an event. */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Bundle } from '../../vm/bundle/index.ts';
import {
  decodeRecord,
  eventToJson,
  joinFacts,
  type DecodedRecord,
  type Event,
  type Value,
} from '../../vm/event/index.ts';
import type { Redact } from '../../vm/event/redact.ts';
import { verdictRecord } from '../../vm/host/verdict-record.ts';
import type { VerdictReport } from '../enforcers/report.ts';
import { RateLimit } from './rate-limit.ts';
import type { Sink } from '../sinks/sink.ts';

const decode = (bytes: Uint8Array): DecodedRecord => {
  const decoded = decodeRecord(bytes);
  if ('error' in decoded) throw new Error(`BUG: the guard reported a record that is none: ${decoded.error}`);
  return decoded;
};

export interface LiveRecords {
  /** Records that were written. */
  readonly count: number;
  write(report: VerdictReport): void;
}

/**
 * @param workload facts that each event is joined with
 * @param redact what is done to an event before it is written; null: nothing
 */
export const liveRecords = (
  bundle: Bundle,
  workload: ReadonlyMap<number, Value>,
  sink: Sink,
  redact: Redact | null,
): LiveRecords => {
  const run = randomBytes(8).toString('hex');
  const host = hostname();
  const facts: Event = { kind: 0, time: undefined, values: workload };
  const limit = new RateLimit(bundle.manifest.rules);
  let count = 0;
  return {
    get count() {
      return count;
    },
    write: (report) => {
      const subject = report.subject.length > 0 ? [decode(report.subject).event] : [];
      const record = decode(report.record);
      const whole = joinFacts(record.event, facts, ...subject);
      const repeated = limit.admit(report.decision, whole, record.subject);
      if (repeated < 0) return;
      const event = redact ? redact(whole) : whole;
      count++;
      const verdict = verdictRecord(bundle.manifest, report.decision, event);
      sink.write({
        ...verdict,
        // nothing can be refused any more; what `kill`, `isolate` and `stop` do beside that, they did
        effect: report.after && verdict.effect === 'deny' ? 'allow' : verdict.effect,
        errno: report.after ? null : verdict.errno,
        degraded: report.degraded,
        event: eventToJson(event),
        id: `${run}-${count}`,
        seq: count,
        host,
        ...(repeated > 0 && { repeated }),
        bundle: bundle.digest,
        mechanism: report.mechanism,
        latency_ns: report.latencyNs,
      });
    },
  };
};
