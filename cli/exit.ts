/** Exit codes: a promise to scripts (docs/cli.md). */
export enum Exit {
  /** Fine, or allowed. */
  Ok = 0,
  /** Lictor itself failed: it could not read, write or start something. */
  Failed = 1,
  /** `explain`, or `eval` of exactly one event, and its effect was not allow. */
  NotAllowed = 2,
  /** Errors in policies or input, failing tests, unformatted files, enforcement missing. */
  Findings = 3,
  /** Wrong usage: an unknown command or flag, a missing or senseless argument. */
  Usage = 64,
  /** `run` could not start or guard the workload. */
  NotGuarded = 125,
}

/** An end that a command decides on: the top level prints it and leaves with its code. Never leaves cli/. */
export class Stop extends Error {
  /**
   * @param exit the exit code
   * @param message lower case, no final period, the user's text in backticks
   * @param help what to do about it
   */
  constructor(
    readonly exit: Exit,
    message: string,
    readonly help: string | null = null,
  ) {
    super(message);
  }
}
