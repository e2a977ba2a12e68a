/** Tests of strings in our language: of a field, of an element, or of any element of a list. */
import { NEVER, globOf, quoted, quotedSet, regexOf, some, test, type Condition } from '../condition.ts';
import type { Context, Values } from './comparison.ts';

export interface Subject {
  /** The test of an operator and its right side: `startswith "a"`. */
  say(rest: string): string;
  readonly exists: Condition;
}

export const fieldSubject = (operand: string): Subject => ({
  say: (rest) => `${operand} ${rest}`,
  exists: test(`exists(${operand})`),
});

export const anySubject = (list: string): Subject => ({
  say: (rest) => `any(${list}, ${rest})`,
  exists: test(`exists(${list})`),
});

/**
 * A test against one of several values: those of a list by its name, the others where they stand.
 * @param transform from a value to what our operator takes
 * @param suffix of a list whose values were transformed
 */
export function oneOfThem(
  { say }: Subject,
  op: string,
  { texts, lists }: Values,
  { shared }: Context,
  transform: (value: string) => string = (value) => value,
  suffix = '',
): Condition {
  const own = [...new Set(texts)].map(transform);
  const parts = lists.flatMap(({ name, values }) =>
    values.length === 0 ? [] : [test(say(`${op} ${shared.list(name, suffix, values.map(transform))}`))],
  );
  if (own.length > 1) parts.push(test(say(`${op} ${quotedSet(own)}`)));
  if (own.length === 1) parts.push(test(say(`${op === 'in' ? '=' : op} ${quoted(own[0])}`)));
  return parts.length === 0 ? NEVER : some(parts);
}

/** Only the values that pass. */
export const chosen = ({ texts, lists }: Values, pass: (value: string) => boolean): Values => ({
  texts: texts.filter(pass),
  lists: lists.map(({ name, values }) => ({ name, values: values.filter(pass) })),
});

/** A regular expression as a string of ours, raw where it can be. */
export const pattern = (regex: string): string => (/["\n\r]/.test(regex) ? quoted(regex) : `r"${regex}"`);

/**
 * A pattern of `fnmatch` without flags, whose `*` and `?` cross slashes.
 * @returns the operator and pattern of ours; `**` would mean nothing as well in front of a slash, so then it is a regular expression
 */
export function globTest(glob: string, fold: boolean): string | null {
  const i = fold ? 'i' : '';
  if (!/[?[\]\\]|\*\//.test(glob)) return `${i}glob ${quoted(glob.split(/\*+/).map(globOf).join('**'))}`;
  const parts = glob.match(/\\[^]|\[[!^]?\]?[^\]]*\]|\*+|[^]/g) ?? [];
  const regex = parts.map((part) => {
    if (part.startsWith('*')) return '.*';
    if (part === '?') return '.';
    if (part.length > 2 && part.startsWith('[')) return part.replace(/^\[[!^]/, '[^').replaceAll('\\', '\\\\');
    return regexOf(part.length === 2 ? part[1] : part);
  });
  return `${i}matches ${pattern(`(?s)${regex.join('')}`)}`;
}
