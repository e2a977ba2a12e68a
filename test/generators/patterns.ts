/** Random globs and RE2 expressions, each with a way to draw strings that it (mostly) matches. */
import type { Bytes } from '../../vm/bundle/normal.ts';
import { asciiLower, asciiUpper, randomString } from './values.ts';
import type { Random } from './random.ts';

export interface Sketch {
  readonly text: Bytes;
  sample(r: Random): Bytes;
}

const fixed = (text: Bytes, value: Bytes): Sketch => ({ text, sample: () => value });
const oneOf = (text: Bytes, values: readonly Bytes[]): Sketch => ({ text, sample: (r) => r.pick(values) });
const sequence = (parts: readonly Sketch[]): Sketch => ({
  text: parts.map((p) => p.text).join(''),
  sample: (r) => parts.map((p) => p.sample(r)).join(''),
});

const SHORT = ['', 'a', 'b', 'sh', 'x.y', '.z', '\xff', 'aaaa', 'log'];
const DEEP = [...SHORT, 'a/b', '/', '/a', 'a/', 'tmp/a/b/'];

const globLiteral = (value: Bytes): Sketch => fixed(value.replace(/[*?[\]{},\\!]/g, '\\$&'), value);

function globPart(r: Random, field: number, depth: number): Sketch {
  switch (r.below(depth > 0 ? 11 : 10)) {
    case 0:
      return oneOf('?', ['a', 'b', '.', '\xff']);
    case 1:
    case 2:
      return oneOf('*', SHORT);
    case 3:
      return oneOf('**', DEEP);
    case 4:
      return oneOf('**/', ['', 'a/', 'a/b/', '/']);
    case 5:
      return oneOf('[a-c]', ['a', 'b', 'c', 'd']);
    case 6:
      return oneOf('[!a]', ['b', '.', 'A', 'a']);
    case 7:
      return oneOf('/', ['/']);
    case 8:
    case 9:
      return globLiteral(randomString(r, field).slice(0, 40));
    default: {
      const options = r.list(r.between(1, 3), () => glob(r, field, depth - 1));
      if (options.length === 1 && options[0].text === '') return oneOf('{a,}', ['a', '']);
      return { text: `{${options.map((o) => o.text).join(',')}}`, sample: (s) => s.pick(options).sample(s) };
    }
  }
}

const NAMES = ['', 'a', 'b', 'etc', 'home', '.ssh', 'log', 'x.y', 'sh'];
const LONG = 'n'.repeat(300);

/** One component of a path, few of them different, so that rules share them and events meet several. */
function componentGlob(r: Random): Sketch {
  switch (r.below(12)) {
    case 0:
    case 1:
    case 2:
      return oneOf('*', NAMES);
    case 3:
      return oneOf('**', [...NAMES, 'a/b', '/', 'a//b', '/a/']);
    case 4:
      return r.pick([
        ...[oneOf('*.y', ['x.y', '.y', 'x.z']), oneOf('s?', ['sh', 's']), oneOf('a*b', ['ab', 'a-b', 'b'])],
        ...[oneOf('?*', NAMES), oneOf('.s*', ['.ssh', '.s', 's']), oneOf('l?g*', ['log', 'lg', 'l-g1'])],
        ...[oneOf('[a-c]*', ['a', 'b1', 'd']), oneOf('*s*', ['.ssh', 'a', 's'])],
      ]);
    case 5:
      return r.pick([oneOf('{a,b}', ['a', 'b']), oneOf('{a/b,log}', ['a/b', 'log']), oneOf('b**', ['b', 'b/a', 'a'])]);
    case 6:
      return fixed(r.chance(0.9) ? 'log' : LONG, r.chance(0.9) ? 'log' : LONG);
    default: {
      const name = r.pick(NAMES);
      return fixed(name, name);
    }
  }
}

/** A glob over the components of a path. */
function pathGlob(r: Random): Sketch {
  const parts = r.list(r.pick([1, 2, 3, 4, 4, 5, 6, 9]), () => componentGlob(r));
  const slashes = parts.flatMap((part, i) => (i > 0 ? [fixed('/', '/'), part] : [part]));
  return sequence([fixed(r.chance(0.8) ? '/' : '', '/'), ...slashes]);
}

/** A glob as rules and scopes have it. */
export function glob(r: Random, field: number, depth = 2): Sketch {
  if (r.chance(0.3)) return pathGlob(r);
  if (r.chance(0.15)) return sequence([globLiteral(randomString(r, field).slice(0, 40)), oneOf('*', SHORT)]);
  if (r.chance(0.15))
    return sequence([oneOf('**/', ['', 'a/', '/x/']), globLiteral(randomString(r, field).slice(0, 40))]);
  return sequence(r.list(r.between(1, 4), () => globPart(r, field, depth)));
}

/** Punctuation escaped, bytes that are not printable ASCII as \xHH. */
const regexLiteral = (value: Bytes): Sketch =>
  fixed(
    value.replace(/[^A-Za-z0-9/ _-]/g, (c) => {
      const code = c.charCodeAt(0);
      return code > 32 && code < 127 ? `\\${c}` : `\\x${code.toString(16).padStart(2, '0')}`;
    }),
    value,
  );

const CLASSES: readonly Sketch[] = [
  oneOf('.', ['a', '\xff', '/', '\n']),
  oneOf('[a-c]', ['a', 'c', 'C', 'd']),
  oneOf('[^a/]', ['b', 'A', '/', '\xff']),
  oneOf('\\d', ['0', '9', 'a']),
  oneOf('\\w', ['_', 'z', '-']),
  oneOf('\\s', [' ', '\n', 'x']),
  oneOf('[[:alpha:]]', ['a', 'Z', '1']),
  oneOf('[\\x80-\\xff]', ['\x80', '\xff', '\x7f']),
  oneOf('\\S', ['a', ' ']),
  oneOf('(?i:sH)', ['sh', 'SH', 'sx']),
  oneOf('(?s:.)', ['\n', 'a']),
  oneOf('\\Q.*\\E', ['.*', 'a']),
  oneOf('[^\\w/]', ['-', 'a', '\xff']),
];

function regexPart(r: Random, field: number, depth: number): Sketch {
  const dice = r.below(depth > 0 ? 10 : 6);
  if (dice < 2) return regexLiteral(randomString(r, field).slice(0, 30));
  if (dice < 4) return r.pick(CLASSES);
  if (dice < 5) return oneOf('.*', DEEP);
  if (dice < 6) return oneOf('[^/]*', SHORT);
  if (dice < 8) {
    const options = r.list(r.between(1, 3), () => regex(r, field, depth - 1));
    const open = r.pick(['(', '(?:', '(?P<n>']);
    // Two groups of one name are an error: the named form only where it cannot meet another.
    const safe = open === '(?P<n>' && depth < 2 ? '(' : open;
    return { text: `${safe}${options.map((o) => o.text).join('|')})`, sample: (s) => s.pick(options).sample(s) };
  }
  const of = r.pick(CLASSES);
  const [suffix, low, high] = r.pick([
    ['*', 0, 3],
    ['+', 1, 3],
    ['?', 0, 1],
    ['*?', 0, 3],
    ['{2}', 2, 2],
    ['{1,3}', 0, 4],
    ['{2,}', 1, 4],
  ] as const);
  return { text: of.text + suffix, sample: (s) => s.list(s.between(low, high), () => of.sample(s)).join('') };
}

/** An expression of RE2 over bytes. */
export function regex(r: Random, field: number, depth = 2): Sketch {
  if (depth === 2 && r.chance(0.1))
    return sequence([oneOf('.*', DEEP), regexLiteral(randomString(r, field).slice(0, 20)), oneOf('.*', DEEP)]);
  const parts = r.list(r.between(1, depth === 2 ? 4 : 2), () => regexPart(r, field, depth));
  const named = parts.filter((p) => p.text.includes('(?P<n>'));
  const whole = parts.filter((p) => !named.includes(p) || p === named[0]);
  if (depth === 2 && r.chance(0.05)) whole.unshift(fixed(r.pick(['^', '\\A']), ''));
  if (depth === 2 && r.chance(0.05)) whole.push(fixed(r.pick(['$', '\\z']), ''));
  return sequence(whole);
}

const caseOf = (r: Random, text: Bytes): Bytes => r.pick([text, asciiUpper(text), asciiLower(text)]);

/** The same sketch where case does not count. */
export const folded = (sketch: Sketch): Sketch => ({ text: sketch.text, sample: (r) => caseOf(r, sketch.sample(r)) });
