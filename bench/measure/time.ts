/** Nanoseconds an event, in batches of records that lie in the VM's memory, as a ring's consumer hands them over. */
import type { VmBundle } from '../../vm/host/index.ts';
import type { Records } from './records.ts';

/** Events of a batch. */
const BATCH = 256;

/** One pass over all records in batches. */
export const passOf = (bundle: VmBundle, { bytes, starts }: Records): (() => void) => {
  bundle.input(bytes.length).set(bytes);
  const events = starts.length - 1;
  return () => {
    for (let from = 0; from < events; from += BATCH) {
      const to = Math.min(events, from + BATCH);
      const done = bundle.evaluate(starts[to], starts[from]);
      // what events note can fill its array before the batch ends
      for (let at = from + done; at < to;) at += bundle.evaluate(starts[to], starts[at]);
    }
  };
};

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
};

/**
 * Nanoseconds of processor time that one pass took: what else runs on the machine does not count, but for the caches that
 * it shares.
 */
export const timed = (pass: () => void): number => {
  const start = process.cpuUsage();
  pass();
  const { user, system } = process.cpuUsage(start);
  return (user + system) * 1000;
};
