/**
 * What an event costs in each host, in batches of several sizes, on the same policies and events, in turns.
 *
 *     node --import tsx bench/hosts/run.ts [--rounds 3] [--events 20000] [--host NAME]… [--json FILE] [--write-docs]
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { orWrongUsage, wholeNumbers, wrongUsage } from '../options.ts';
import { buildLimit, Limit } from '../limit/limit.ts';
import { withParts } from '../report/document.ts';
import { markdown, terminal } from '../report/grid.ts';
import { type HostCase, writeCases } from './cases.ts';
import { HOST_LIST, type Command } from './hosts.ts';
import { hostsGrids, promises, type Figure } from './tables.ts';

const DOCUMENT = join(import.meta.dirname, '..', '..', 'docs', 'performance.md');
const BATCHES = [1, 64, 4096];
/** Passes of the native limit over the events of a case. */
const LIMIT_PASSES = 50;

const { values: options } = orWrongUsage(() =>
  parseArgs({
    options: {
      rounds: { type: 'string', default: '3' },
      events: { type: 'string', default: '20000' },
      host: { type: 'string', multiple: true },
      json: { type: 'string' },
      'write-docs': { type: 'boolean', default: false },
    },
  }),
);
const [rounds] = wholeNumbers('--rounds', options.rounds);
const [events] = wholeNumbers('--events', options.events);
const chosen = HOST_LIST.filter(({ name }) => options.host === undefined || options.host.includes(name));
if (chosen.length === 0) wrongUsage(`no such host: there are ${HOST_LIST.map(({ name }) => `\`${name}\``).join(', ')}`);

const folder = mkdtempSync(join(tmpdir(), 'lictor-bench-'));

/** Nanoseconds an event with nothing to parse: two strings of each event, hashed and looked up. */
const stringsLimit = async ({ limit: file }: HostCase): Promise<number | undefined> => {
  const program = buildLimit(folder);
  if (program === undefined || file === undefined) return undefined;
  const limit = new Limit(program, file);
  let fastest = Infinity;
  for (let i = 0; i < LIMIT_PASSES; i++) fastest = Math.min(fastest, (await limit.pass('pass', events)) / events);
  limit.end();
  return fastest;
};

/** One run of a host over a case. The checksums of all hosts must be the same. */
const checksums = new Map<string, string>();
const measure = (host: string, one: HostCase, [program, ...args]: Command): readonly Figure[] =>
  execFileSync(program, [...args, ...BATCHES.map(String)], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => {
      const [batch, ns, checksum] = line.split(' ');
      const expected = checksums.get(one.title) ?? checksum;
      if (checksum !== expected)
        throw new Error(`BUG: ${host} decides otherwise on ${one.title}: ${checksum}, not ${expected}`);
      checksums.set(one.title, checksum);
      return { host, case: one.title, batch: Number(batch), ns: Number(ns) };
    });

try {
  const cases = writeCases(folder, events);
  const commands: { name: string; of: (one: HostCase) => Command | undefined }[] = [];
  for (const { name, build } of chosen) {
    try {
      commands.push({ name, of: await build(folder) });
    } catch (error) {
      console.error(`${name} is left out: ${(error as Error).message}`);
    }
  }
  const figures = new Map<string, Figure>();
  for (let round = 1; round <= rounds; round++) {
    for (const one of cases) {
      for (const { name, of } of commands) {
        const command = of(one);
        if (command === undefined) continue;
        console.error(`round ${round} of ${rounds}: ${one.title}, ${name}`);
        for (const figure of measure(name, one, command)) {
          const key = JSON.stringify([name, one.title, figure.batch]);
          if (figure.ns < (figures.get(key)?.ns ?? Infinity)) figures.set(key, figure);
        }
      }
    }
  }
  const limits = new Map<string, number>();
  for (const one of cases) {
    const ns = await stringsLimit(one);
    if (ns !== undefined) limits.set(one.title, ns);
  }
  const all = [...figures.values()];
  const grids = hostsGrids(all, chosen, BATCHES);
  const lines = promises(all, limits);
  console.log([...grids.map(terminal), ...lines].join('\n'));
  if (options.json !== undefined)
    writeFileSync(options.json, `${JSON.stringify({ figures: all, limits: [...limits] }, null, 2)}\n`);
  if (options['write-docs']) {
    const text = [...grids.map(markdown), lines.map((line) => `- ${line}`).join('\n')].join('\n\n');
    writeFileSync(DOCUMENT, withParts(readFileSync(DOCUMENT, 'utf8'), { hosts: text }));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
