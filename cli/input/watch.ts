/** Runs a command again whenever a file of its operands changes. */
import { statSync, watch } from 'node:fs';
import { basename } from 'node:path';
import { Kept } from '../../compiler/index.ts';
import { Exit, Stop } from '../exit.ts';
import { note, type Io } from '../output/io.ts';
import { isDocument } from './paths.ts';

/** Editors write several times when they save. */
const SETTLE_MS = 100;

/** Documents, and directories, which seldom have a dot in their names: a bundle that is written beside its sources is neither. */
const mayMatter = (path: string): boolean => isDocument(path) || !basename(path).includes('.');

/**
 * Runs once, and again after each change, until the process is interrupted. What a run ends with is shown, not final.
 *
 * @param operands files and directories
 * @param run is given what earlier runs found out
 * @throws Stop where standard input is among the operands
 */
export async function watching(
  operands: readonly string[],
  io: Io,
  run: (kept: Kept) => Promise<unknown>,
): Promise<never> {
  if (operands.includes('-')) throw new Stop(Exit.Usage, 'standard input cannot be watched');
  let wake: () => void = () => {};
  for (const path of operands) {
    const recursive = statSync(path).isDirectory();
    watch(path, { recursive }, (_, name) => {
      if (!recursive || name === null || mayMatter(name)) wake();
    });
  }
  const kept = new Kept();
  for (;;) {
    const changed = new Promise<void>((resolve) => (wake = resolve));
    if (io.out.terminal) await io.out.write('\x1b[2J\x1b[H');
    try {
      await run(kept);
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
      await note(io, `${io.err.style.bad('error:')} ${error.message}`);
    }
    await note(io, io.err.style.faint('waiting for changes'));
    await changed;
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  }
}
