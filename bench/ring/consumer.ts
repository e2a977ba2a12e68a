/**
 * Our consumer, with the commands and answers of consumer.c. Descriptor 3 is the ring; arguments: its size and, to
 * evaluate what is drained, the file of a VM program.
 */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { createVm } from '../../vm/host/index.ts';
import { Epoll } from '../../shim/kernel/epoll.ts';
import { openRing } from '../../shim/kernel/ring.ts';

const RING = 3;
const BATCH = 1 << 17;
const must = <T extends object, K extends keyof Extract<T, Record<K, unknown>>>(made: T, key: K) => {
  if ('error' in made) throw new Error(JSON.stringify(made.error));
  return (made as Extract<T, Record<K, unknown>>)[key];
};

const size = Number(process.argv[2]);
const bundle = process.argv[3] ? createVm().load(readFileSync(process.argv[3])) : null;
const plain = new Uint8Array(BATCH);
const epoll = must(Epoll.create(), 'epoll');
epoll.add(RING);

for await (const line of createInterface({ input: process.stdin })) {
  const ring = must(openRing(RING, size), 'ring');
  const wanted = line.startsWith('live ') ? Number(line.slice(5)) : 0;
  let records = 0;
  let bytes = 0;
  while (wanted > 0 && ring.pending() === 0) epoll.wait(1);
  const start = process.hrtime.bigint();
  do {
    const into = bundle ? bundle.input(BATCH) : plain;
    const length = ring.drain(into);
    bytes += length;
    if (bundle) records += bundle.evaluateRing(length);
    // All records of this run are of one size, so counting them costs nothing here.
    else if (length > 0) records += length / ((8 + (into[0] | (into[1] << 8)) + 7) & ~7);
    if (length === 0 && wanted === 0) break;
    if (length === 0) epoll.wait(1);
  } while (wanted === 0 || records < wanted);
  const nanoseconds = process.hrtime.bigint() - start;
  ring.close();
  console.log(`${records} ${bytes} ${nanoseconds}`);
}
