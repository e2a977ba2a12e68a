/** Globs (semantics, section 3): components between slashes, braces, escapes. */
import type { Bytes } from '../../vm/bundle/normal.ts';
import { alt, byte, byteSet, cat, foldSet, repeat, set, type Parsed, type Pattern } from './pattern.ts';
import { Refused } from './refused.ts';

const SLASH = 0x2f;
const NESTING = 32;

const ANY = repeat(
  set(() => true),
  0,
  null,
);
const COMPONENT_BYTE = set((b) => b !== SLASH);

/**
 * Reads a glob: `?` one byte but `/`; `*` any but `/`; `**` anything, `**` with a slash behind it also nothing;
 * `[a-z]`, `[!a]`, never `/`; `{a,b}`, which may be nested; `\` takes what follows as it is.
 * @param fold ASCII letters of both cases are the same
 */
export function parseGlob(pattern: Bytes, fold: boolean): Parsed {
  return Refused.caught(pattern, () => new GlobParser(pattern, fold).parse());
}

class GlobParser {
  readonly #text: Bytes;
  readonly #fold: boolean;
  #at = 0;

  constructor(text: Bytes, fold: boolean) {
    this.#text = text;
    this.#fold = fold;
  }

  parse(): Pattern {
    const whole = this.#sequence(0);
    // Only a `}` that closes nothing ends the outermost sequence early.
    if (this.#at < this.#text.length)
      throw new Refused('a `}` without its `{`: write `\\}` for the character', this.#at);
    return whole;
  }

  /** Up to the end, and inside braces up to `,` or `}`. */
  #sequence(depth: number): Pattern {
    const parts: Pattern[] = [];
    while (this.#at < this.#text.length) {
      const char = this.#text[this.#at];
      if (char === '}' || (char === ',' && depth > 0)) break;
      parts.push(this.#part(char, depth));
    }
    return cat(parts);
  }

  #part(char: string, depth: number): Pattern {
    const start = this.#at++;
    switch (char) {
      case '?':
        return COMPONENT_BYTE;
      case '*':
        return this.#stars();
      case '[':
        return this.#class(start);
      case '{':
        return this.#braces(start, depth);
      case '\\':
        return byte(this.#escaped(start), this.#fold);
      default:
        return byte(char.charCodeAt(0), this.#fold);
    }
  }

  #stars(): Pattern {
    if (this.#text[this.#at] !== '*') return repeat(COMPONENT_BYTE, 0, null);
    while (this.#text[this.#at] === '*') this.#at++;
    if (this.#text[this.#at] !== '/') return ANY;
    this.#at++;
    return repeat(cat([ANY, byte(SLASH, false)]), 0, 1);
  }

  #escaped(start: number): number {
    if (this.#at >= this.#text.length) throw new Refused('a `\\` at the end escapes nothing', start);
    return this.#text.charCodeAt(this.#at++);
  }

  #braces(start: number, depth: number): Pattern {
    if (depth >= NESTING) throw new Refused(`more than ${NESTING} braces inside each other`, start);
    const parts: Pattern[] = [];
    do {
      parts.push(this.#sequence(depth + 1));
    } while (this.#text[this.#at++] === ',');
    if (this.#text[this.#at - 1] !== '}')
      throw new Refused('a `{` without its `}`: write `\\{` for the character', start);
    if (parts.length === 1 && this.#at === start + 2) throw new Refused('`{}` has no alternatives', start);
    return alt(parts);
  }

  #class(start: number): Pattern {
    if (this.#text[this.#at] === '^')
      throw new Refused('write `[!…]` for other bytes, `[\\^…]` for the character', this.#at);
    const negated = this.#text[this.#at] === '!';
    if (negated) this.#at++;
    if (this.#text[this.#at] === ']') throw new Refused('a class without bytes: write `\\]` for the character', start);
    const members = new Uint8Array(256);
    while (this.#text[this.#at] !== ']') {
      const low = this.#member(start);
      const isRange = this.#text[this.#at] === '-' && this.#text[this.#at + 1] !== ']';
      if (isRange) this.#at++;
      const high = isRange ? this.#member(start) : low;
      if (high < low) throw new Refused('a range whose end lies before its start', this.#at - 1);
      members.fill(1, low, high + 1);
    }
    this.#at++;
    const bytes = this.#fold ? foldSet(members) : members;
    return { is: 'set', bytes: byteSet((b) => b !== SLASH && (bytes[b] === 1) !== negated) };
  }

  #member(start: number): number {
    const at = this.#at++;
    if (at >= this.#text.length) throw new Refused('a `[` without its `]`: write `\\[` for the character', start);
    const char = this.#text[at];
    if (char === '[' && this.#text[this.#at] === ':')
      throw new Refused('classes with names are a matter of `matches`', at);
    const value = char === '\\' ? this.#escaped(at) : char.charCodeAt(0);
    if (value > 0x7f) throw new Refused('a class holds bytes, and this character is several: write `{…,…}`', at);
    return value;
  }
}
