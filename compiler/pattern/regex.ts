/**
 * Regular expressions in the syntax of RE2, over bytes, for whole strings. Differences from RE2 on text, all of them
 * because a string is bytes: `.` and a negated class take one byte, `\xHH` is the byte, folding is ASCII, and a class
 * with characters outside ASCII stands for their UTF-8 sequences.
 */
import type { Bytes } from '../../vm/bundle/normal.ts';
import { resolveAssertions, type Asserting } from './assertions.ts';
import { complement, PERL, POSIX, utf8Range } from './classes.ts';
import { byte, byteSet, EMPTY, foldSet, type Parsed, type Pattern } from './pattern.ts';
import { Refused } from './refused.ts';

const NESTING = 200;
const MOST_REPEATS = 1000;

interface Flags {
  /** `i`: ASCII letters of both cases; `s`: `.` takes a line break; `m`: `^` and `$` at lines; `U`: no meaning here. */
  i: boolean;
  s: boolean;
  m: boolean;
  U: boolean;
}

/** A member of a class, or a literal: a byte, or a character that has several. */
type Char = { readonly byte: number } | { readonly code: number };

/**
 * Reads an expression.
 * @param fold as if it began with `(?i)`
 */
export function parseRegex(pattern: Bytes, fold: boolean): Parsed {
  return Refused.caught(pattern, () => new RegexParser(pattern, fold).parse());
}

/**
 * Reads an expression that is looked for inside of texts. There assertions mean something at every place, those of words
 * and of lines too.
 * @returns why it is refused, null where it is not
 */
export function searchError(pattern: Bytes): string | null {
  const read = Refused.caught(pattern, () => {
    new RegexParser(pattern, false, true).check();
    return EMPTY;
  });
  return 'error' in read ? read.error : null;
}

class RegexParser {
  readonly #text: Bytes;
  readonly #names = new Set<string>();
  #flags: Flags;
  #at = 0;
  #asserts = false;
  readonly #search: boolean;

  /** @param search inside of texts */
  constructor(text: Bytes, fold: boolean, search = false) {
    this.#text = text;
    this.#search = search;
    this.#flags = { i: fold, s: false, m: false, U: false };
  }

  /** @returns the pattern with its assertions */
  check(): Asserting {
    const whole = this.#alternatives(0);
    if (this.#at < this.#text.length) throw new Refused('a `)` without its `(`', this.#at);
    return whole;
  }

  parse(): Pattern {
    const whole = this.check();
    return this.#asserts ? resolveAssertions(whole) : (whole as Pattern);
  }

  #alternatives(depth: number): Asserting {
    const parts = [this.#sequence(depth)];
    while (this.#take('|')) parts.push(this.#sequence(depth));
    return parts.length === 1 ? parts[0] : { is: 'alt', parts };
  }

  #sequence(depth: number): Asserting {
    const parts: Asserting[] = [];
    let repeatable = false;
    let repeated = false;
    while (this.#at < this.#text.length && this.#text[this.#at] !== '|' && this.#text[this.#at] !== ')') {
      const start = this.#at;
      const times = this.#repetition();
      if (!times) {
        const count = parts.length;
        this.#part(depth, parts);
        repeatable = parts.length > count;
        repeated = false;
        continue;
      }
      const sign = `\`${this.#text.slice(start, this.#at)}\``;
      if (!repeatable) throw new Refused(`nothing stands before ${sign} that could be repeated`, start);
      if (repeated) throw new Refused(`${sign} behind a repetition: RE2 has no such operator`, start);
      const [min, max] = times;
      const node: Asserting = { is: 'repeat', of: parts.pop()!, min, max };
      if (!isAffordable(node, MOST_REPEATS))
        throw new Refused(`${sign} repeats more than ${MOST_REPEATS} times`, start);
      parts.push(node);
      repeated = true;
    }
    return parts.length === 1 ? parts[0] : { is: 'cat', parts };
  }

  /** `*`, `+`, `?`, `{n}`, `{n,}`, `{n,m}`, each lazy or not: the strings are the same. Null: none of them is here. */
  #repetition(): [number, number | null] | null {
    const char = this.#text[this.#at];
    let times: [number, number | null];
    if (char === '*' || char === '+' || char === '?') {
      this.#at++;
      times = [char === '+' ? 1 : 0, char === '?' ? 1 : null];
    } else {
      // Anything else between braces is text, as in RE2.
      const found = char === '{' && /^\{(\d{1,9})(,(\d{0,9}))?\}/.exec(this.#text.slice(this.#at, this.#at + 24));
      if (!found) return null;
      const min = Number(found[1]);
      const max = found[2] === undefined ? min : found[3] === '' ? null : Number(found[3]);
      if (min > MOST_REPEATS || (max !== null && (max > MOST_REPEATS || max < min))) {
        throw new Refused(
          `\`${found[0]}\` is no repetition: at most ${MOST_REPEATS} times, the smaller number first`,
          this.#at,
        );
      }
      this.#at += found[0].length;
      times = [min, max];
    }
    this.#take('?');
    return times;
  }

  /** One part, or several, or none (flags). */
  #part(depth: number, parts: Asserting[]): void {
    const start = this.#at;
    switch (this.#text[start]) {
      case '(':
        return this.#group(depth, parts);
      case '[':
        parts.push(this.#class());
        return;
      case '.':
        this.#at++;
        parts.push({ is: 'set', bytes: byteSet((b) => this.#flags.s || b !== 0x0a) });
        return;
      case '^':
      case '$':
        this.#at++;
        parts.push(this.#assertion(this.#text[start] === '^' ? 'begin' : 'end', start, this.#flags.m));
        return;
      case '\\':
        return this.#escape(parts);
      default:
        parts.push(this.#literal(this.#char()));
    }
  }

  #assertion(is: 'begin' | 'end', at: number, lines: boolean): Asserting {
    if (lines && !this.#search) throw new Refused('`^` and `$` of lines, under `(?m)`, are not supported', at);
    this.#asserts = true;
    return { is, at };
  }

  #group(depth: number, parts: Asserting[]): void {
    const start = this.#at++;
    if (depth >= NESTING) throw new Refused(`more than ${NESTING} groups inside each other`, start);
    const outer = this.#flags;
    this.#flags = { ...outer };
    if (this.#text[this.#at] === '?') {
      this.#at++;
      if (this.#groupKind(start)) return; // flags for what follows: those of this group stay
    }
    const inner = this.#alternatives(depth + 1);
    if (!this.#take(')')) throw new Refused('a `(` without its `)`', start);
    this.#flags = outer;
    parts.push(inner);
  }

  /** Behind `(?`: a name, flags with `:`, or, true, flags with `)`. */
  #groupKind(start: number): boolean {
    const rest = this.#text.slice(this.#at, this.#at + 128);
    if (/^(?:[=!]|<[=!])/.test(rest)) throw new Refused('look-around, which RE2 does not have', start);
    if (/^P[=>]/.test(rest)) throw new Refused('a backreference, which RE2 does not have', start);
    const name = /^P?<([A-Za-z0-9_]+)>/.exec(rest);
    if (name) {
      if (this.#names.has(name[1])) throw new Refused(`two groups with the name \`${name[1]}\``, start);
      this.#names.add(name[1]);
      this.#at += name[0].length;
      return false;
    }
    const flags = /^([imsU]*)(?:-([imsU]+))?([:)])/.exec(rest);
    if (!flags) {
      throw new Refused(`\`(?${rest.slice(0, 1)}\` starts no group of RE2`, start);
    }
    for (const flag of flags[1]) this.#flags[flag as keyof Flags] = true;
    for (const flag of flags[2] ?? '') this.#flags[flag as keyof Flags] = false;
    this.#at += flags[0].length;
    return flags[3] === ')';
  }

  #escape(parts: Asserting[]): void {
    const start = this.#at;
    const char = this.#text[start + 1];
    if (char === 'Q') return this.#quoted(parts);
    const perl = this.#perlClass();
    if (perl) parts.push({ is: 'set', bytes: perl });
    else if (char === 'C') parts.push({ is: 'set', bytes: byteSet(() => true) });
    else if (char === 'A') parts.push(this.#assertion('begin', start, false));
    // which assertion it is makes no difference to whether the expression can be read
    else if (this.#search && (char === 'b' || char === 'B')) parts.push(this.#assertion('begin', start, false));
    else if (char === 'z') parts.push(this.#assertion('end', start, false));
    else {
      if (char === 'b' || char === 'B') {
        throw new Refused(
          `\`\\${char}\` is not supported: name the bytes around, as in \`(?:.*\\W)?word(?:\\W.*)?\``,
          start,
        );
      }
      parts.push(this.#literal(this.#escapedChar()));
      return;
    }
    if (!perl) this.#at += 2;
  }

  /** `\Q…\E`, or to the end: each character is one part, so that a repetition takes the last. */
  #quoted(parts: Asserting[]): void {
    this.#at += 2;
    while (this.#at < this.#text.length) {
      if (this.#text.startsWith('\\E', this.#at)) {
        this.#at += 2;
        return;
      }
      parts.push(this.#literal(this.#char()));
    }
  }

  /** `\d`, `\D`, `\s`, `\S`, `\w`, `\W` are read; null: something else stands here. */
  #perlClass(): Uint8Array | null {
    const name = this.#text[this.#at + 1] ?? '';
    const bytes = PERL[name.toLowerCase()];
    if (this.#text[this.#at] !== '\\' || !bytes) return null;
    this.#at += 2;
    return name === name.toLowerCase() ? bytes : complement(bytes);
  }

  /** An escape that stands for one character. */
  #escapedChar(): Char {
    const start = this.#at;
    const char = this.#text[start + 1];
    if (char === undefined) throw new Refused('a `\\` at the end escapes nothing', start);
    this.#at += 2;
    const named = { a: 7, f: 12, t: 9, n: 10, r: 13, v: 11 }[char];
    if (named !== undefined) return { byte: named };
    if (char === 'x') return this.#hexadecimal(start);
    if (char >= '0' && char <= '9') return this.#octal(start);
    if (char === 'p' || char === 'P')
      throw new Refused('classes of Unicode are not supported: strings are bytes', start);
    if (/[\x00-\x7f]/.test(char) && !/[A-Za-z]/.test(char)) return { byte: char.charCodeAt(0) };
    throw new Refused(`\`\\${char > '\x7f' ? '…' : char}\` is not an escape of RE2`, start);
  }

  #hexadecimal(start: number): Char {
    const found = /^(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,8})\})/.exec(this.#text.slice(this.#at, this.#at + 10));
    if (!found) throw new Refused('`\\x` takes two hexadecimal digits, or some in braces', start);
    const value = parseInt(found[1] ?? found[2], 16);
    if (value > 0xff) throw new Refused('`\\x` is one byte: write the character itself', start);
    this.#at += found[0].length;
    return { byte: value };
  }

  #octal(start: number): Char {
    const found = /^(?:0[0-7]{0,2}|[1-7][0-7]{1,2})/.exec(this.#text.slice(start + 1, start + 4));
    if (!found) throw new Refused(`\`\\${this.#text[start + 1]}\` is a backreference, which RE2 does not have`, start);
    const value = parseInt(found[0], 8);
    if (value > 0xff) throw new Refused('an octal escape is one byte', start);
    this.#at = start + 1 + found[0].length;
    return { byte: value };
  }

  /** What stands here as text: a character of UTF-8, or a byte that is none. */
  #char(): Char {
    const first = this.#text.charCodeAt(this.#at);
    const length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (length > 1) {
      const bytes = Buffer.from(this.#text.slice(this.#at, this.#at + length), 'latin1');
      const text = bytes.toString('utf8');
      if (bytes.equals(Buffer.from(text, 'utf8'))) {
        this.#at += length;
        return { code: text.codePointAt(0)! };
      }
    }
    this.#at++;
    return { byte: first };
  }

  #literal(char: Char): Asserting {
    if ('code' in char) return utf8Range(char.code, char.code);
    return byte(char.byte, this.#flags.i);
  }

  #class(): Asserting {
    const start = this.#at++;
    const negated = this.#take('^');
    const bytes = new Uint8Array(256);
    const wide: Pattern[] = [];
    for (let first = true; first || this.#text[this.#at] !== ']'; first = false) {
      if (this.#at >= this.#text.length) throw new Refused('a `[` without its `]`', start);
      const named = this.#named();
      if (named) for (let b = 0; b < 256; b++) bytes[b] |= named[b];
      else this.#range(start, bytes, wide);
    }
    this.#at++;
    if (negated && wide.length > 0) {
      throw new Refused('a negated class holds bytes, and a character in it is several', start);
    }
    const folded = this.#flags.i ? foldSet(bytes) : bytes;
    const set: Pattern = { is: 'set', bytes: negated ? complement(folded) : folded };
    return wide.length === 0 ? set : { is: 'alt', parts: [set, ...wide] };
  }

  /** Inside a class: `\d` and its kind, `[:alpha:]`, `[:^alpha:]`; null: something else stands here. */
  #named(): Uint8Array | null {
    const perl = this.#perlClass();
    if (perl) return perl;
    const found = /^\[:(\^?)([^\]:]*):\]/.exec(this.#text.slice(this.#at, this.#at + 32));
    if (!found) return null;
    if (!Object.hasOwn(POSIX, found[2])) throw new Refused(`\`${found[0]}\` is not a class of RE2`, this.#at);
    this.#at += found[0].length;
    return found[1] === '' ? POSIX[found[2]] : complement(POSIX[found[2]]);
  }

  #range(start: number, bytes: Uint8Array, wide: Pattern[]): void {
    const at = this.#at;
    const low = this.#classChar(start);
    const isRange =
      this.#text[this.#at] === '-' && this.#at + 1 < this.#text.length && this.#text[this.#at + 1] !== ']';
    if (isRange) this.#at++;
    const high = isRange ? this.#classChar(start) : low;
    const [from, to] = [low, high].map((char) => ('byte' in char ? char.byte : char.code));
    const mixed = 'byte' in low ? 'code' in high && low.byte > 0x7f : 'byte' in high;
    if (to < from || mixed) throw new Refused('a range whose end lies before its start, or is of another sort', at);
    if ('byte' in low) bytes.fill(1, from, Math.min(to, 'byte' in high ? 0xff : 0x7f) + 1);
    if ('code' in high) wide.push(utf8Range('code' in low ? from : 0x80, to));
  }

  #classChar(start: number): Char {
    if (this.#at >= this.#text.length) throw new Refused('a `[` without its `]`', start);
    return this.#text[this.#at] === '\\' ? this.#escapedChar() : this.#char();
  }

  #take(char: string): boolean {
    const taken = this.#text[this.#at] === char;
    if (taken) this.#at++;
    return taken;
  }
}

/** Whether counted repetitions inside each other stay below `most` copies together, as RE2 asks. */
function isAffordable(node: Asserting, most: number): boolean {
  switch (node.is) {
    case 'cat':
    case 'alt':
      return node.parts.every((part) => isAffordable(part, most));
    case 'repeat': {
      const times = node.max ?? node.min;
      if (node.max === 0) return true;
      return times <= most && isAffordable(node.of, times > 1 ? Math.floor(most / times) : most);
    }
    default:
      return true;
  }
}
