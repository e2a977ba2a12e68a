/** Expressions of custom rules to tokens. */
import type { Range, Term } from './syntax.ts';

export type Token = Term | (Range & { readonly is: 'word' | 'sign' | 'broken' | 'end'; readonly value: string });

const WORDS = new Set(['and', 'or', 'not', 'in', 'startswith', 'contains']);
const BLANK = /\s*/y;
/** Their manual is typeset with arrows for `<=` and `>=`, and with curly quotation marks. */
const SIGN = /<=|>=|!=|==|[()=<>,]|[⇐⇒≤≥≠]/y;
const MEANT: Readonly<Record<string, string>> = { '⇐': '<=', '≤': '<=', '⇒': '>=', '≥': '>=', '≠': '!=', '==': '=' };
const TEXT = /["“”]((?:[^"“”\\\n]|\\[^\n])*)["“”]/y;
const NUMBER = /-?[0-9]+(?![\w.])/y;
const WORD = /[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*/y;
const REST = /["“”][^\n]*|[^\s()"“”,]+|[^]/y;

/** @returns the tokens; the last one is `end` */
export function tokensOf(script: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(script);
  };
  for (;;) {
    at += take(BLANK)![0].length;
    if (at >= script.length) break;
    const start = at;
    const add = (found: RegExpExecArray, token: (range: Range) => Token): void => {
      at += found[0].length;
      tokens.push(token({ start, end: at }));
    };
    let found: RegExpExecArray | null;
    if ((found = take(SIGN))) {
      const value = MEANT[found[0]] ?? found[0];
      add(found, (range) => ({ is: 'sign', value, ...range }));
    } else if ((found = take(TEXT))) {
      const value = found[1].replace(/\\(["\\])/g, '$1');
      add(found, (range) => ({ is: 'text', value, ...range }));
    } else if ((found = take(NUMBER))) {
      const value = BigInt(found[0].slice(0, 25));
      add(found, (range) => ({ is: 'integer', value, ...range }));
    } else if ((found = take(WORD))) {
      const [value] = found;
      add(found, (range) => ({ is: WORDS.has(value) ? 'word' : 'name', value, ...range }));
    } else {
      found = take(REST)!;
      const [value] = found;
      add(found, (range) => ({ is: 'broken', value, ...range }));
    }
  }
  return [...tokens, { is: 'end', value: '', start: at, end: at }];
}
