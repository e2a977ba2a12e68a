/** A race with the guard, and how its program is built. */
import { join } from 'node:path';
import { compileC } from '../compile.ts';

/**
 * Throws where something that is denied was reached, or nothing that is allowed.
 * @param tries of each row
 * @returns what there is to show, a line for each row
 */
export type Race = (tries: number) => Promise<readonly string[]>;

/** Compiles one of this folder. @returns the program */
export const raceProgram = (folder: string, name: string): string =>
  compileC(join(import.meta.dirname, `${name}.c`), join(folder, name));

/** Records are many and nobody reads them. */
export const UNREAD = { write: (): void => {}, close: async (): Promise<void> => {} };

export const linesOf = (text: string): readonly string[] => text.trim().split('\n');
