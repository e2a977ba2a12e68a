/**
 * Text to tokens, one at a time. What cannot be read is reported and taken for what was probably meant, so that the
 * parser goes on.
 */
import type { DiagnosticCode } from '../diagnostics/catalogue.ts';
import { isBroken, toBytes } from './bytes.ts';
import { isKeyword, type Sign, type Token } from './token.ts';

/** Offsets in UTF-16 units of the expression. */
export type Report = (code: DiagnosticCode, message: string, start: number, end: number, help?: string) => void;

const WORD = /[A-Za-z_][A-Za-z0-9_]*(?:(?:\.[A-Za-z_][A-Za-z0-9_]*)+|[A-Za-z0-9_-]*)/y;
const PARAMETER = /\$[A-Za-z_][A-Za-z0-9_]*/y;
/** Everything that hangs together behind a digit, so that `10.0.0.1` and `5m` are one mistake. */
const NUMBER = /-?[0-9][A-Za-z0-9_.:/]*/y;
const INTEGER = /^-?(?:0|[1-9][0-9]*)$|^0x[0-9A-Fa-f]+$|^0o[0-7]+$/;
const SIGN = /[()[\],]|<=|>=|!=|==?(?!~)|&(?!&)|<(?!>)|>/y;
const BARE = /[^\s()[\]",#]+/y;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\', '"': '"', n: '\n', t: '\t', r: '\r' };
const CLOSING: Readonly<Record<string, string>> = { '"': '"', "'": "'", '“': '”', '”': '”', '‘': '’', '’': '’' };

/** Signs of other languages, and the words of this one. */
const FOREIGN: readonly (readonly [string, string])[] = [
  ['&&', 'and'],
  ['||', 'or'],
  ['=~', 'matches'],
  ['!~', 'not'],
  ['<>', '!='],
  ['≠', '!='],
  ['≤', '<='],
  ['≥', '>='],
  ['⇐', '<='],
  ['⇒', '>='],
  ['~', 'matches'],
  ['!', 'not'],
  ['|', 'or'],
];

const MIN = -(2n ** 63n);
const MAX = 2n ** 64n - 1n;

export class Lexer {
  readonly #text: string;
  readonly #report: Report;
  #at = 0;
  /** Comments that were passed over. */
  comments = 0;

  constructor(text: string, report: Report) {
    this.#text = text;
    this.#report = report;
  }

  /** The next token; at the end always `end`. */
  next(): Token {
    this.#blank();
    const start = this.#at;
    if (start >= this.#text.length) return { type: 'end', start, end: start };
    const char = this.#text[start];
    if (char in CLOSING) return this.#string(start, start, false);
    if (char === 'r' && this.#text[start + 1] in CLOSING) return this.#string(start, start + 1, true);
    if (isLetter(char)) return this.#word(this.#match(WORD), start);
    const sign = this.#match(SIGN);
    if (sign) return { type: 'sign', text: sign === '==' ? '=' : (sign as Sign), start, end: this.#at };
    const number = this.#match(NUMBER);
    if (number) return this.#integer(number, start);
    const parameter = this.#match(PARAMETER);
    if (parameter) return { type: 'parameter', text: parameter.slice(1), start, end: this.#at };
    return this.#foreign(start);
  }

  #blank(): void {
    for (;;) {
      const char = this.#text[this.#at];
      if (char === '#') {
        this.comments++;
        const end = this.#text.indexOf('\n', this.#at);
        this.#at = end < 0 ? this.#text.length : end;
      } else if (char === ' ' || char === '\n' || char === '\t' || char === '\r') this.#at++;
      else return;
    }
  }

  /** What the (sticky) expression finds here, or nothing. */
  #match(expression: RegExp): string {
    expression.lastIndex = this.#at;
    if (!expression.test(this.#text)) return '';
    const start = this.#at;
    this.#at = expression.lastIndex;
    return this.#text.slice(start, this.#at);
  }

  #word(word: string, start: number): Token {
    const end = this.#at;
    if (word.includes('.')) return { type: 'field', text: word, start, end };
    if (!isKeyword(word)) return { type: 'name', text: word, start, end };
    const text = word.toLowerCase();
    if (text !== word) this.#report('L2009', `\`${word}\` is written in lower case`, start, end, `write \`${text}\``);
    return { type: 'keyword', text, start, end };
  }

  #integer(text: string, start: number): Token {
    const end = this.#at;
    const base = text.startsWith('0x') ? 16 : text.startsWith('0o') ? 8 : 10;
    if (!INTEGER.test(text)) {
      this.#report('L2004', `\`${shorten(text)}\` is not an integer`, start, end, integerHelp(text));
      return { type: 'broken', start, end };
    }
    // 25 characters hold every 64-bit integer without needless zeros; converting more would cost quadratic time.
    const value = text.length > 25 ? MAX + 1n : BigInt(text);
    if (value < MIN || value > MAX) {
      this.#report('L2005', `\`${shorten(text)}\` does not fit into 64 bits`, start, end);
      return { type: 'broken', start, end };
    }
    return { type: 'integer', value, base, start, end };
  }

  /** @param start of the token; @param open of its quotation mark */
  #string(start: number, open: number, raw: boolean): Token {
    const quote = this.#text[open];
    const close = CLOSING[quote];
    let value = '';
    let from = open + 1;
    let at = from;
    for (; at < this.#text.length && this.#text[at] !== close && this.#text[at] !== '\n'; at++) {
      if (raw || this.#text[at] !== '\\') continue;
      value += toBytes(this.#text.slice(from, at));
      const [bytes, length] = this.#escape(at);
      value += bytes;
      at += length - 1;
      from = at + 1;
    }
    const closed = this.#text[at] === close;
    value += toBytes(this.#text.slice(from, at));
    this.#at = closed ? at + 1 : at;
    if (quote !== '"') {
      const help = closed ? `write ${raw ? 'r' : ''}"${shorten(this.#text.slice(open + 1, at))}"` : undefined;
      this.#report('L2008', `strings stand in double quotes, not in ${quote}`, open, open + 1, help);
    } else if (!closed) {
      this.#report('L2002', 'the string has no end on its line', start, this.#at, 'close it with `"`');
    }
    if (isBroken(this.#text.slice(open, at))) {
      this.#report('L2014', 'the string holds half of a surrogate pair', start, this.#at);
    }
    return { type: 'string', value, raw, start, end: this.#at };
  }

  /** The bytes of the escape at a backslash, and how many characters it has. */
  #escape(at: number): [string, number] {
    const char = this.#text[at + 1] ?? '';
    if (char in ESCAPES) return [ESCAPES[char], 2];
    const hex = /^[0-9A-Fa-f]{2}/.exec(this.#text.slice(at + 2, at + 4));
    if (char === 'x' && hex) return [String.fromCharCode(parseInt(hex[0], 16)), 4];
    if (char === '' || char === '\n') return ['', 1];
    const shown = String.fromCodePoint(this.#text.codePointAt(at + 1)!);
    const help = 'for a backslash write `\\\\`, or the whole string raw: r"…"';
    this.#report('L2003', `\`\\${shown}\` is not an escape of strings`, at, at + 1 + shown.length, help);
    return ['', 1];
  }

  #foreign(start: number): Token {
    const found = FOREIGN.find(([sign]) => this.#text.startsWith(sign, start));
    if (!found) {
      const bare = this.#match(BARE) || this.#text[this.#at++];
      const help = /^[/.*]./.test(bare) ? `strings stand in double quotes: "${shorten(bare)}"` : undefined;
      this.#report('L2001', `\`${shorten(bare)}\` is not part of the language`, start, this.#at, help);
      return { type: 'broken', start, end: this.#at };
    }
    const [sign, meant] = found;
    const end = (this.#at = start + sign.length);
    const text = sign === '!~' ? 'not matches' : meant;
    this.#report('L2009', `\`${sign}\` is not an operator of this language`, start, end, `write \`${text}\``);
    return isKeyword(meant)
      ? { type: 'keyword', text: meant, start, end }
      : { type: 'sign', text: meant as Sign, start, end };
  }
}

const isLetter = (char: string): boolean =>
  (char >= 'a' && char <= 'z') || (char >= 'A' && char <= 'Z') || char === '_';

const shorten = (text: string): string => (text.length > 40 ? `${text.slice(0, 39)}…` : text);

function integerHelp(text: string): string {
  if (/^\d+\.\d+\.\d+\.\d+(\/\d+)?$/.test(text)) return `addresses are strings: "${text}"`;
  if (/^0[0-9]+$/.test(text)) {
    const decimal = text.replace(/^0+(?=.)/, '');
    return /^[0-7]+$/.test(decimal) ? `write \`0o${decimal}\` (octal) or \`${decimal}\`` : `write \`${decimal}\``;
  }
  if (/^-0[xo]/.test(text)) return 'only decimal integers are negative';
  if (/^[0-9][0-9_]*$/.test(text)) return `write \`${text.replaceAll('_', '')}\``;
  return 'integers are decimal, `0x…` or `0o…`, without fractions and units';
}

/** Whether an expression has comments, which its tree does not keep. */
export function hasComment(text: string): boolean {
  const lexer = new Lexer(text, () => {});
  while (lexer.next().type !== 'end');
  return lexer.comments > 0;
}
