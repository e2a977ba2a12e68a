/** Random bundles and events through both engines: the body of the test and of the long run. */
import { Vm } from '../../vm/host/index.ts';
import { EventSource } from '../generators/event.ts';
import { randomNormalForm } from '../generators/policy.ts';
import { batchSeed, Random } from '../generators/random.ts';
import { deliver, type Case } from './case.ts';
import { Pair } from './engines.ts';
import { shrink } from './shrink.ts';

export interface Failure {
  /** Number of the batch: with the seed it repeats the failure. */
  readonly batch: number;
  readonly what: string;
  /** The smallest case found; null where the failure needs its batch. */
  readonly smallest: Case | null;
}

export interface Outcome {
  pairs: number;
  bundles: number;
  /** Bundles for which there is no plan within the budget. */
  refused: number;
  failure: Failure | null;
}

const EVENTS = 200;

/** What one case alone shows, or null; the text names the kind of failure. */
export function failureOf(vm: Vm, { normal, delivery }: Case): string | null {
  try {
    const pair = Pair.load(vm, normal);
    if (!(pair instanceof Pair)) return null;
    try {
      return pair.compare([delivery])?.what ?? null;
    } finally {
      pair.unload();
    }
  } catch (error) {
    return String(error);
  }
}

function smallest(start: Case): Case | null {
  // A fresh VM: a failure may have left the other one in a state of its own.
  const vm = Vm.create();
  const first = failureOf(vm, start);
  if (first === null) return null;
  const trap = (what: string): boolean => !what.startsWith('the ');
  return shrink(start, (candidate) => {
    const what = failureOf(vm, candidate);
    return what !== null && trap(what) === trap(first);
  });
}

/** One batch: a bundle and events for it. */
function batch(vm: Vm, seed: number, number: number, outcome: Outcome): void {
  const r = new Random(batchSeed(seed, number));
  const { normal, focus } = randomNormalForm(r);
  const source = new EventSource(r, normal, focus);
  const deliveries = r.list(EVENTS, () => deliver(r, source.next()));
  const fail = (what: string, at: number): void => {
    outcome.failure = { batch: number, what, smallest: smallest({ normal, delivery: deliveries[at] }) };
  };
  try {
    const pair = Pair.load(vm, normal);
    outcome.bundles++;
    if (!(pair instanceof Pair)) {
      outcome.refused++;
      return;
    }
    const ring = r.chance(0.25);
    const difference = ring ? pair.compareRing(r, deliveries) : pair.compare(deliveries);
    outcome.pairs += deliveries.length;
    if (difference !== null) fail(difference.what, difference.at);
    pair.unload();
  } catch (error) {
    fail(error instanceof Error ? (error.stack ?? error.message) : String(error), 0);
  }
}

/**
 * @param seed of the run
 * @param pairs how many decisions to compare
 * @param first number of the first batch: repeats a failure without those before it
 * @param progress called now and then
 */
export function run(seed: number, pairs: number, first = 0, progress: (outcome: Outcome) => void = () => {}): Outcome {
  const outcome: Outcome = { pairs: 0, bundles: 0, refused: 0, failure: null };
  const vm = Vm.create();
  for (let number = first; outcome.pairs < pairs && outcome.failure === null; number++) {
    batch(vm, seed, number, outcome);
    if (number % 256 === 255) progress(outcome);
  }
  return outcome;
}
