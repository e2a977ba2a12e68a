/** The command lines of benches: what is wrong with one is said in a line, with exit code 64. */
import { existsSync } from 'node:fs';

const USAGE = 64;

/** Says what is wrong with the command line, and ends the process. */
export const wrongUsage = (what: string): never => {
  console.error(`error: ${what}`);
  process.exit(USAGE);
};

/** What `read` makes of the command line; its errors are those of whoever wrote it. */
export const orWrongUsage = <T>(read: () => T): T => {
  try {
    return read();
  } catch (error) {
    return wrongUsage((error as Error).message);
  }
};

/** Numbers of at least 1 with commas between them. */
export const wholeNumbers = (option: string, text: string): number[] => {
  const numbers = text.split(',').map(Number);
  const isGood = numbers.every((n) => Number.isSafeInteger(n) && n > 0);
  return isGood ? numbers : wrongUsage(`\`${option}\` takes whole numbers with commas between them, not \`${text}\``);
};

/** The path of a file that there is. */
export const existing = (path: string): string =>
  existsSync(path) ? path : wrongUsage(`there is no file \`${path}\``);
