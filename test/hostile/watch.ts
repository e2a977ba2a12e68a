/** Hostile input under a watch: traps, wrong answers and hangs all end as a message that repeats them. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { HostileCase, Tally } from './run.ts';
import type { Answer, Order } from './worker.ts';

const SILENCE = 60_000;

interface CaseFile {
  readonly about: string;
  readonly program: string;
  readonly records: readonly string[];
}
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));

export const parseHostileCase = (text: string): HostileCase => {
  const file = JSON.parse(text) as CaseFile;
  return { about: file.about, program: bytes(file.program), records: file.records.map(bytes) };
};

/** Writes a case beside the run and says where; it is to be kept in `test/hostile/cases`. */
function keep({ about, program, records }: HostileCase): string {
  const file: CaseFile = { about, program: base64(program), records: records.map(base64) };
  const path = join(mkdtempSync(join(tmpdir(), 'lictor-hostile-')), 'case.json');
  writeFileSync(path, `${JSON.stringify(file, null, 2)}\n`);
  return path;
}

/** @throws Error that says the seed and the number where an input does harm, or nothing happens for a minute */
export function watched(order: Omit<Order, 'beat'>): Promise<Tally> {
  const shared = new SharedArrayBuffer(4);
  const beat = new Int32Array(shared);
  const worker = new Worker(new URL('thread.mjs', import.meta.url), {
    workerData: { ...order, beat: shared } satisfies Order,
  });
  return new Promise((resolve, reject) => {
    let last = -1;
    const timer = setInterval(() => {
      const now = Atomics.load(beat, 0);
      if (now === last && now !== 0) {
        void worker.terminate();
        reject(new Error(`seed ${order.seed}: number ${now} of ${order.what} does not end`));
      }
      last = now;
    }, SILENCE);
    worker.on('message', (answer: Answer) => {
      if ('tally' in answer) resolve(answer.tally);
      else {
        const kept = answer.found === null ? '' : `\nwritten to ${keep(answer.found)}: keep it in test/hostile/cases`;
        reject(new Error(answer.failure + kept));
      }
    });
    worker.on('error', reject);
    worker.on('exit', () => clearInterval(timer));
  });
}
