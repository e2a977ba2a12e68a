/** What an engine says of one event, in numbers. Both engines, the VM and the reference, return it. */
import type { Action } from '../spec/verdict.ts';

export interface PlaneDecision {
  readonly action: Action;
  /** Number of the policy that decides, -1 if nothing applies. */
  readonly policy: number;
  /** Number of the rule over the whole bundle, -1 for a default or nothing. */
  readonly rule: number;
  readonly default: boolean;
  /** Rules with `continue` that matched before the deciding one, ascending. */
  readonly matches: readonly number[];
}

export interface Decision {
  /** Of enforced policies alone. */
  readonly actual: PlaneDecision;
  /** Of enforced and observed policies together. */
  readonly asIf: PlaneDecision;
  /** Errno of the actual decision's failure, 0 where the operation passes. */
  readonly errno: number;
  /** Policies that were assumed to hold (semantics, section 5.7), ascending. */
  readonly assumed: readonly number[];
}
