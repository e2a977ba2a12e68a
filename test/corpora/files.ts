/** Files of a corpus, whose number is not known before it is read. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @param folder to look through, with everything below it
 * @param ends of the names that are wanted
 * @returns paths below the folder, in the order of their bytes
 */
export const filesBelow = (folder: string, ends: RegExp): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => ends.test(name) && statSync(join(folder, name)).isFile())
    .sort();

/** @returns the JSON values that stand one after the other in a text */
export const jsonValues = (text: string): unknown[] => {
  const values: unknown[] = [];
  let rest = text.trim();
  while (rest !== '') {
    const end = endOfObject(rest);
    values.push(JSON.parse(rest.slice(0, end)));
    rest = rest.slice(end).trim();
  }
  return values;
};

/** Where the object that a text begins with ends: brackets are counted outside strings. */
const endOfObject = (text: string): number => {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const c = text[at];
    if (quoted) {
      if (c === '\\') at++;
      else if (c === '"') quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === '{' || c === '[') depth++;
    else if ((c === '}' || c === ']') && --depth === 0) return at + 1;
  }
  throw new Error('the text ends within an object');
};

export const readText = (...path: readonly string[]): string => readFileSync(join(...path), 'utf8');
