/**
 * What a verdict costs through this host, in Node, Deno or Bun. Usage: ENGINE bench.js BUNDLE EVENTS BATCH…
 * EVENTS is records one behind the other. For each BATCH it prints `BATCH NS_PER_EVENT CHECKSUM`: the fastest of the rounds over
 * all events, in spans of BATCH records that are copied in, and the sum of (rule + 1 modulo 2^32) + action over one round.
 */
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { Bundle, Engine, Host, type VmBundle } from './index.ts';

const WARM_UP = 2;
const ROUNDS = 5;
const MILLISECONDS = 1000;

const [file, eventsFile, ...batches] = process.argv.slice(2);
const engine = await Engine.compile(await readFile(new URL('../lictor-vm.wasm', import.meta.url)));
const host = await Host.create(engine, await Bundle.read(await readFile(file)));
const events = await readFile(eventsFile);

/** Spans of so many records, the last one of what is left. */
function spansOf(batch: number): { readonly spans: readonly Uint8Array[]; readonly count: number } {
  const view = new DataView(events.buffer, events.byteOffset, events.byteLength);
  const spans: Uint8Array[] = [];
  let start = 0;
  let count = 0;
  for (let at = 0; at < events.length;) {
    at += view.getUint32(at, true);
    count++;
    if (count % batch === 0 || at >= events.length) {
      spans.push(new Uint8Array(events.buffer, events.byteOffset + start, at - start));
      start = at;
    }
  }
  return { spans, count };
}

let checksum = 0;
const add = (vm: VmBundle, i: number): void => {
  checksum += ((vm.rule(i) + 1) >>> 0) + vm.action(i);
};

/** @returns its milliseconds */
function round(spans: readonly Uint8Array[]): number {
  checksum = 0;
  const start = performance.now();
  for (const span of spans) host.evaluate(span, add);
  return performance.now() - start;
}

for (const batch of batches.map(Number)) {
  const { spans, count } = spansOf(batch);
  for (let i = 0; i < WARM_UP; i++) round(spans);
  let fastest = Infinity;
  let total = 0;
  for (let rounds = 0; rounds < ROUNDS || total < MILLISECONDS; rounds++) {
    const time = round(spans);
    fastest = Math.min(fastest, time);
    total += time;
  }
  console.log(`${batch} ${((fastest * 1e6) / count).toFixed(1)} ${checksum}`);
}
