/** Times from YAML to the bundle file: whole processes, and again after a change. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { AgainTimes } from './again.ts';
import { type ColdTimes, timeCold } from './cold.ts';
import { SORTS, type Sort } from './source.ts';

export interface SourceTimes {
  readonly cold: readonly ColdTimes[];
  readonly again: readonly AgainTimes[];
}

/** Megabytes of heap for 10⁵ rules, twice. */
const HEAP = 8192;

/** @param sizes numbers of rules: of a cold build, and of one that follows a change */
export const timeSource = (sizes: { readonly cold: number; readonly again: number }): SourceTimes => ({
  cold: SORTS.map((sort) => timeCold(sort, sizes.cold)),
  again: SORTS.map((sort) => timeAgain(sort, sizes.again)),
});

/** In a process of its own: its memory decides how long it takes. */
const timeAgain = (sort: Sort, rules: number): AgainTimes => {
  const script = join(import.meta.dirname, 'again.ts');
  const command = [`--max-old-space-size=${HEAP}`, '--import', 'tsx', script, sort, String(rules)];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`building ${rules} rules again failed: ${stderr.slice(0, 1000)}`);
  return JSON.parse(stdout) as AgainTimes;
};
