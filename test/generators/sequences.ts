/** Random expressions that are mostly texts with gaps between them, over few letters: what overlaps and repeats is found so. */
import type { Sketch } from './patterns.ts';
import type { Random } from './random.ts';

const escaped = (text: string): string => text.replace(/[|.*+?()[\]{}^$\\]/g, '\\$&').replace(/\n/g, '\\n');

const words = (r: Random, letters: string, most: number): string =>
  r.list(r.between(1, most), () => r.pick([...letters])).join('');

/** One text, several, one with parts that may be missing. */
function texts(r: Random, letters: string): Sketch {
  const word = words(r, letters, 4);
  switch (r.below(6)) {
    case 0: {
      const others = r.list(r.between(1, 3), () => words(r, letters, 3));
      return {
        text: `(${[word, ...others].map(escaped).join('|')})`,
        sample: (s) => s.pick([word, ...others]),
      };
    }
    case 1: {
      const other = words(r, letters, 2);
      return { text: `${escaped(word)}(?:${escaped(other)})?`, sample: (s) => word + (s.chance(0.5) ? other : '') };
    }
    case 2:
      return { text: `(?i:${escaped(word)})`, sample: (s) => (s.chance(0.5) ? word.toUpperCase() : word) };
    default:
      return { text: escaped(word), sample: () => word };
  }
}

const GAPS = [
  '.*',
  '.*',
  '.*',
  '(?s:.*)',
  '(?s:.*)',
  '.+',
  '[^\\n]*',
  '[^a]*',
  '[^|]*',
  ' *',
  '\\s+',
  'a+',
  '(?s:.{2,})',
  '.*\\s*',
  '\\s+.*',
  '(?:.*a)?',
  'b?',
  '.{2}',
  '[ab]{1,3}',
  '[^a]{0,4}',
  '[^b]{3,}',
  '\\w{2,5}',
];

function gap(r: Random, letters: string): Sketch {
  if (r.chance(0.2)) return loop(r, letters);
  return {
    text: r.pick(GAPS),
    sample: (s) => s.list(s.pick([0, 0, 1, 2, 3, 5]), () => s.pick([...letters, ' ', '\n'])).join(''),
  };
}

const LOOPED = ['[ab]+', '[^ ]*', '.+', '[^a]{1,3}', '\\w*'];

/** A gap that a text before it, behind it or both let begin anew. */
function loop(r: Random, letters: string): Sketch {
  const [before, after] = [0, 0].map(() => (r.chance(0.6) ? words(r, letters + ' ', 2) : ''));
  const inside = (s: Random): string => s.list(s.pick([0, 1, 1, 2, 3]), () => s.pick([...letters, ' '])).join('');
  return {
    text: `(?:${escaped(before)}${r.pick(LOOPED)}${escaped(after)})${r.pick(['*', '+'])}`,
    sample: (s) => s.list(s.below(4), () => before + inside(s) + after).join(''),
  };
}

/** Texts and gaps in turn, one or the other first and last; now and then two alternatives. */
export function sequence(r: Random, letters: string, depth = 1): Sketch {
  if (depth > 0 && r.chance(0.1)) {
    const [a, b] = [sequence(r, letters, 0), sequence(r, letters, 0)];
    return { text: `(?:${a.text}|${b.text})`, sample: (s) => s.pick([a, b]).sample(s) };
  }
  const parts: Sketch[] = [];
  const from = r.below(2);
  for (let i = from; i < from + r.between(1, 7); i++) parts.push(i % 2 === 0 ? texts(r, letters) : gap(r, letters));
  return { text: parts.map((p) => p.text).join(''), sample: (s) => parts.map((p) => p.sample(s)).join('') };
}
