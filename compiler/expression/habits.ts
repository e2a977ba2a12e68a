/** Operators of other policy languages, and what they are called here. */
import { nearest } from '../diagnostics/nearest.ts';
import { OPERATORS } from './token.ts';

const OPERATOR_HABITS: Readonly<Record<string, string>> = {
  pmatch: 'within',
  intersects: 'hasany',
  anyof: 'hasany',
  allof: 'hasall',
  oneof: 'in',
  regex: 'matches',
  regexp: 'matches',
  match: 'matches',
  like: 'glob',
  ilike: 'iglob',
  bcontains: 'contains',
  bstartswith: 'startswith',
  starts_with: 'startswith',
  ends_with: 'endswith',
  beginswith: 'startswith',
  prefix: 'startswith',
  postfix: 'endswith',
  suffix: 'endswith',
  includes: 'contains',
  iwithin: 'within',
  is: '=',
  eq: '=',
  equals: '=',
  equal: '=',
  ne: '!=',
  isnot: '!=',
  notin: 'not in',
  lt: '<',
  le: '<=',
  lte: '<=',
  gt: '>',
  ge: '>=',
  gte: '>=',
};

/** The operator that a word in an operator's place stands for elsewhere, or is a slip of; null: none. */
export const meantOperator = (word: string): string | null => OPERATOR_HABITS[word.toLowerCase()] ?? null;

/** The operator whose name is near. */
export const nearestOperator = (word: string): string | null => nearest(word, OPERATORS);
