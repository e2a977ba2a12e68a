/**
 * RE2 expressions over bytes, by re2js. That matches UTF-16 texts and folds Unicode letters, so both expression and text
 * are moved: a byte above 0x7f becomes a character of the private use area, which has no case and no other property.
 */
import { RE2JS } from 're2js';
import type { Bytes } from '../bundle/normal.ts';

const AREA = 0xe000;
const moved = (byte: number): number => (byte < 0x80 ? byte : AREA + byte);
const moveText = (bytes: Bytes): string =>
  bytes.replace(/[\x80-\xff]/g, (byte) => String.fromCharCode(moved(byte.charCodeAt(0))));

const compiled = new Map<string, RE2JS>();

/** Whether the whole text matches. @param pattern one that the compiler accepted */
export function regexMatches(pattern: Bytes, text: Bytes, fold: boolean): boolean {
  const key = `${fold} ${pattern}`;
  let expression = compiled.get(key);
  if (!expression) {
    expression = compile(pattern, fold);
    compiled.set(key, expression);
  }
  return expression.matches(moveText(text));
}

/** One search takes time that grows with the text, and each match, an empty one too, is a search: so many are made. */
export const MOST_MATCHES = 256;

/**
 * @param pattern one that `searchError` of the compiler accepts
 * @returns where it matches in a text, from left to right: first byte and the one behind; empty matches are left out. Behind
 *   `MOST_MATCHES` of them, all from the next one on counts as matched
 */
export function regexSearch(pattern: Bytes): (text: Bytes) => readonly (readonly [start: number, end: number])[] {
  const expression = compile(pattern, false);
  return (text) => {
    const spans: [number, number][] = [];
    const matcher = expression.matcher(moveText(text)); // a character for each byte, so places are the same
    for (let matches = 0; matcher.find(); matches++) {
      if (matches === MOST_MATCHES) return [...spans, [matcher.start(), text.length]];
      if (matcher.start() < matcher.end()) spans.push([matcher.start(), matcher.end()]);
    }
    return spans;
  };
}

const compile = (pattern: Bytes, fold: boolean): RE2JS =>
  RE2JS.compile(new Mover(pattern).move(), fold ? RE2JS.CASE_INSENSITIVE : 0);

/** A byte, or a character that is several bytes. */
type Literal = { readonly byte: number } | { readonly code: number };

/** One literal: a byte by its number, an escaped or plain character, well-formed UTF-8, any other byte. */
const LITERAL = /\\x\{([0-9a-fA-F]+)\}|\\x([0-9a-fA-F]{2})|\\([0-7]{1,3})|\\([^])|([\xc2-\xf4][\x80-\xbf]{1,3})|([^])/y;
const CONTROL: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };

/** What has no literal in it, outside of classes; `\C` is one byte. */
const SYNTAX = /\\[AzbBdDsSwW]|\(\?P?<\w+>|\(\?[\w-]*:?|\{\d+(?:,\d*)?\}|[.*+?^$|()]/y;
const CLASS_NAME = /\[:\^?\w+:\]|\\[dDsSwW]/y;

/** Rewrites an expression for moved texts. */
class Mover {
  private readonly pattern: Bytes;
  private at = 0;

  constructor(pattern: Bytes) {
    this.pattern = pattern;
  }

  move(): string {
    let out = '';
    while (this.at < this.pattern.length) {
      const syntax = this.take(SYNTAX);
      if (syntax) out += syntax[0];
      else if (this.take(/\\C/y)) out += '(?s:.)';
      else if (this.take(/\\Q/y)) out += this.quoted();
      else if (this.take(/\[/y)) out += this.charClass();
      else out += written(this.literal());
    }
    return out;
  }

  private take(token: RegExp): RegExpExecArray | null {
    token.lastIndex = this.at;
    const found = token.exec(this.pattern);
    if (found) this.at += found[0].length;
    return found;
  }

  private literal(): Literal {
    const [whole, braced, two, octal, escaped, character, plain] = this.take(LITERAL)!;
    if (character !== undefined) return this.character(character);
    const hex = braced ?? two;
    if (hex !== undefined) return { byte: parseInt(hex, 16) };
    if (octal !== undefined) return { byte: parseInt(octal, 8) };
    if (escaped !== undefined && escaped in CONTROL) return { byte: CONTROL[escaped] };
    return { byte: (escaped ?? plain ?? whole).charCodeAt(0) };
  }

  /** A lead byte and what may follow it: the character, or the lead byte alone if that is not UTF-8. */
  private character(bytes: Bytes): Literal {
    const length = bytes < '\xe0' ? 2 : bytes < '\xf0' ? 3 : 4;
    const text = Buffer.from(bytes.slice(0, length), 'latin1').toString('utf8');
    const whole = bytes.length >= length && !text.includes('\ufffd');
    this.at -= bytes.length - (whole ? length : 1);
    return whole ? { code: text.codePointAt(0)! } : { byte: bytes.charCodeAt(0) };
  }

  private quoted(): string {
    let out = '';
    while (this.at < this.pattern.length && !this.take(/\\E/y)) {
      const [byte] = this.take(/[\xc2-\xf4][\x80-\xbf]{1,3}|[^]/y)!;
      out += written(byte.length > 1 ? this.character(byte) : { byte: byte.charCodeAt(0) });
    }
    return out;
  }

  /** A class: its bytes as a class, its characters beside it as sequences of bytes. */
  private charClass(): string {
    const negated = this.take(/\^/y) ? '^' : '';
    let members = '';
    const sequences: string[] = [];
    do {
      const name = this.take(CLASS_NAME);
      if (name) {
        members += name[0];
        continue;
      }
      const low = this.literal();
      const high = this.take(/-(?!\])/y) ? this.literal() : low;
      if ('byte' in low) members += `${point(low.byte)}-${point('byte' in high ? high.byte : 0x7f)}`;
      if ('code' in high) sequences.push(...characters('code' in low ? low.code : 0x80, high.code));
    } while (!this.take(/\]/y));
    return `(?:${[...(members === '' ? [] : [`[${negated}${members}]`]), ...sequences].join('|')})`;
  }
}

const point = (byte: number): string => `\\x{${moved(byte).toString(16)}}`;
const utf8 = (code: number): number[] => [...Buffer.from(String.fromCodePoint(code))];

/** A quantifier behind a character counts all of its bytes. */
const written = (literal: Literal): string =>
  'byte' in literal ? point(literal.byte) : `(?:${utf8(literal.code).map(point).join('')})`;

/** The last characters of each length in UTF-8, and the one before the surrogates, which are no characters. */
const LAST = [0x7ff, 0xd7ff, 0xffff, 0x10ffff];
const AFTER: Readonly<Record<number, number>> = { 0xd7ff: 0xe000 };

/** Expressions for the UTF-8 of the characters from `low` to `high`. */
function characters(low: number, high: number): string[] {
  const last = LAST.find((code) => low <= code)!;
  if (high > last) return [...characters(low, last), ...characters(AFTER[last] ?? last + 1, high)];
  return [between(utf8(low), utf8(high))];
}

/** The sequences of bytes from `low` to `high`, which are of one length. */
function between([low, ...lows]: readonly number[], [high, ...highs]: readonly number[]): string {
  const range = (from: number, to: number): string => `[${point(from)}-${point(to)}]`;
  if (lows.length === 0) return range(low, high);
  if (low === high) return `${point(low)}(?:${between(lows, highs)})`;
  const least = lows.map(() => 0x80);
  const most = lows.map(() => 0xbf);
  const parts = [`${point(low)}(?:${between(lows, most)})`, `${point(high)}(?:${between(least, highs)})`];
  if (high - low > 1) parts.push(range(low + 1, high - 1) + range(0x80, 0xbf).repeat(lows.length));
  return parts.join('|');
}
