/** Compiles the C programs of tests. */
import { spawnSync } from 'node:child_process';

/**
 * @param source its path, or those of its parts
 * @param program where it goes
 * @param flags more of them
 * @returns the program
 * @throws what the compiler says
 */
export const compileC = (source: string | readonly string[], program: string, ...flags: readonly string[]): string => {
  const all = ['-O2', '-Wall', '-Wextra', '-Werror', '-pthread', ...flags, '-o', program, ...[source].flat()];
  const { status, stderr } = spawnSync('cc', all, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${source} does not compile: ${stderr}`);
  return program;
};
