/** What a family of rules is: rules by number and seed, and events of which half match. */
import type { NormalForm } from '../../vm/bundle/normal.ts';
import type { Event, Value } from '../../vm/event/index.ts';
import { batchSeed, Random } from '../../test/generators/random.ts';

export type Values = Map<number, Value>;

/** An event, and the keys of stored facts that it names. */
export interface Asked {
  readonly event: Event;
  readonly subject?: bigint;
  readonly workload?: bigint;
}

/** Stored facts by key: events of kind 0. */
export type Facts = ReadonlyMap<bigint, Event>;

export interface Family {
  readonly normal: NormalForm;
  /** The first `count` events of a sequence that follows from the seed. */
  events(count: number): Asked[];
  readonly workloads?: Facts;
  readonly subjects?: Facts;
}

/**
 * @param n number of rules, 10 or more; from 100 on every shape of the family is among them
 * @param seed what the rules and the events follow from
 */
export type Generator = (n: number, seed: number) => Family;

/** What an event asks, before it has a time. */
export interface Question {
  readonly kind: number;
  readonly values: Values;
  readonly subject?: bigint;
  readonly workload?: bigint;
}

/** How many of the events are meant to match some rule, and how many of these the last one. */
const MATCHING = 0.5;
const LAST = 0.1;

const FIRST_TIME = 1_700_000_000_000_000_000n;

/**
 * The events of a family.
 * @param n number of rules
 * @param hit an event that a rule matches, by its number
 * @param miss an event that no rule matches
 */
export const asking =
  (n: number, seed: number, hit: (rule: number, r: Random) => Question, miss: (r: Random) => Question) =>
  (count: number): Asked[] => {
    const r = new Random(batchSeed(seed, n));
    return Array.from({ length: count }, (_, i) => {
      const matching = r.chance(MATCHING);
      const { kind, values, ...keys } = matching ? hit(r.chance(LAST) ? n - 1 : r.below(n), r) : miss(r);
      return { event: { kind, time: FIRST_TIME + BigInt(i), values }, ...keys };
    });
  };
