/** Times from source to bundle, each in a process of its own. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { SourceTimes } from './run.ts';

const RUNS = 3;

/** @returns the median of some runs */
export const timeSource = (rules: number): SourceTimes => {
  const script = join(import.meta.dirname, 'run.ts');
  const runs = Array.from({ length: RUNS }, (): SourceTimes => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', script, String(rules)], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`compiling ${rules} rules from source failed: ${stderr}`);
    return JSON.parse(stdout) as SourceTimes;
  });
  return runs.sort((a, b) => a.seconds - b.seconds)[RUNS >> 1];
};
