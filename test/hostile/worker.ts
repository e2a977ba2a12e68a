/** Runs hostile input in a thread of its own, so that a hang is seen from outside. */
import { parentPort, workerData } from 'node:worker_threads';
import { HostileFailure, programs, records, type HostileCase, type Tally } from './run.ts';

export interface Order {
  readonly what: 'programs' | 'records';
  readonly seed: number;
  readonly from: number;
  readonly count: number;
  /** One word: the number of the input under test. */
  readonly beat: SharedArrayBuffer;
}
export type Answer = { readonly tally: Tally } | { readonly failure: string; readonly found: HostileCase | null };

const order = workerData as Order;
const beat = new Int32Array(order.beat);
let answer: Answer;
try {
  const work = order.what === 'programs' ? programs : records;
  answer = { tally: work(order.seed, order.from, order.count, (n) => Atomics.store(beat, 0, n)) };
} catch (error) {
  if (!(error instanceof HostileFailure)) throw error;
  answer = { failure: error.message, found: error.found };
}
parentPort?.postMessage(answer);
