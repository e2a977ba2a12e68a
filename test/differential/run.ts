/** Random bundles and events through both engines: the body of the test and of the long run. */
import { createVm, type Vm } from '../../vm/host/index.ts';
import { EventSource } from '../generators/event.ts';
import { randomNormalForm } from '../generators/policy.ts';
import { batchSeed, Random } from '../generators/random.ts';
import { deliver, type Case, type Delivery } from './case.ts';
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
const AGAIN = 20;

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
  const vm = createVm();
  const first = failureOf(vm, start);
  if (first === null) return null;
  const trap = (what: string): boolean => !what.startsWith('the ');
  return shrink(start, (candidate) => {
    const what = failureOf(vm, candidate);
    return what !== null && trap(what) === trap(first);
  });
}

/** A bundle that stays loaded while the next one is evaluated. */
interface Loaded {
  readonly pair: Pair;
  readonly deliveries: readonly Delivery[];
}

/** One batch: a bundle and events for it, and once more some events of the bundle before. */
function batch(vm: Vm, seed: number, number: number, outcome: Outcome, previous: Loaded | null): Loaded | null {
  const r = new Random(batchSeed(seed, number));
  const { normal, focus } = randomNormalForm(r);
  const source = new EventSource(r, normal, focus);
  const deliveries = r.list(EVENTS, () => deliver(r, source.next()));
  const fail = (what: string, at: number): null => {
    outcome.failure = { batch: number, what, smallest: smallest({ normal, delivery: deliveries[at] }) };
    return null;
  };
  try {
    const pair = Pair.load(vm, normal);
    outcome.bundles++;
    if (!(pair instanceof Pair)) {
      outcome.refused++;
      return previous;
    }
    const difference = r.chance(0.25) ? pair.compareRing(r, deliveries) : pair.compare(deliveries);
    outcome.pairs += deliveries.length;
    if (difference !== null) return fail(difference.what, difference.at);
    if (r.chance(0.2)) {
      const forgotten = pair.compareForgotten(r, deliveries);
      if (forgotten !== null) return fail(`after facts were dropped, ${forgotten.what}`, forgotten.at);
    }
    const again = previous?.pair.compare(previous.deliveries.slice(0, AGAIN)) ?? null;
    if (again !== null) return fail(`the bundle before, ${again.what}`, 0);
    previous?.pair.unload();
    return { pair, deliveries };
  } catch (error) {
    return fail(error instanceof Error ? (error.stack ?? error.message) : String(error), 0);
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
  const vm = createVm();
  let previous: Loaded | null = null;
  for (let number = first; outcome.pairs < pairs && outcome.failure === null; number++) {
    previous = batch(vm, seed, number, outcome, previous);
    if (number % 256 === 255) progress(outcome);
  }
  return outcome;
}
