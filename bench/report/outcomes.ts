/** Holds the figures of a run against what is promised. */
import { BASE, casesOf, type Case, type Result } from './result.ts';
import { power } from './tables.ts';

/** A figure that a promise is held against. */
export interface Figure {
  /** Whose it is, as the document names it: a family in parentheses, a row of another table. */
  readonly of: string;
  /** Number of rules, where the promise is for several. */
  readonly rules?: number;
  readonly value: number;
}

export interface Target {
  readonly what: string;
  readonly most: number;
  /** At least instead of at most. */
  readonly least?: true;
  readonly unit?: string;
  /** All that it is promised for; none where the run did not measure it. */
  figures(result: Result): readonly Figure[];
}

interface OfCases extends Omit<Target, 'figures'> {
  /** None: all. */
  readonly families: readonly string[];
  /** Numbers of rules that it is promised for. */
  readonly at: readonly number[];
  /** Number of rules that cases are compared with. */
  readonly base?: number;
  /** The figure of a case, undefined where it has none. */
  of(one: Case, base: Case): number | undefined;
}

/** A target for families with some numbers of rules. */
export const ofCases = ({ families, at, base = BASE, of, what, ...limit }: OfCases): Target => ({
  ...limit,
  what: `${what}, at ${at.map(power).join(', ')}`,
  figures: ({ cases }) =>
    cases.flatMap((one) => {
      if (!at.includes(one.rules) || (families.length > 0 && !families.includes(one.family))) return [];
      const first = casesOf(cases, one.family).find(({ rules }) => rules === base);
      const value = first && of(one, first);
      return value === undefined ? [] : [{ of: `(${one.family})`, rules: one.rules, value }];
    }),
});

export interface Outcome {
  readonly target: Target;
  /** Of all figures the one that is farthest off. */
  readonly worst: Figure;
  readonly met: boolean;
  /** Those that keep it, and those that do not. */
  readonly kept: readonly string[];
  readonly broken: readonly string[];
}

/** Beyond a limit by less is rounding. */
const ROUNDING = 1.0001;

/** @returns what came of the targets that the run has figures for */
export const outcomes = (targets: readonly Target[], result: Result): Outcome[] =>
  targets.flatMap((target) => {
    const figures = target.figures(result);
    if (figures.length === 0) return [];
    const isMet = ({ value }: Figure): boolean =>
      target.least ? value * ROUNDING >= target.most : value <= target.most * ROUNDING;
    const isWorse = (a: Figure, b: Figure): boolean => (target.least ? a.value < b.value : a.value > b.value);
    const broken = [...new Set(figures.filter((figure) => !isMet(figure)).map((figure) => figure.of))];
    const kept = [...new Set(figures.map((figure) => figure.of))].filter((of) => !broken.includes(of));
    const worst = figures.reduce((a, b) => (isWorse(b, a) ? b : a));
    return [{ target, worst, met: broken.length === 0, kept, broken }];
  });
