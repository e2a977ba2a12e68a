/** Ratios of a run against those that were kept: times of machines cannot be compared, how they grow can. */
import { casesOf, toBase, toLimit, type Case } from './result.ts';

/** What is kept of a case. */
interface Ratios {
  readonly mean: number;
  readonly largest: number;
  readonly toBase?: number;
  readonly toLimit?: number;
  readonly bytesPerRule: number;
}
export type Baseline = Readonly<Record<string, Ratios>>;

/** A change that is less is taken for noise. */
const NOISE = 0.15;

const rounded = (value: number | undefined): number | undefined =>
  value === undefined ? undefined : Number(value.toPrecision(3));

/** What is kept of a run. */
export const baselineOf = (cases: readonly Case[]): Baseline =>
  Object.fromEntries(
    cases.map((one) => [
      `${one.family} ${one.rules}`,
      {
        mean: rounded(one.mean)!,
        largest: one.largest,
        toBase: rounded(toBase(casesOf(cases, one.family), one)),
        toLimit: rounded(toLimit(one)),
        bytesPerRule: rounded(one.bytesPerRule)!,
      },
    ]),
  );

/** @returns a line for each ratio that changed by more than noise */
export const changes = (kept: Baseline, now: Baseline): string[] =>
  Object.entries(now).flatMap(([name, ratios]) => {
    const before = kept[name] as Partial<Ratios> | undefined;
    if (before === undefined) return [];
    return Object.entries(ratios).flatMap(([what, after]: [string, number | undefined]) => {
      const was = before[what as keyof Ratios];
      if (was === undefined || after === undefined || Math.abs(after / was - 1) <= NOISE) return [];
      return [`(${name.replace(' ', ') ')} rules: ${NAMES[what as keyof Ratios]} ${was} before, ${after} now`];
    });
  });

const NAMES: Readonly<Record<keyof Ratios, string>> = {
  mean: 'steps, mean,',
  largest: 'steps, largest,',
  toBase: 'time as a multiple of that with 100 rules',
  toLimit: 'time as a multiple of the native limit',
  bytesPerRule: 'bytes a rule',
};
