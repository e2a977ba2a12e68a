/**
 * One family of rules at some sizes: the stated bound, counted steps, bytes, seconds to compile, nanoseconds an event, and
 * whether the reference agrees.
 *
 *     node --import tsx bench/probe.ts --family a --rules 100,10000 [--events 20000] [--seed 1] [--check SECONDS]
 *
 * 10^6 rules need `node --max-old-space-size=12000`.
 */
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { planAndEmit } from '../compiler/backend.ts';
import type { NormalForm } from '../vm/bundle/normal.ts';
import { createVm } from '../vm/host/index.ts';
import { factorsOf } from '../vm/listing/index.ts';
import { familyOf } from './families/index.ts';
import { compare } from './measure/agreement.ts';
import { stringBytes } from './measure/bytes.ts';
import { encode, loadWithFacts } from './measure/records.ts';
import { countSteps } from './measure/steps.ts';
import { median, passOf, timed } from './measure/time.ts';
import { orWrongUsage, wholeNumbers } from './options.ts';

const ROUNDS = 7;

const { values: options } = orWrongUsage(() =>
  parseArgs({
    options: {
      family: { type: 'string', default: 'a' },
      rules: { type: 'string', default: '100,10000' },
      events: { type: 'string', default: '20000' },
      seed: { type: 'string', default: '1' },
      check: { type: 'string', default: '3' },
    },
  }),
);

const compiled = (
  normal: NormalForm,
): { program: Uint8Array; cost: Readonly<Record<string, number>>; seconds: number } => {
  const start = performance.now();
  const made = planAndEmit(normal, { allowSlow: true });
  const seconds = (performance.now() - start) / 1000;
  if ('errors' in made) throw new Error(`no plan: ${JSON.stringify(made.errors).slice(0, 400)}`);
  return { program: made.program, cost: made.cost, seconds };
};

const table = new Table({
  head: [
    'rules',
    'bound',
    'mean',
    'largest',
    'bytes',
    'bytes a rule*',
    'compile s',
    'ns an event',
    'compared',
    'matched',
    'last',
  ],
  style: { head: [], border: [] },
});
const family = orWrongUsage(() => familyOf(options.family));
const [events] = wholeNumbers('--events', options.events);
for (const n of wholeNumbers('--rules', options.rules)) {
  const made = family.make(n, Number(options.seed));
  const asked = made.events(events);
  const records = encode(asked);
  const { program, cost, seconds } = compiled(made.normal);
  const steps = countSteps(program, made, records);
  const bundle = loadWithFacts(createVm(), program, made);
  const agreement = compare(bundle, made, asked, Number(options.check));
  const pass = passOf(bundle, records);
  const rounds = Array.from({ length: ROUNDS }, () => timed(pass) / events);
  const percent = (part: number): string => `${((100 * part) / agreement.compared).toFixed(1)} %`;
  const factors = factorsOf(program);
  table.push([
    n,
    Object.entries(cost)
      .map(([kind, bound]) =>
        [kind, bound, factors[kind] && `(${JSON.stringify(factors[kind])})`].filter(Boolean).join(' '),
      )
      .join('\n'),
    steps.mean.toFixed(2),
    steps.largest,
    program.length,
    ((program.length - stringBytes(made.normal)) / n).toFixed(1),
    seconds.toFixed(2),
    median(rounds).toFixed(0),
    agreement.compared,
    percent(agreement.matched),
    percent(agreement.last),
  ]);
}
console.log(
  `(${options.family}) ${family.doc}\n${table.toString()}\n* beyond the different strings that rules and scopes name`,
);
