/**
 * Whether the steps of a verdict have grown: counted steps and stated bounds of every family with few rules and fixed seeds,
 * against `steps.json`. Counts repeat exactly, so that any growth is a change of the code. Times are measured elsewhere.
 *
 *     node --import tsx bench/growth/run.ts           # UPDATE=1 keeps the counts of today
 *
 * The last line is `N passed, N failed, N skipped`: one for each family and number of rules.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { planAndEmit } from '../../compiler/backend.ts';
import { FAMILIES, type FamilySpec } from '../families/index.ts';
import { encode } from '../measure/records.ts';
import { countSteps } from '../measure/steps.ts';
import { growth, type Counts } from './compare.ts';

const SEED = 1;
const EVENTS = 2000;
/** The base of all comparisons, and one that shows a slope. */
const SIZES = [100, 2000];

const file = join(import.meta.dirname, 'steps.json');

const counted = ({ make }: FamilySpec, n: number): Counts => {
  const family = make(n, SEED);
  const made = planAndEmit(family.normal, { allowSlow: true });
  if ('errors' in made) throw new Error(`no plan: ${JSON.stringify(made.errors)}`);
  const { mean, largest } = countSteps(made.program, family, encode(family.events(EVENTS)));
  const unknown = Object.entries(made.unknownCost).map(([kind, bound]) => [`${kind} in unknown workloads`, bound]);
  return { mean: Number(mean.toFixed(3)), largest, bounds: { ...made.cost, ...Object.fromEntries(unknown) } };
};

const counts: Record<string, Counts> = {};
for (const spec of FAMILIES) for (const n of SIZES) counts[`${spec.id} ${n}`] = counted(spec, n);

if (process.env.UPDATE) {
  writeFileSync(file, `${JSON.stringify(counts, null, 2)}\n`);
  console.log(`${Object.keys(counts).length} passed, 0 failed, 0 skipped`);
} else {
  const kept = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Counts>;
  let failed = 0;
  for (const [name, now] of Object.entries(counts)) {
    const { grown, less } = growth(kept[name], now);
    if (grown.length > 0) failed++;
    if (grown.length + less.length > 0) console.log(`${grown.length > 0 ? '✘' : '✔'} ${name}`);
    for (const line of [...grown, ...less]) console.log(`    ${line}`);
  }
  if (failed > 0) console.log('\nif a growth is meant: UPDATE=1 node --import tsx bench/growth/run.ts');
  console.log(`\n${Object.keys(counts).length - failed} passed, ${failed} failed, 0 skipped`);
  process.exitCode = failed > 0 ? 1 : 0;
}
