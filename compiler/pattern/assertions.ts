/**
 * `^`, `$`, `\A`, `\z` in an expression that matches whole strings: where nothing can stand before (behind) they say
 * nothing, where something must they never hold, and elsewhere they are refused.
 */
import { alt, cat, EMPTY, NOTHING, repeat, type Pattern } from './pattern.ts';
import { Refused } from './refused.ts';

/** A pattern that may have assertions in it. */
export type Asserting =
  | { readonly is: 'set'; readonly bytes: Uint8Array }
  | { readonly is: 'cat' | 'alt'; readonly parts: readonly Asserting[] }
  | { readonly is: 'repeat'; readonly of: Asserting; readonly min: number; readonly max: number | null }
  /** Only at the begin, or the end, of the text; `at` is the byte where it stands. */
  | { readonly is: 'begin' | 'end'; readonly at: number };

/** How many bytes a part takes: none at all, some in any case, or it depends. */
type Width = 'none' | 'some' | 'maybe';

function widthOf(node: Asserting): Width {
  switch (node.is) {
    case 'set':
      return 'some';
    case 'begin':
    case 'end':
      return 'none';
    case 'cat':
      return sum(node.parts.map(widthOf));
    case 'alt': {
      const widths = node.parts.map(widthOf);
      return widths.length > 0 && widths.every((width) => width === widths[0]) ? widths[0] : 'maybe';
    }
    case 'repeat': {
      const width = widthOf(node.of);
      if (width === 'none' || node.max === 0) return 'none';
      return node.min === 0 ? 'maybe' : width;
    }
  }
}

const sum = (widths: readonly Width[]): Width =>
  widths.includes('some') ? 'some' : widths.includes('maybe') ? 'maybe' : 'none';

/**
 * The pattern without its assertions.
 * @param before what stands before it, @param behind and behind it
 * @throws Refused where an assertion depends on what other parts take
 */
export function resolveAssertions(node: Asserting, before: Width = 'none', behind: Width = 'none'): Pattern {
  switch (node.is) {
    case 'set':
      return node;
    case 'begin':
      return decide(before, '^', node.at);
    case 'end':
      return decide(behind, '$', node.at);
    case 'alt':
      return alt(node.parts.map((part) => resolveAssertions(part, before, behind)));
    case 'cat': {
      const widths = node.parts.map(widthOf);
      return cat(
        node.parts.map((part, i) =>
          resolveAssertions(part, sum([before, ...widths.slice(0, i)]), sum([...widths.slice(i + 1), behind])),
        ),
      );
    }
    case 'repeat': {
      const width = widthOf(node.of);
      if (width === 'none') return repeat(resolveAssertions(node.of, before, behind), Math.min(node.min, 1), 1);
      const around = node.max !== null && node.max <= 1 ? 'none' : 'maybe';
      return repeat(resolveAssertions(node.of, sum([before, around]), sum([around, behind])), node.min, node.max);
    }
  }
}

function decide(width: Width, sign: string, at: number): Pattern {
  if (width === 'maybe') {
    const help = 'whole strings are matched, so it is rarely needed';
    throw new Refused(`\`${sign}\` beside a part that may be empty: ${help}`, at);
  }
  return width === 'none' ? EMPTY : NOTHING;
}
