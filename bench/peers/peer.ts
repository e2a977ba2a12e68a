/** What every engine that the benchmark compares with is behind. */

/** A rule that denies: both of its conditions, where it has both, are equalities. */
export interface PeerRule {
  readonly program?: string;
  readonly file?: string;
}

export interface PeerEvent {
  readonly program: string;
  readonly file: string;
}

/** An engine in this process, with its rules in the fastest form that its interface offers. */
export interface InProcess {
  /** Whether a rule denies the event. */
  decide(event: PeerEvent): boolean | Promise<boolean>;
}

/** An engine in a process of its own, which takes all events at once and keeps the time itself. */
export interface OutOfProcess {
  /** Decides all events, over and over for about `milliseconds`. */
  measure(events: readonly PeerEvent[], milliseconds: number): Measured;
}

export interface Measured {
  readonly denied: readonly boolean[];
  /** Nanoseconds an event, the median round. */
  readonly ns: number;
}

export interface Peer {
  readonly name: string;
  /** Rules beyond which it is not tried, because preparing them is known to take minutes. */
  readonly most: number;
  /**
   * @param rules all deny; whatever none of them matches is allowed
   * @throws Unavailable where this machine lacks what the engine needs
   */
  prepare(rules: readonly PeerRule[]): Promise<InProcess | OutOfProcess>;
}

/** An engine that cannot be had here, and why; it is left out. */
export class Unavailable extends Error {}
