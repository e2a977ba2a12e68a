/** What a verdict costs through the TypeScript host, in Node, Deno or Bun. Usage: ENGINE bench.js BUNDLE EVENTS BATCH… */
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { Bundle, Engine, Host, type VmBundle } from '../../../vm/hosts/javascript/index.ts';
import { printRounds } from './rounds.ts';

const [file, events, ...batches] = process.argv.slice(2);
const engine = await Engine.compile(await readFile(new URL('../lictor-vm.wasm', import.meta.url)));
const host = await Host.create(engine, await Bundle.read(await readFile(file)));

let sum = 0;
const add = (vm: VmBundle, i: number): void => {
  sum += ((vm.rule(i) + 1) >>> 0) + vm.action(i);
};
printRounds(await readFile(events), batches, (span) => {
  sum = 0;
  host.evaluate(span, add);
  return sum;
});
