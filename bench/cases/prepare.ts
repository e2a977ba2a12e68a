/** Prepares cases, the largest first and two at a time: compiling is not timed against anything, and takes most of a run. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Prepared } from './case.ts';

const AT_ONCE = 2;
/** Megabytes of heap: the rules and events of the bench itself are far larger than what the compiler needs for them. */
const HEAP = 10_000;

export interface Effort {
  readonly seed: number;
  readonly events: number;
  /** Events to compare with the reference, and for how many seconds at most. */
  readonly compare: number;
  readonly seconds: number;
}

const prepareOne = (family: string, rules: number, effort: Effort, folder: string): Promise<Prepared> => {
  const script = join(import.meta.dirname, 'run.ts');
  const { seed, events, compare, seconds } = effort;
  const args = [family, rules, seed, events, compare, seconds, folder].map(String);
  const child = spawn(process.execPath, [`--max-old-space-size=${HEAP}`, '--import', 'tsx', script, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(output) as Prepared);
      else reject(new Error(`(${family}) with ${rules} rules could not be prepared`));
    });
  });
};

/** @returns the cases of a family by their numbers of rules, ascending */
export const prepare = async (
  family: string,
  sizes: readonly number[],
  effort: Effort,
  folder: string,
): Promise<Prepared[]> => {
  const queue = [...sizes].sort((a, b) => b - a);
  const done: Prepared[] = [];
  const work = async (): Promise<void> => {
    for (let rules = queue.shift(); rules !== undefined; rules = queue.shift())
      done.push(await prepareOne(family, rules, effort, folder));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return done.sort((a, b) => a.rules - b.rules);
};
