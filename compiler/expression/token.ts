/** Words and signs of the language. */
import type { Bytes } from '../../vm/bundle/normal.ts';

const STRING_OPERATORS = ['startswith', 'endswith', 'contains', 'glob', 'matches', 'within'] as const;
const HAS_OPERATORS = ['has', 'hasany', 'hasall'] as const;
const FOLDED = STRING_OPERATORS.filter((op) => op !== 'within').map((op) => `i${op}`);

export const isStringOperator = (word: string): boolean =>
  (STRING_OPERATORS as readonly string[]).includes(word) || FOLDED.includes(word);
export const isHasOperator = (word: string): boolean => (HAS_OPERATORS as readonly string[]).includes(word);

/** Operators that stand between an operand and what it is tested against, beside the comparison signs. */
export const OPERATORS: readonly string[] = ['in', ...STRING_OPERATORS, ...FOLDED, ...HAS_OPERATORS];

const KEYWORDS = new Set(['and', 'or', 'not', 'true', 'false', 'exists', 'any', ...OPERATORS]);

/** Reserved in every mixture of cases, so that `AND` is a mistake and never a macro. */
export const isKeyword = (word: string): boolean => KEYWORDS.has(word.toLowerCase());

/** Whether a list or a macro can have this name. */
export const isName = (text: string): boolean => /^[A-Za-z_][A-Za-z0-9_-]*$/.test(text) && !isKeyword(text);

export type Sign = '(' | ')' | '[' | ']' | ',' | '&' | '=' | '!=' | '<' | '<=' | '>' | '>=';

export type Token = { readonly start: number; readonly end: number } &
  /** A keyword, in lower case, or a sign. */
  (
    | { readonly type: 'keyword'; readonly text: string }
    | { readonly type: 'sign'; readonly text: Sign }
    /** A bare word, and words with dots between them. */
    | { readonly type: 'name' | 'field' | 'parameter'; readonly text: string }
    | { readonly type: 'string'; readonly value: Bytes; readonly raw: boolean }
    | { readonly type: 'integer'; readonly value: bigint; readonly base: 8 | 10 | 16 }
    /** Reported: nobody knows what it was meant to be. */
    | { readonly type: 'broken' }
    | { readonly type: 'end' }
  );
