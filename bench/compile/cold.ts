/** Times of whole processes: `lictor check` and `lictor build` of a directory. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from '../measure/time.ts';
import { policySources, type Sort } from './source.ts';

export interface ColdTimes {
  readonly sort: Sort;
  readonly rules: number;
  readonly sourceBytes: number;
  /** From the start of the process to its end. */
  readonly checkSeconds: number;
  readonly buildSeconds: number;
}

const RUNS = 3;
const PROGRAM = join(import.meta.dirname, '..', '..', 'dist', 'lictor.js');

/** @returns medians of some runs, nothing warm */
export const timeCold = (sort: Sort, rules: number): ColdTimes => {
  const folder = mkdtempSync(join(tmpdir(), 'lictor-bench-'));
  try {
    const policies = join(folder, 'policies');
    mkdirSync(policies);
    const sources = policySources(sort, rules);
    for (const { path, text } of sources) writeFileSync(join(policies, path), text);
    const output = join(folder, 'output.bundle');
    return {
      sort,
      rules,
      sourceBytes: sources.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0),
      checkSeconds: seconds(['check', policies]),
      buildSeconds: seconds(['build', '--allow-slow', '-o', output, policies]),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const seconds = (command: readonly string[]): number =>
  median(
    Array.from({ length: RUNS }, () => {
      const start = performance.now();
      const { status, stderr } = spawnSync(process.execPath, [PROGRAM, ...command], {
        encoding: 'utf8',
        maxBuffer: 2 ** 28,
      });
      const took = (performance.now() - start) / 1000;
      if (status !== 0) throw new Error(`lictor ${command[0]} failed: ${stderr.slice(0, 1000)}`);
      return took;
    }),
  );
