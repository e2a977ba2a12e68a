/** A pattern that is refused: thrown inside the parsers, a value outside. */
import type { Bytes } from '../../vm/bundle/normal.ts';
import { LIMITS } from '../../vm/spec/limits.ts';
import type { Parsed, Pattern } from './pattern.ts';

export class Refused extends Error {
  /** Byte of the pattern. */
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }

  /** What `parse` makes of a pattern that is not too long to be one. */
  static caught(pattern: Bytes, parse: () => Pattern): Parsed {
    const limit = LIMITS.patternBytes.value;
    if (pattern.length > limit) return { error: `the pattern has more than ${limit} bytes`, at: 0 };
    try {
      return { pattern: parse() };
    } catch (error) {
      if (error instanceof Refused) return { error: error.message, at: error.at };
      throw error;
    }
  }
}
