/** Tests of `file.path` as tests of the directory in which the file stands. */
import type { Bytes, Expr, Operand } from '../../vm/bundle/normal.ts';
import { FALSE, TRUE } from '../../vm/bundle/normal.ts';
import { directoriesOf } from './patterns.ts';

/** `may`: the test could hold for one of the files that are meant. `must`: it holds for all of them. */
export interface Lifted {
  readonly may: Expr;
  readonly must: Expr;
}

const UNKNOWN: Lifted = { may: TRUE, must: FALSE };

/**
 * @param e a test that reads `file.path` and nothing else
 * @returns what it says of a directory's children, each name without a slash being the name of one: `may` beside the
 * directories for which it holds itself, `must` among those
 */
export const liftedPath = (e: Expr): Lifted => {
  switch (e.op) {
    case 'compare':
      return e.cmp === '=' && e.right.is === 'string' ? equal(e.left, [e.right.value]) : UNKNOWN;
    case 'in':
      return equal(
        e.left,
        e.set.map((member) => (member.is === 'string' ? member.value : '')),
      );
    case 'within':
      return e.right.is === 'string' ? within(e.left, e.right.value) : UNKNOWN;
    case 'startswith':
      return e.right.is === 'string' ? startsWith(e.left, e.right.value, e.fold) : UNKNOWN;
    case 'endswith':
      return e.right.is === 'string' ? endsWith(e.left, e.right.value, e.fold) : UNKNOWN;
    case 'contains':
      return e.right.is === 'string' ? contains(e.left, e.right.value, e.fold) : UNKNOWN;
    case 'glob':
    case 'matches': {
      const { holding, closed } = directoriesOf(e);
      return { may: holding, must: closed };
    }
    default:
      return UNKNOWN;
  }
};

/** A text at its last slash; null where it has none. */
const split = (text: Bytes): { readonly before: Bytes; readonly behind: Bytes } | null => {
  const slash = text.lastIndexOf('/');
  return slash < 0 ? null : { before: text.slice(0, slash), behind: text.slice(slash + 1) };
};

const text = (value: Bytes): Operand & { is: 'string' } => ({ is: 'string', value });

/** The root is the one directory whose path ends with a slash. */
const directory = (before: Bytes): Bytes => (before === '' ? '/' : before);

const equal = (left: Operand, values: readonly Bytes[]): Lifted => {
  const directories = new Set<Bytes>();
  for (const value of values) {
    const parts = split(value);
    if (parts !== null && parts.behind !== '') directories.add(directory(parts.before));
  }
  if (directories.size === 0) return { may: FALSE, must: FALSE };
  const set = [...directories].map(text);
  const may: Expr = set.length === 1 ? { op: 'compare', cmp: '=', left, right: set[0] } : { op: 'in', left, set };
  return { may, must: FALSE };
};

/** What is below a directory has children below it; the directory itself is a child of the one around it. */
const within = (left: Operand, value: Bytes): Lifted => ({
  may: equal(left, [value.replace(/\/+$/, '')]).may,
  must: TRUE,
});

/** A beginning that ends inside of the child's name has all of the directory before its last slash. */
const startsWith = (left: Operand, value: Bytes, fold: boolean): Lifted => {
  const parts = split(value);
  return { may: parts === null ? FALSE : same(left, directory(parts.before), fold), must: TRUE };
};

/** No operator compares whole texts without regard to case, but a text is a pattern of itself. */
const same = (left: Operand, value: Bytes, fold: boolean): Expr =>
  fold
    ? { op: 'glob', fold, left, pattern: value.replace(/[*?[\]{},\\!]/g, '\\$&') }
    : { op: 'compare', cmp: '=', left, right: text(value) };

/** An ending with a slash in it has the child's name behind its last one. */
const endsWith = (left: Operand, value: Bytes, fold: boolean): Lifted => {
  if (value === '') return { may: TRUE, must: TRUE };
  const parts = split(value);
  if (parts === null || (parts.before === '' && parts.behind !== '')) return UNKNOWN;
  if (parts.behind === '') return { may: FALSE, must: FALSE };
  return { may: { op: 'endswith', fold, left, right: text(parts.before) }, must: FALSE };
};

/** A text without a slash can stand in a name; one with slashes in the directory, or with its last slash before the name. */
const contains = (left: Operand, value: Bytes, fold: boolean): Lifted => {
  const parts = split(value);
  if (parts === null || parts.before === '') return { may: TRUE, must: TRUE };
  return { may: { op: 'endswith', fold, left, right: text(parts.before) }, must: TRUE };
};
