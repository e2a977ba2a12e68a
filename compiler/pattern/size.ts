/** How large the automaton of a pattern becomes, before it is made: positions, and the links between them. */
import type { Pattern } from './pattern.ts';

/** Counts of Glushkov's construction, where a position is one set of bytes as often as it is copied. */
interface Size {
  readonly positions: number;
  /** Pairs of positions of which one can follow the other. */
  readonly links: number;
  /** Positions at which a match can begin, and end. */
  readonly first: number;
  readonly last: number;
  readonly nullable: boolean;
}

const EMPTY: Size = { positions: 0, links: 0, first: 0, last: 0, nullable: true };

/** Upper bounds: what the alternatives have in common counts for each of them. */
export function sizeOf(pattern: Pattern): Size {
  switch (pattern.is) {
    case 'set':
      return { positions: 1, links: 0, first: 1, last: 1, nullable: false };
    case 'cat':
      return pattern.parts.reduce((size, part) => followed(size, sizeOf(part)), EMPTY);
    case 'alt':
      return pattern.parts.map(sizeOf).reduce(
        (a, b) => ({
          positions: a.positions + b.positions,
          links: a.links + b.links,
          first: a.first + b.first,
          last: a.last + b.last,
          nullable: a.nullable || b.nullable,
        }),
        { ...EMPTY, nullable: pattern.parts.length === 0 },
      );
    case 'repeat':
      return repeated(sizeOf(pattern.of), pattern.min, pattern.max);
  }
}

function repeated(once: Size, min: number, max: number | null): Size {
  if (max === 0) return EMPTY;
  const { positions, links, first, last } = once;
  // Without an end, the last copy follows itself.
  const copies = max ?? Math.max(1, min);
  // Copies follow one another; where one can be empty, each also follows all before it.
  const pairs = once.nullable ? (copies * (copies - 1)) / 2 : copies - 1;
  const loops = max === null ? 1 : 0;
  return {
    positions: positions * copies,
    links: links * copies + (pairs + loops) * last * first,
    first: first * (once.nullable ? copies : 1),
    last: last * (once.nullable ? copies : Math.max(1, copies - Math.max(0, min - 1))),
    nullable: once.nullable || min === 0,
  };
}

function followed(a: Size, b: Size): Size {
  return {
    positions: a.positions + b.positions,
    links: a.links + b.links + a.last * b.first,
    first: a.first + (a.nullable ? b.first : 0),
    last: b.last + (b.nullable ? a.last : 0),
    nullable: a.nullable && b.nullable,
  };
}
