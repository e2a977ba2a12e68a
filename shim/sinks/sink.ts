/** Where records of a live system go. */
import type { VerdictRecord } from '../../vm/host/verdict-record.ts';

/** A verdict record with what only a live system knows (contract, "A verdict record"). */
export interface LiveRecord extends VerdictRecord {
  /** The whole event record, facts joined. */
  readonly event: object;
  /** Unique over all runs. */
  readonly id: string;
  /** Counts from 1 in a run, without gaps. */
  readonly seq: number;
  readonly host: string;
  /** Records like this one that `rateLimit` left out since the last that was written; absent: none. */
  readonly repeated?: number;
  /** Digest of the bundle. */
  readonly bundle: string;
  /** What asked and answered: `fanotify`, `seccomp`, `cgroup`, `sensor`. */
  readonly mechanism: string;
  /** From the question's arrival to its answer. */
  readonly latency_ns: number;
}

export interface Sink {
  write(record: LiveRecord): void;
  /** Resolves once records cannot be written any more, with the reason; absent: whoever made the sink sees to it. */
  readonly broken?: Promise<string>;
  /** Everything that was written is handed over when it resolves; rejects where it could not be. */
  close(): Promise<void>;
}
