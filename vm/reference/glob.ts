/** Globs (semantics, section 3): from a set of places in a text to the places where a match that began there can end. */
import type { Bytes } from '../bundle/normal.ts';

type Places = ReadonlySet<number>;
type Part = (text: Bytes, starts: Places) => Places;

/** ASCII letters in one case; all other bytes as they are. */
export const lower = (bytes: Bytes): Bytes => bytes.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

/** Whether the whole text matches. @param pattern one that the compiler accepted */
export function globMatches(pattern: Bytes, text: Bytes, fold: boolean): boolean {
  const [subject, glob] = fold ? [lower(text), new GlobParser(pattern, lower)] : [text, new GlobParser(pattern, same)];
  return glob
    .whole()(subject, new Set([0]))
    .has(subject.length);
}

const same = (bytes: Bytes): Bytes => bytes;

class GlobParser {
  private readonly pattern: Bytes;
  private readonly fold: (bytes: Bytes) => Bytes;
  private at = 0;

  constructor(pattern: Bytes, fold: (bytes: Bytes) => Bytes) {
    this.pattern = pattern;
    this.fold = fold;
  }

  whole(): Part {
    const part = this.sequence(false);
    if (this.at < this.pattern.length) throw this.bug();
    return part;
  }

  /** Parts up to the end, or inside braces up to the `,` or `}` that ends an alternative. */
  private sequence(inBraces: boolean): Part {
    const parts: Part[] = [];
    while (this.at < this.pattern.length) {
      if (inBraces && (this.peek(',') || this.peek('}'))) break;
      parts.push(this.part());
    }
    return (text, starts) => parts.reduce((places, part) => part(text, places), starts);
  }

  private part(): Part {
    const stars = /^\*+/.exec(this.pattern.slice(this.at))?.[0].length ?? 0;
    this.at += stars;
    if (stars > 1) return this.take('/') ? DIRECTORIES : ANYTHING;
    if (stars === 1) return NO_SLASHES;
    if (this.take('?')) return oneByte((byte) => byte !== '/');
    if (this.take('[')) return this.charClass();
    if (this.take('{')) return this.braces();
    const literal = this.fold(this.byte());
    return oneByte((byte) => byte === literal);
  }

  private braces(): Part {
    const alternatives = [this.sequence(true)];
    while (this.take(',')) alternatives.push(this.sequence(true));
    if (!this.take('}')) throw this.bug();
    return (text, starts) => new Set(alternatives.flatMap((alternative) => [...alternative(text, starts)]));
  }

  private charClass(): Part {
    const negated = this.take('!');
    const ranges: [low: Bytes, high: Bytes][] = [];
    do {
      const low = this.byte();
      const isRange = this.peek('-') && this.pattern[this.at + 1] !== ']';
      ranges.push([low, isRange && this.take('-') ? this.byte() : low]);
    } while (!this.take(']'));
    const holds = (byte: Bytes): boolean => ranges.some(([low, high]) => low <= byte && byte <= high);
    // Folded texts are in lower case; a range may name either case.
    const folded = (byte: Bytes): boolean => holds(byte) || (this.fold !== same && holds(upper(byte)));
    return oneByte((byte) => byte !== '/' && folded(byte) !== negated);
  }

  /** One byte of the pattern that stands for itself. */
  private byte(): Bytes {
    this.take('\\');
    if (this.at === this.pattern.length) throw this.bug();
    return this.pattern[this.at++];
  }

  private peek(text: Bytes): boolean {
    return this.pattern.startsWith(text, this.at);
  }

  private take(text: Bytes): boolean {
    const found = this.peek(text);
    if (found) this.at += text.length;
    return found;
  }

  private bug(): Error {
    return new Error(`BUG: the compiler accepted the glob \`${this.pattern}\``);
  }
}

const upper = (byte: Bytes): Bytes => byte.replace(/[a-z]/, (letter) => letter.toUpperCase());

const oneByte =
  (holds: (byte: Bytes) => boolean): Part =>
  (text, starts) =>
    new Set([...starts].filter((at) => at < text.length && holds(text[at])).map((at) => at + 1));

/** Places that are reached from a start over bytes that `holds` accepts. */
const run =
  (holds: (byte: Bytes) => boolean): Part =>
  (text, starts) => {
    const places = new Set(starts);
    for (const at of places) if (at < text.length && holds(text[at])) places.add(at + 1);
    return places;
  };

const NO_SLASHES = run((byte) => byte !== '/');
const ANYTHING = run(() => true);
const SLASH = oneByte((byte) => byte === '/');
const DIRECTORIES: Part = (text, starts) => new Set([...starts, ...SLASH(text, ANYTHING(text, starts))]);
