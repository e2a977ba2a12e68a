/** Programs that race with their guard: how they are built, and how often they try. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Tries of each row: few with every `npm test`; for the table of `docs/limits.md` set LICTOR_RACE_TRIES=20000. */
export const TRIES = Number(process.env['LICTOR_RACE_TRIES'] ?? 1000);

/** Compiles one of `test/shim/races`. @returns the program */
export const raceProgram = (folder: string, name: string): string => {
  const program = join(folder, name);
  const source = join(import.meta.dirname, 'races', `${name}.c`);
  const flags = ['-O2', '-Wall', '-Wextra', '-Werror', '-pthread'];
  const { status, stderr } = spawnSync('cc', [...flags, source, '-o', program], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return program;
};
