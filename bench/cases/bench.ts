/** Prepares and times families at their sizes, one family after the other, so that little stands on disk. */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { FAMILIES } from '../families/index.ts';
import { buildLimit } from '../limit/limit.ts';
import type { Case, Result } from '../report/result.ts';
import { prepare, type Effort } from './prepare.ts';
import { timeCase } from './timing.ts';

export interface Plan {
  /** Letters of families; all where it is empty. */
  readonly families: readonly string[];
  /** Numbers of rules; a family with a limit below the largest goes up to its limit. */
  readonly sizes: readonly number[];
  readonly effort: Effort;
}

/** The sizes that a family with at most `most` rules is measured at. */
const sizesOf = (sizes: readonly number[], most: number): number[] => {
  const within = sizes.filter((n) => n <= most);
  const least = Math.min(...sizes.filter((n) => n > most));
  // its own limit stands for the next size, and for one that is nearly as large
  if (least === Infinity || within.includes(most)) return within;
  return [...within.filter((n) => n * 2 < most), most];
};

/**
 * @param seen called with the cases of a family when it is done
 * @returns the figures of all
 */
export const benchFamilies = async (
  plan: Plan,
  seen: (family: string, cases: readonly Case[]) => void,
): Promise<Result> => {
  const folder = mkdtempSync(join(tmpdir(), 'lictor-bench-'));
  try {
    const limit = buildLimit(folder);
    if (limit === undefined) console.log('the native limit is left out: there is no C compiler\n');
    const cases: Case[] = [];
    const wanted = FAMILIES.filter(({ id }) => plan.families.length === 0 || plan.families.includes(id));
    for (const { id, most, exact } of wanted) {
      const own = mkdtempSync(join(folder, 'family-'));
      const timed: Case[] = [];
      for (const prepared of await prepare(id, sizesOf(plan.sizes, most), plan.effort, own))
        timed.push({ ...prepared, ...(await timeCase(prepared, own, exact ? limit : undefined)) });
      rmSync(own, { recursive: true });
      seen(id, timed);
      cases.push(...timed);
    }
    return { machine: { cpu: cpus()[0]?.model ?? 'unknown', node: process.version }, cases };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
