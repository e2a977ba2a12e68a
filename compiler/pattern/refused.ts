/** A pattern that is refused: thrown inside the parsers, a value outside. */
import type { Parsed, Pattern } from './pattern.ts';

export class Refused extends Error {
  /** Byte of the pattern. */
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }

  static caught(parse: () => Pattern): Parsed {
    try {
      return { pattern: parse() };
    } catch (error) {
      if (error instanceof Refused) return { error: error.message, at: error.at };
      throw error;
    }
  }
}
