/** `npm run bench`: every benchmark, its tables, and its figures as JSON with `--json FILE`. Times assert nothing. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Table from 'cli-table3';
import { benchDecisions } from './decide/run.ts';

const ring = (): void => {
  if (process.geteuid?.() !== 0) {
    console.log('ring: left out, reading a BPF ring buffer needs root');
    return;
  }
  const script = join(import.meta.dirname, 'ring', 'ring.ts');
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', script], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
};

const { rows, steps } = await benchDecisions();
const sizes = [...new Set(rows.map((row) => row.rules))];
const engines = [...new Set(rows.map((row) => row.engine))];
const nsOf = (engine: string, rules: number): number | undefined =>
  rows.find((row) => row.engine === engine && row.rules === rules)?.ns;

console.log('A verdict, exact program and exact file: ns an event (ratio to the VM in batches with as many rules)\n');
const table = new Table({ head: ['rules', ...sizes.map(String)], style: { head: [], border: [] } });
for (const engine of engines) {
  table.push([
    engine,
    ...sizes.map((rules) => {
      const ns = nsOf(engine, rules);
      return ns === undefined ? '–' : `${ns.toFixed(0)} (${(ns / nsOf(engines[0], rules)!).toFixed(2)})`;
    }),
  ]);
}
table.push(['steps, mean', ...steps.map(({ mean }) => mean.toFixed(1))]);
table.push(['steps, bound', ...steps.map(({ bound }) => String(bound))]);
console.log(`${table.toString()}\n`);

const json = process.argv.indexOf('--json');
if (json > 0) writeFileSync(process.argv[json + 1], `${JSON.stringify({ decisions: rows, steps }, null, 2)}\n`);
ring();
