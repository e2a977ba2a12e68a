/** Seeded randomness: fast, the same everywhere, and with a seed of its own for each batch. */

/** One round of splitmix32 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators"). */
function splitmix(state: number): number {
  let z = (state + 0x9e3779b9) | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return (z ^ (z >>> 15)) >>> 0;
}

/** The seed of the `index`-th batch of a run, so that one batch is repeated without those before it. */
export const batchSeed = (seed: number, index: number): number =>
  splitmix(splitmix(seed) ^ splitmix(index ^ 0x5bd1e995));

const rotate = (x: number, by: number): number => (x << by) | (x >>> (32 - by));

/** xoshiro128** (Blackman and Vigna: "Scrambled linear pseudorandom number generators"), seeded by splitmix32. */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private d: number;

  /** @param seed the lower 32 bits count */
  constructor(seed: number) {
    this.a = splitmix(seed);
    this.b = splitmix(this.a);
    this.c = splitmix(this.b);
    this.d = splitmix(this.c);
  }

  /** An unsigned 32-bit integer. */
  next(): number {
    const result = Math.imul(rotate(Math.imul(this.b, 5), 7), 9) >>> 0;
    const shifted = this.b << 9;
    this.c ^= this.a;
    this.d ^= this.b;
    this.b ^= this.c;
    this.a ^= this.d;
    this.c ^= shifted;
    this.d = rotate(this.d, 11);
    return result;
  }

  /** 0 to `n` - 1. */
  below(n: number): number {
    return Math.floor((this.next() / 0x1_0000_0000) * n);
  }

  /** `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  chance(probability: number): boolean {
    return this.next() < probability * 0x1_0000_0000;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)];
  }

  /** `count` draws; an item may come twice. */
  list<T>(count: number, make: () => T): T[] {
    return Array.from({ length: count }, make);
  }

  /** Different items in their order, each with the same probability; never none of a list that has some. */
  some<T>(items: readonly T[], probability: number): T[] {
    const chosen = items.filter(() => this.chance(probability));
    return chosen.length > 0 || items.length === 0 ? chosen : [this.pick(items)];
  }

  u64(): bigint {
    return (BigInt(this.next()) << 32n) | BigInt(this.next());
  }
}

/** The seed of this run: `LICTOR_SEED` or a new one. Print it. */
export function runSeed(): number {
  const given = process.env.LICTOR_SEED;
  if (given === undefined || given === '') return (Date.now() ^ (process.pid << 16)) >>> 0;
  const seed = Number(given);
  if (!Number.isInteger(seed) || seed < 0) throw new Error(`LICTOR_SEED is not a natural number: \`${given}\``);
  return seed >>> 0;
}
