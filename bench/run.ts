/**
 * `npm run bench`: every benchmark and its tables. Times assert nothing.
 *
 *     npm run bench -- [--quick] [--families a,b] [--sizes 100,10000] [--json FILE] [--write-docs] [--keep-baseline]
 *
 *     npm run bench -- --rules FILE --events FILE      what somebody brings along
 *
 * `--quick`: few rules and events, no other engines. `--write-docs`: also the figures and the plot in `docs/`.
 * `--from FILE`: the figures that `--json` kept instead of new ones. `--compare SECONDS`: how long the decisions of a case
 * are compared with the reference's, 100,000 at most.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchFamilies, type Plan } from './cases/bench.ts';
import { timeSource } from './compile/compile.ts';
import { familyOf } from './families/index.ts';
import { benchMulti } from './multi/run.ts';
import { existing, orWrongUsage, wholeNumbers } from './options.ts';
import { benchOutside } from './outside/run.ts';
import { benchPeers } from './peers/run.ts';
import { multiGrid, peersGrid, peersNotes, subjectsGrid } from './report/beside.ts';
import { baselineOf, changes, type Baseline } from './report/baseline.ts';
import { linesOf, partsOf, sourceText, withParts } from './report/document.ts';
import { plot } from './report/plot.ts';
import { casesOf, type Result } from './report/result.ts';
import { terminal } from './report/grid.ts';
import { familyGrid } from './report/tables.ts';
import { benchSubjects } from './subjects/run.ts';

const BASELINE = join(import.meta.dirname, 'baseline.json');
const DOCUMENT = join(import.meta.dirname, '..', 'docs', 'performance.md');
const PLOT = join(import.meta.dirname, '..', 'docs', 'performance.svg');

const { values: options } = orWrongUsage(() =>
  parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      families: { type: 'string', default: '' },
      sizes: { type: 'string' },
      json: { type: 'string' },
      'write-docs': { type: 'boolean', default: false },
      compare: { type: 'string', default: '1' },
      from: { type: 'string' },
      'keep-baseline': { type: 'boolean', default: false },
      rules: { type: 'string' },
      events: { type: 'string' },
    },
  }),
);

if (options.rules !== undefined || options.events !== undefined)
  process.exit(benchOutside(options.rules, options.events));

const [compareSeconds] = wholeNumbers('--compare', options.compare);

const split = (text: string): string[] => text.split(',').filter((part) => part !== '');

const planOf = (): Plan => {
  const sizes = options.quick ? [10, 100, 1000] : [10, 100, 1000, 1e4, 1e5, 1e6];
  return {
    families: orWrongUsage(() => split(options.families).map((id) => familyOf(id).id)),
    sizes: options.sizes === undefined ? sizes : wholeNumbers('--sizes', options.sizes),
    effort: options.quick
      ? { seed: 1, events: 20_000, compare: 2000, seconds: compareSeconds }
      : { seed: 1, events: 200_000, compare: 100_000, seconds: compareSeconds },
  };
};

const showFamily = (family: string, cases: Result['cases']): void =>
  console.log(`(${family}) ${familyOf(family).doc}\n${terminal(familyGrid(casesOf(cases, family)))}\n`);

const measure = async (): Promise<Result> => {
  const families = await benchFamilies(planOf(), showFamily);
  const source = timeSource(options.quick ? { cold: 1000, again: 1000 } : { cold: 10_000, again: 100_000 });
  console.log(`${sourceText(source)}\n`);
  return options.quick ? { ...families, source } : { ...families, source, ...(await measureBeside()) };
};

/** What is measured beside the families. */
const measureBeside = async (): Promise<Pick<Result, 'subjects' | 'multi' | 'peers'>> => {
  const subjects = benchSubjects();
  console.log(`Facts of processes and workloads: in each event, or stored once\n${terminal(subjectsGrid(subjects))}`);
  const multi = benchMulti(10_000);
  console.log(`Rules that are noted or observed\n${terminal(multiGrid(multi))}`);
  const peers = await benchPeers([10, 100, 1000, 10_000]);
  console.log(
    [
      'Engines, exact program and exact file: ns an event (times the VM with as many rules)',
      terminal(peersGrid(peers)),
      ...peersNotes(peers),
    ].join('\n'),
  );
  return { subjects, multi, peers };
};

/** Events a second out of a BPF ring buffer. */
const measureRing = (): void => {
  if (process.geteuid?.() !== 0) return console.log('ring: left out, reading a BPF ring buffer needs root');
  const script = join(import.meta.dirname, 'ring', 'ring.ts');
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', script], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
};

const result =
  options.from === undefined ? await measure() : (JSON.parse(readFileSync(existing(options.from), 'utf8')) as Result);
const changed = changes(JSON.parse(readFileSync(BASELINE, 'utf8')) as Baseline, baselineOf(result.cases));
console.log(
  `Beside the baseline:\n${changed.length === 0 ? 'nothing changed by more than noise' : changed.join('\n')}\n`,
);

if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(result, null, 2)}\n`);
if (options['keep-baseline']) writeFileSync(BASELINE, `${JSON.stringify(baselineOf(result.cases), null, 2)}\n`);
if (options['write-docs']) {
  writeFileSync(DOCUMENT, withParts(readFileSync(DOCUMENT, 'utf8'), partsOf(result)));
  writeFileSync(PLOT, plot('A verdict by number of rules', linesOf(result.cases)));
}

if (!options.quick && options.from === undefined) measureRing();
