/** Runs a part of a suite, bare or guarded, and says how each test ended. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Outcomes, Part, Suite } from './suite.ts';

const MINUTES = 20;
/** What a suite mounts stays its own, and ends with it. */
const OWN_MOUNTS = ['unshare', '--mount', '--propagation', 'private'];

export interface Ran {
  readonly outcomes: Outcomes;
  readonly seconds: number;
}

/**
 * @param before command that runs the part's shell: the guard, or nothing
 * @param source folder of the suite's source package, or empty
 */
export const run = ({ outcomes }: Suite, { script }: Part, source: string, before: readonly string[]): Ran => {
  const folder = mkdtempSync(join(tmpdir(), 'lictor-compat-'));
  try {
    chmodSync(folder, 0o777);
    const started = performance.now();
    const command = [...OWN_MOUNTS, ...before, '/bin/sh', '-c', script];
    // in a process group of its own, which is ended whole
    const { stdout, stderr } = spawnSync('timeout', ['--kill-after=10', String(MINUTES * 60), ...command], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 1 << 28,
      env: {
        ...process.env,
        LC_ALL: 'C.UTF-8',
        PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin',
        TMPDIR: folder,
        SOURCE: source,
      },
    });
    const seconds = (performance.now() - started) / 1000;
    if (process.env.COMPAT_OUTPUT) console.log(stdout, stderr);
    // what a folder is called differs from run to run
    const text = (value: string): string => value.replaceAll(folder, 'FOLDER');
    const found = [...outcomes(folder, stdout)].map(([name, outcome]) => [text(name), text(outcome)] as const);
    return { outcomes: new Map(found), seconds };
  } catch (error) {
    return { outcomes: new Map([['the suite', (error as Error).message]]), seconds: 0 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
