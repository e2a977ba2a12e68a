/**
 * What it takes to build again after a change of one rule, beside a build from the beginning, both in one warm process. Prints
 * one line of JSON (`AgainTimes`).
 *
 *     node --max-old-space-size=8192 --import tsx bench/compile/again.ts exact|mixed RULES
 */
import { build } from '../../compiler/build.ts';
import type { Source } from '../../compiler/diagnostics/diagnostic.ts';
import { Kept } from '../../compiler/index.ts';
import { median } from '../measure/time.ts';
import { policySources, type Sort } from './source.ts';

export interface AgainTimes {
  readonly sort: Sort;
  readonly rules: number;
  /** Processor time, as other things may run beside it. */
  readonly fullSeconds: number;
  readonly changeSeconds: number;
}

const FULL = 3;
const CHANGES = 7;
const OPTIONS = { today: '2026-01-01', allowSlow: true };

const [sort, count] = [process.argv[2] as Sort, Number(process.argv[3])];
let sources: readonly Source[] = policySources(sort, count);

/** Another program in one rule of one file; the files are read again, as a watching process does. */
const change = (number: number): void => {
  const chosen = (number * 7919 + 13) % (sources.length - 1);
  sources = sources.map(({ path, text }, i) => {
    const changed = text.replace(/"\/usr\/bin\/[^"]*"/, `"/usr/bin/changed-${number}"`);
    return { path, text: i === chosen ? changed : text };
  });
};

const file = (kept?: Kept): Uint8Array => {
  const { value } = build(sources, { ...OPTIONS, ...(kept && { kept }) });
  if (!value) throw new Error('BUG: the sources of the bench have errors');
  return value.file;
};

const timed = (run: () => void): number => {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
};

const kept = new Kept();
file(kept);
const changes = Array.from({ length: CHANGES }, (_, i) => {
  change(i);
  return timed(() => file(kept));
});
const again = file(kept);
const fulls = Array.from({ length: FULL }, () => timed(() => file()));
if (Buffer.compare(again, file()) !== 0) throw new Error('BUG: what was kept changed the bundle');
const times: AgainTimes = { sort, rules: count, fullSeconds: median(fulls), changeSeconds: median(changes) };
console.log(JSON.stringify(times));
