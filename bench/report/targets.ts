/** What is promised of the cost of verdicts, each with the worst that a run measured. */
import { BASE, casesOf, toLimit, type Case } from './result.ts';

export interface Target {
  readonly what: string;
  readonly families: readonly string[];
  readonly most: number;
  /** The figure of a case, undefined where it has none. */
  of(one: Case, base: Case): number | undefined;
  /** Numbers of rules that it is promised for. */
  readonly at: (rules: number) => boolean;
  /** At least instead of at most. */
  readonly least?: true;
  readonly unit?: string;
}

const A = ['a', 'a-grid'];
const E = ['e-acl', 'e-fw', 'e-ipc'];
const G = ['g', 'g-inline'];
const is =
  (...sizes: readonly number[]) =>
  (rules: number): boolean =>
    sizes.includes(rules);

/** Kinds of (h) that neither globs nor expressions nor networks are about. */
const PLAIN = ['file.map_exec', 'cap'];

/** The largest growth of a bound, of all kinds or of those that are named. */
const boundGrowth = (one: Case, base: Case, kinds?: readonly string[]): number =>
  Math.max(
    ...Object.entries(one.bounds)
      .filter(([kind]) => kinds === undefined || kinds.includes(kind))
      .map(([kind, bound]) => bound / (base.bounds[kind] ?? bound)),
  );

export const TARGETS: readonly Target[] = [
  {
    what: 'bound × that at 10²',
    families: [...A, 'b', 'f', ...G],
    most: 1,
    at: is(1e6),
    of: (one, base) => boundGrowth(one, base),
  },
  {
    what: 'bound × that at 10², kinds without globs, expressions and networks',
    families: ['h'],
    most: 1,
    at: is(1e6),
    of: (one, base) => boundGrowth(one, base, PLAIN),
  },
  {
    what: 'mean steps × those at 10²',
    families: [...A, 'b', 'f', ...G, 'h'],
    most: 1.3,
    at: is(1e4),
    of: (one, base) => one.mean / base.mean,
  },
  {
    what: 'mean steps × those at 10²',
    families: [...A, 'b', 'f', ...G, 'h'],
    most: 1.5,
    at: is(1e6),
    of: (one, base) => one.mean / base.mean,
  },
  { what: 'mean steps × those at 10²', families: E, most: 2, at: is(1e5), of: (one, base) => one.mean / base.mean },
  {
    what: 'largest steps × those at 10²',
    families: E,
    most: 5,
    at: is(1e5),
    of: (one, base) => one.largest / base.largest,
  },
  { what: 'time × the native limit', families: A, most: 1.8, at: is(10, 100, 1000, 1e4), of: toLimit },
  { what: 'time × the native limit', families: A, most: 1.2, at: is(1e5), of: toLimit },
  { what: 'time × the native limit', families: A, most: 1, at: is(1e6), of: toLimit },
  {
    what: 'time × that at 10²',
    families: [...A, 'b', 'f', ...G],
    most: 1.5,
    at: is(1e4),
    of: (one, base) => one.ns / base.ns,
  },
  { what: 'time × that at 10²', families: ['c', 'h'], most: 1.8, at: is(1e4), of: (one, base) => one.ns / base.ns },
  { what: 'time × that at 10²', families: E, most: 4, at: is(1e5), of: (one, base) => one.ns / base.ns },
  {
    what: 'time × that at 10²',
    families: [...A, 'b', 'f', ...G, 'h'],
    most: 6,
    at: is(1e6),
    of: (one, base) => one.ns / base.ns,
  },
  {
    what: 'one event without a batch',
    families: [...A, 'b', 'f', ...G, 'h'],
    most: 1000,
    unit: 'ns',
    at: is(1e4),
    of: (one) => one.singleNs,
  },
  {
    what: 'bytes a rule beyond its strings',
    families: [...A, 'b', 'f', ...G],
    most: 64,
    at: is(1e6),
    of: (one) => one.bytesPerRule,
  },
  { what: 'bytes a rule beyond its strings', families: E, most: 112, at: is(1e6), of: (one) => one.bytesPerRule },
  { what: 'compile from normal form', families: [], most: 60, unit: 's', at: is(1e6), of: (one) => one.compileSeconds },
  { what: 'memory to compile', families: [], most: 4096, unit: 'MB', at: is(1e6), of: (one) => one.peakMegabytes },
  {
    what: 'load and verify',
    families: [],
    most: 500,
    unit: 'MB/s',
    least: true,
    at: is(1e4, 1e5, 1e6),
    of: (one) => one.loadMegabytes,
  },
];

export interface Outcome {
  readonly target: Target;
  /** Of all cases that it is promised for, the one that is farthest off. */
  readonly worst: Case;
  readonly value: number;
  readonly met: boolean;
  /** Families that keep it, and those that do not. */
  readonly kept: readonly string[];
  readonly broken: readonly string[];
}

/** @returns the targets that the run has cases for */
export const outcomes = (cases: readonly Case[]): Outcome[] =>
  TARGETS.flatMap((target) => {
    const sign = target.least ? -1 : 1;
    const found = cases.flatMap((one) => {
      if (!target.at(one.rules) || (target.families.length > 0 && !target.families.includes(one.family))) return [];
      const base = casesOf(cases, one.family).find(({ rules }) => rules === BASE);
      const value = base && target.of(one, base);
      return value === undefined ? [] : [{ one, value, met: sign * value <= sign * target.most * 1.0001 }];
    });
    if (found.length === 0) return [];
    const worst = found.reduce((a, b) => (sign * b.value > sign * a.value ? b : a));
    const families = (met: boolean): string[] => [
      ...new Set(found.filter((f) => f.met === met).map((f) => f.one.family)),
    ];
    const broken = families(false);
    const kept = families(true).filter((family) => !broken.includes(family));
    return [{ target, worst: worst.one, value: worst.value, met: broken.length === 0, kept, broken }];
  });
