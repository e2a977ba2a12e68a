/** Whether the VM and the reference interpreter say the same about events. */
import type { VmBundle } from '../../vm/host/index.ts';
import { sameDecision } from '../../test/differential/same.ts';
import type { Asked, Family } from '../families/index.ts';
import { oracle } from './oracle.ts';
import { encode, joined } from './records.ts';

export interface Agreement {
  /** Events that were compared. */
  readonly compared: number;
  /** Of them, decided by a rule; and by the last one. */
  readonly matched: number;
  readonly last: number;
}

/**
 * Compares until the time is up.
 * @param seconds for the reference
 * @throws Error at the first difference
 */
export const compare = (bundle: VmBundle, family: Family, asked: readonly Asked[], seconds: number): Agreement => {
  const decide = oracle(family.normal);
  const rules = family.normal.policies.reduce((sum, policy) => sum + policy.rules.length, 0);
  const until = performance.now() + seconds * 1000;
  let [compared, matched, last] = [0, 0, 0];
  for (const one of asked) {
    if (performance.now() > until) break;
    const { bytes } = encode([one]);
    bundle.input(bytes.length).set(bytes);
    bundle.evaluate(bytes.length);
    const event = joined(family, one);
    const [given, wanted] = [bundle.decision(0), decide(event)];
    if (!sameDecision(given, wanted)) {
      const says = `the VM says ${JSON.stringify(given)}, the reference ${JSON.stringify(wanted)}`;
      throw new Error(`BUG: event ${compared}: ${says}: ${JSON.stringify([...event.values], bigints)}`);
    }
    compared++;
    if (wanted.actual.rule >= 0) matched++;
    if (wanted.actual.rule === rules - 1) last++;
  }
  return { compared, matched, last };
};

const bigints = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);
