/** Named byte classes of RE2, and ranges of characters as UTF-8. */
import { alt, byteSet, cat, type Pattern } from './pattern.ts';

const of = (text: string) => byteSet((b) => text.includes(String.fromCharCode(b)));
const between = (...ranges: string[]) =>
  byteSet((b) => ranges.some((range) => b >= range.charCodeAt(0) && b <= range.charCodeAt(range.length - 1)));

const DIGIT = between('0-9');
const SPACE = of('\t\n\f\r ');
const WORD = between('0-9', 'A-Z', 'a-z', '_');

/** `\d`, `\s`, `\w`; their capitals are the other bytes. */
export const PERL: Readonly<Record<string, Uint8Array>> = { d: DIGIT, s: SPACE, w: WORD };

/** `[[:name:]]`. */
export const POSIX: Readonly<Record<string, Uint8Array>> = {
  alnum: between('0-9', 'A-Z', 'a-z'),
  alpha: between('A-Z', 'a-z'),
  ascii: between('\0-\x7f'),
  blank: of('\t '),
  cntrl: between('\0-\x1f', '\x7f'),
  digit: DIGIT,
  graph: between('!-~'),
  lower: between('a-z'),
  print: between(' -~'),
  punct: between('!-/', ':-@', '[-`', '{-~'),
  space: of('\t\n\v\f\r '),
  upper: between('A-Z'),
  word: WORD,
  xdigit: between('0-9', 'A-F', 'a-f'),
};

export const complement = (bytes: Uint8Array): Uint8Array => bytes.map((held) => 1 - held);

const LAST_OF_LENGTH = [0x7f, 0x7ff, 0xffff];

/** UTF-8 of a code point. */
const encode = (code: number): number[] => [...Buffer.from(String.fromCodePoint(code), 'utf8')];

/**
 * The characters from `low` to `high` as byte sequences. A range is split until both ends have as many bytes and each
 * byte runs over a range of its own (Thompson's construction, as in RE2). Surrogates are no characters.
 */
export function utf8Range(low: number, high: number): Pattern {
  const sequences: Pattern[] = [];
  const add = (from: number, to: number): void => {
    if (from > to) return;
    for (const last of LAST_OF_LENGTH) {
      if (from <= last && last < to) return (add(from, last), add(last + 1, to));
    }
    for (let bits = 6; bits < 21 && to > 0x7f; bits += 6) {
      const below = (1 << bits) - 1;
      if ((from & ~below) === (to & ~below)) continue;
      if ((from & below) !== 0) return (add(from, from | below), add((from | below) + 1, to));
      if ((to & below) !== below) return (add(from, (to & ~below) - 1), add(to & ~below, to));
    }
    const ends = encode(to);
    sequences.push(
      cat(encode(from).map((byte, i) => ({ is: 'set', bytes: byteSet((b) => b >= byte && b <= ends[i]) }))),
    );
  };
  add(low, Math.min(high, 0xd7ff));
  add(Math.max(low, 0xe000), high);
  return alt(sequences);
}
