/** An event as values: what the JSON form and the binary record both say. */
import type { Bytes } from '../bundle/normal.ts';

/**
 * By field type: string → Bytes; int, uint → bigint; bool → boolean; address → 16 Bytes; flags → bigint (bit set);
 * list → array of Bytes; map → array of alternating keys and values.
 */
export type Value = Bytes | bigint | boolean | readonly Bytes[];

export interface Event {
  /** Kind id of `vm/spec`. */
  readonly kind: number;
  /** Nanoseconds since 1970; undefined where it is not given. */
  readonly time: bigint | undefined;
  /** By field id. `event.kind` and `event.time` are not in it; derived fields only where they were given. */
  readonly values: ReadonlyMap<number, Value>;
  /** Texts that are written for values of which a part is hidden: redacted addresses, by field id. */
  readonly hidden?: ReadonlyMap<number, Bytes>;
}
