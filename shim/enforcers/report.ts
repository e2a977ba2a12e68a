/** What the guard tells the main thread, which logs: a closed union. Bytes are copies. */
import type { Decision } from '../../vm/event/decision.ts';

/** How an answer reached the operation. */
export type Mechanism = 'fanotify' | 'seccomp' | 'cgroup' | 'sensor';

export interface VerdictReport {
  readonly type: 'verdict';
  /** The question that decided. */
  readonly record: Uint8Array;
  /** Facts of the process, empty where they stand in the record. */
  readonly subject: Uint8Array;
  readonly decision: Decision;
  readonly mechanism: Mechanism;
  /** The operation had taken effect already. */
  readonly after: boolean;
  /** Why the effect is weaker than the action, or null. */
  readonly degraded: string | null;
  /** From the question's arrival to its answer. */
  readonly latencyNs: number;
}

export type Report =
  | { readonly type: 'ready' }
  | VerdictReport
  /** For traces: entries as they came, in order. */
  | {
      readonly type: 'entry';
      readonly entry: 'record' | 'subject' | 'end';
      readonly key: bigint;
      readonly bytes: Uint8Array;
    }
  | { readonly type: 'lost'; readonly kind: string; readonly count: number }
  | { readonly type: 'notice'; readonly text: string }
  /** The guard ended; `error` says why it had to. */
  | { readonly type: 'end'; readonly error: string | null };
