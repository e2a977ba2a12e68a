/** The tokens of an expression, one in hand and one ahead, and what is reported on the way. */
import type { Diagnostic, Span } from '../diagnostics/diagnostic.ts';
import { diagnose, type DiagnosticCode } from '../diagnostics/catalogue.ts';
import { LIMITS } from '../../vm/spec/limits.ts';
import { Lexer } from './lexer.ts';
import type { Sign, Token } from './token.ts';

const MOST_ERRORS = 20;

/** A test that cannot be read: reported already, caught where the next test can be found. */
export class Unreadable extends Error {}
/** Nothing more is worth reading. */
export class Abandoned extends Error {}

export type Place = (start: number, end: number) => Span;

/** What the parser stands on. */
export class TokenStream {
  readonly diagnostics: Diagnostic[] = [];
  readonly #place: Place;
  readonly #lexer: Lexer;
  protected token: Token;
  #ahead: Token | null = null;
  /** End of the token before this one. */
  protected end = 0;
  /** Parentheses that are open, of expressions, sets and functions. */
  protected open = 0;
  #nodes = 0;
  /** Where the last error starts: a second one there is a consequence. */
  #reported = -1;

  constructor(text: string, place: Place) {
    this.#place = place;
    this.#lexer = new Lexer(text, (code, message, start, end, help) => this.report(code, message, start, end, help));
    this.token = this.#lexer.next();
  }

  protected advance(): void {
    if (this.is('(')) this.open++;
    else if (this.is(')')) this.open--;
    this.end = this.token.end;
    this.token = this.#ahead ?? this.#lexer.next();
    this.#ahead = null;
  }

  /** The token behind this one. */
  protected peek(): Token {
    return (this.#ahead ??= this.#lexer.next());
  }

  protected is(sign: Sign): boolean {
    return this.token.type === 'sign' && this.token.text === sign;
  }

  protected isWord(keyword: string): boolean {
    return this.token.type === 'keyword' && this.token.text === keyword;
  }

  /** Goes on if the sign is here. */
  protected takeSign(sign: Sign): boolean {
    const taken = this.is(sign);
    if (taken) this.advance();
    return taken;
  }

  protected takeWord(keyword: string): boolean {
    const taken = this.isWord(keyword);
    if (taken) this.advance();
    return taken;
  }

  protected expect(sign: Sign, help?: string): void {
    if (!this.takeSign(sign)) this.fail(`expected \`${sign}\`, not ${describe(this.token)}`, help);
  }

  /** Reports what stands here, and gives the test up. */
  protected fail(message: string, help?: string): never {
    this.failAt(this.token.start, this.token.end, message, help);
  }

  protected failAt(start: number, end: number, message: string, help?: string): never {
    this.report('L2006', message, start, end, help);
    throw new Unreadable();
  }

  protected report(code: DiagnosticCode, message: string, start: number, end: number, help?: string): void {
    if (start === this.#reported) return;
    this.#reported = start;
    if (this.diagnostics.length < MOST_ERRORS) {
      this.diagnostics.push(diagnose(code, message, this.#place(start, end), help));
      return;
    }
    this.diagnostics.push(diagnose('L2013', 'too many errors in this expression', this.#place(start, end)));
    throw new Abandoned();
  }

  /** Counts a test or a member of a set. */
  protected count(): void {
    const limit = LIMITS.exprNodes.value;
    if (++this.#nodes <= limit) return;
    const { start, end } = this.token;
    this.report('L2012', `the expression has more than ${limit} tests and set members`, start, end, 'use a list');
    throw new Abandoned();
  }

  /** From `start` to the end of what was read, or to `end`. */
  protected span(start: number, end = Math.max(start, this.end)): Span {
    return this.#place(start, end);
  }
}

/** A token as messages name it. */
export function describe(token: Token): string {
  switch (token.type) {
    case 'end':
      return 'the end of the expression';
    case 'broken':
      return 'this';
    case 'string':
      return 'a string';
    case 'integer':
      return `\`${token.value}\``;
    case 'parameter':
      return `\`$${token.text}\``;
    default:
      return `\`${token.text.length > 40 ? `${token.text.slice(0, 39)}…` : token.text}\``;
  }
}
