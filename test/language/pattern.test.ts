/** Patterns: globs and RE2 expressions become automata that accept what another engine matches. */
import fc from 'fast-check';
import { RE2JS } from 're2js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { literals, parseGlob, parseRegex, printRe2, toDfa, type Pattern } from '../../compiler/pattern/index.ts';
import { accepts, draw } from './automaton.ts';
import { matchesGolden } from './golden.ts';

const STATES = 3000;
const utf8 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

function pattern(parsed: ReturnType<typeof parseGlob>): Pattern {
  if ('error' in parsed) throw new Error(`refused: ${parsed.error}`);
  return parsed.pattern;
}
const regex = (text: string, fold = false): Pattern => pattern(parseRegex(text, fold));
const matches = (text: string, value: string, fold = false): boolean =>
  accepts(toDfa(regex(text, fold), STATES)!, value);
const globs = (text: string, value: string, fold = false): boolean =>
  accepts(toDfa(pattern(parseGlob(text, fold)), STATES)!, value);

const byte = fc.oneof(
  fc.constantFrom(...'aabbABkKsS0_-/ \n\x00\x80\xff{}'),
  fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
);
// What re2js folds beyond ASCII is another language: bytes that are such letters in Latin-1 are left out under (?i).
const ascii = fc.constantFrom(...'aabbABkKsSzZ0_-/ \n\x00\x7f{}');
const text = (of: fc.Arbitrary<string>) => fc.array(of, { maxLength: 8 }).map((parts) => parts.join(''));

const PIECES = [
  ...[
    'a',
    'b',
    'A',
    'k',
    's',
    '0',
    '_',
    '-',
    '/',
    '{',
    '}',
    ']',
    ',',
    '.',
    '|',
    '(',
    '(?:',
    ')',
    ')',
    '(?i)',
    '(?s)',
    '(?-s)',
  ],
  ...[
    '(?i:',
    '(?U)',
    '(?P<n>',
    '(?<m>',
    '^',
    '$',
    '\\A',
    '\\z',
    '*',
    '+',
    '?',
    '*?',
    '{2}',
    '{0,2}',
    '{1,}',
    '{,2}',
    '{2}?',
  ],
  ...['\\d', '\\D', '\\s', '\\W', '\\w', '\\n', '\\x41', '\\x{7a}', '\\101', '\\.', '\\Qa.b\\E', '\\Q*', '\\-'],
  ...[
    '[ab]',
    '[^a]',
    '[a-k]',
    '[]a]',
    '[^]a]',
    '[a-]',
    '[-a]',
    '[\\d_]',
    '[^\\w]',
    '[[:alpha:]-]',
    '[[:^digit:]]',
    '[\\x00-\\x1f]',
  ],
  ...[
    '[a',
    '[z-a]',
    '[a-\\d]',
    '[[:foo:]]',
    '\\1',
    '\\b',
    '\\p{L}',
    '(?=a)',
    '(?!a)',
    '(?>a)',
    'a{1001}',
    '(?m)',
    '**',
    '\\',
    '\\y',
  ],
];

/** Why a pattern that RE2 accepts may be refused here. */
const NOT_SUPPORTED = /not supported|may be empty|two groups|is one byte/;

test('an expression is refused, or its automaton accepts what RE2 matches', () => {
  const soup = fc.array(fc.constantFrom(...PIECES), { maxLength: 9 }).map((parts) => parts.join(''));
  let compared = 0;
  fc.assert(
    fc.property(
      soup,
      fc.boolean(),
      fc.array(text(ascii), { minLength: 6, maxLength: 6 }),
      fc.infiniteStream(fc.nat(1e6)),
      (source, fold, values, stream) => {
        let other: RE2JS | null = null;
        try {
          other = RE2JS.compile(source, fold ? RE2JS.CASE_INSENSITIVE : 0);
        } catch {
          // refused there
        }
        const parsed = parseRegex(source, fold);
        if ('error' in parsed) {
          assert.ok(parsed.at >= 0 && parsed.at <= source.length);
          // RE2 repeats what stands before flags: read as a mistake here.
          const oddity = /\(\?[imsU-]+\)[*+?{]/.test(source);
          if (other && !oddity) assert.match(parsed.error, NOT_SUPPORTED, `${source}: ${parsed.error}`);
          return;
        }
        assert.ok(other, `${source} is refused by RE2`);
        const dfa = toDfa(parsed.pattern, STATES);
        if (!dfa) return;
        const drawn = draw(dfa, (count) => stream.next().value! % count, 8);
        const all = [...values, ...(drawn === null || /[\x80-\xff]/.test(drawn) ? [] : [drawn])];
        for (const value of all)
          assert.is(accepts(dfa, value), other.matches(value), `${JSON.stringify([source, value])}`);
        compared++;
      },
    ),
    { numRuns: 4000 },
  );
  assert.ok(compared > 400, `only ${compared} expressions were compared`);
});

const set = fc
  .oneof(
    fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 4 }),
    fc.constantFrom(
      [0x61],
      [0x61, 0x62],
      [0x62],
      Array.from({ length: 256 }, (_, i) => i),
    ),
  )
  .map((members): Pattern => ({ is: 'set', bytes: Uint8Array.from({ length: 256 }, (_, b) => +members.includes(b)) }));

const random = fc.letrec<{ pattern: Pattern }>((tie) => ({
  pattern: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    set,
    fc.array(tie('pattern'), { maxLength: 4 }).map((parts): Pattern => ({ is: 'cat', parts })),
    fc.array(tie('pattern'), { maxLength: 3 }).map((parts): Pattern => ({ is: 'alt', parts })),
    fc
      .tuple(tie('pattern'), fc.nat(3), fc.option(fc.nat(3)))
      .map(([of, min, more]): Pattern => ({ is: 'repeat', of, min, max: more === null ? null : min + more })),
  ),
})).pattern;

test('the printed expression means the pattern, in RE2 and read again', () => {
  fc.assert(
    fc.property(
      random,
      fc.array(text(byte), { minLength: 5, maxLength: 5 }),
      fc.infiniteStream(fc.nat(1e6)),
      (tree, values, stream) => {
        const dfa = toDfa(tree, STATES);
        if (!dfa) return;
        const printed = printRe2(tree);
        const drawn = draw(dfa, (count) => stream.next().value! % count, 8);
        const other = RE2JS.compile(printed);
        for (const value of drawn === null ? values : [...values, drawn]) {
          assert.is(accepts(dfa, value), other.matches(value), JSON.stringify([printed, value]));
        }
      },
    ),
    { numRuns: 1500 },
  );
});

test('literals hold for every match', () => {
  fc.assert(
    fc.property(random, fc.infiniteStream(fc.nat(1e6)), (tree, stream) => {
      const dfa = toDfa(tree, STATES);
      if (!dfa) return;
      const facts = literals(tree);
      for (const value of facts.exact ?? [])
        assert.ok(accepts(dfa, value), `${printRe2(tree)} has not ${JSON.stringify(value)}`);
      for (let i = 0; i < 8; i++) {
        const value = draw(dfa, (count) => stream.next().value! % count, 12);
        if (value === null) continue;
        assert.ok(value.startsWith(facts.prefix) && value.endsWith(facts.suffix), printRe2(tree));
        for (const part of facts.required) assert.ok(value.includes(part), printRe2(tree));
        if (facts.exact) assert.ok(facts.exact.includes(value), printRe2(tree));
      }
    }),
    { numRuns: 1500 },
  );
});

test('literals of what policies have', () => {
  const of = (text: string) => literals(regex(text));
  assert.equal(literals(pattern(parseGlob('/etc/**/*.conf', false))), {
    prefix: '/etc/',
    suffix: '.conf',
    required: ['.conf', '/etc/'],
    exact: null,
  });
  assert.equal(literals(pattern(parseGlob('/bin/{ba,da,}sh', false))).exact, ['/bin/bash', '/bin/dash', '/bin/sh']);
  assert.equal(of('.*(passwd|passkey).*').required, ['pass']);
  assert.equal(of('a(bc)+d'), { prefix: 'abc', suffix: 'bcd', required: ['abc', 'bcd'], exact: null });
  assert.equal(of('[ab]{2}').exact, ['aa', 'ab', 'ba', 'bb']);
  assert.equal(of('a{3}').exact, ['aaa']);
  assert.equal(of('a^').exact, []);
  assert.equal(of('').exact, ['']);
  assert.equal(of('[a-z]{1000}'), { prefix: '', suffix: '', required: [], exact: null });
});

test('expressions are of bytes and of whole strings', () => {
  assert.ok(matches(utf8('é+'), utf8('éé')));
  assert.not.ok(matches(utf8('é+'), '\xc3\xa9\xa9'));
  assert.not.ok(matches('.', utf8('é')));
  assert.ok(matches('..', utf8('é')));
  assert.ok(matches('\\xe9', '\xe9'));
  assert.ok(matches('(?i)ab', 'Ab') && matches('ab', 'AB', true) && !matches('(?-i)ab', 'AB', true));
  assert.not.ok(matches(utf8('é'), utf8('É'), true));
  assert.ok(matches('^(?:^a|b$)$', 'a') && matches('(^|x)a($|y)', 'xa') && !matches('a^b|a$b', 'ab'));
  assert.ok(matches('\\Qa+b\\E+', 'a+bb') && matches('\\C', '\xff') && matches('[^a]', '\n'));
  assert.ok(matches('\xff', '\xff'), 'a byte that is not UTF-8 means itself');
});

test('a class with characters is their sequences', () => {
  const inRange = toDfa(regex(utf8('[a-cà-ÿ\u0f00-\u{10400}]')), STATES)!;
  const codes = fc.oneof(
    fc.integer({ min: 0, max: 0x10ffff }),
    fc.constantFrom(
      0x61,
      0x63,
      0x64,
      0xdf,
      0xe0,
      0xff,
      0x100,
      0xeff,
      0xf00,
      0x7ff,
      0x800,
      0xffff,
      0x10000,
      0x10400,
      0x10401,
    ),
  );
  fc.assert(
    fc.property(
      codes.filter((code) => code < 0xd800 || code > 0xdfff),
      (code) => {
        const held =
          (code >= 0x61 && code <= 0x63) || (code >= 0xe0 && code <= 0xff) || (code >= 0xf00 && code <= 0x10400);
        assert.is(accepts(inRange, utf8(String.fromCodePoint(code))), held, code.toString(16));
      },
    ),
    { numRuns: 3000 },
  );
  assert.not.ok(accepts(inRange, '\xed\xa0\x80'), 'half of a surrogate pair is no character');
});

test('globs', () => {
  assert.ok(globs('/etc/**/passwd', '/etc/passwd') && globs('/etc/**/passwd', '/etc/a/b/passwd'));
  assert.not.ok(
    globs('/etc/*', '/etc/a/b') || globs('/etc/?', '/etc//') || globs('[!a]', '/') || globs('/etc/**', '/etc'),
  );
  assert.ok(globs('{a,b{c,d}}*', 'bdx') && globs('[\\]\\-x]', '-') && globs('.*', '.x') && globs('*', '.x'));
  assert.ok(globs('/BIN/[a-c]', '/bin/B', true) && !globs('[!a]', 'A', true) && globs(utf8('é?'), utf8('éa')));
});

test('what is refused, and where', () => {
  const cases: ['glob' | 'matches', string][] = [
    ...[
      '[a',
      '[]a]',
      '[^a]',
      '[b-a]',
      utf8('[é]'),
      '[[:alpha:]]',
      '{a',
      '{a,{b}',
      'a}',
      '{}',
      'a\\',
      '[\\',
      '{'.repeat(40),
    ].map((source): ['glob', string] => ['glob', source]),
    ...[
      '(a',
      'a)',
      '[a',
      '[]',
      '[b-a]',
      utf8('[^é]'),
      utf8('[\\x80-é]'),
      '[[:foo:]]',
      '*a',
      'a**',
      'a{2}{3}',
      'a{1001}',
      'a{2,1}',
    ].map((source): ['matches', string] => ['matches', source]),
    ...[
      '(a{100}){100}',
      '(?=a)',
      '(?<!a)',
      '(a)\\1',
      '(?P=n)',
      '(?P<n>a)(?P<n>b)',
      '(?>a)',
      'a\\b',
      '(?m)^a',
      'a*^b',
      'b$c*',
    ].map((source): ['matches', string] => ['matches', source]),
    ...[
      '\\',
      '\\y',
      '\\x',
      '\\x{100}',
      '\\x4',
      '\\400',
      '\\p{Greek}',
      '\\Z',
      '(?-)',
      '(?i',
      '(?P<>a)',
      '('.repeat(300),
    ].map((source): ['matches', string] => ['matches', source]),
  ];
  const shown = cases.map(([op, source]) => {
    const parsed = op === 'glob' ? parseGlob(source, false) : parseRegex(source, false);
    assert.ok('error' in parsed, source);
    const text = Buffer.from(source, 'latin1').toString('utf8');
    return `${op} ${text.length > 20 ? `${text.slice(0, 20)}…` : text}\n  ${parsed.at}: ${parsed.error}`;
  });
  matchesGolden('patterns.txt', shown.join('\n') + '\n');
});

test('automata stay within their budget, whatever the pattern', () => {
  const dfa = (text: string, states = 10_000) => toDfa(regex(text), states);
  assert.is(dfa('(?s).*a.{10}')?.states, 2048);
  assert.is(dfa('(?s).*a.{14}'), null);
  assert.is(dfa('(.{0,500}x){2}'), null);
  assert.is(dfa('(?:a?){100}a{100}')?.states, 202);
  assert.is(dfa('a?'.repeat(30_000)), null);
  assert.is(dfa('(?:[a-y]?[b-z]?){900}'), null);
  assert.is(dfa('x'.repeat(3000))?.states, 3002);
  assert.is(dfa('(?s).*(?:.{1,1000})')?.states, 2);
  assert.ok('error' in parseGlob('x'.repeat(65_537), false) && 'error' in parseRegex('x'.repeat(65_537), false));
  assert.is(dfa(`(?:${'ab?'.repeat(1000)}){1000}`), null);
  assert.is(dfa('abc', 2), null);
  assert.is(dfa('(?s).*')?.states, 1);
  assert.is(dfa('a^')?.states, 1);
  assert.is(dfa(Array.from({ length: 2000 }, (_, i) => `word${i}x`).join('|'))?.states, 11);
});

test('no bytes are an exception', () => {
  fc.assert(
    fc.property(text(byte), fc.boolean(), (source, fold) => {
      for (const parsed of [parseGlob(source, fold), parseRegex(source, fold)]) {
        if ('error' in parsed) assert.ok(parsed.at >= 0 && parsed.at <= source.length, parsed.error);
        else literals(parsed.pattern);
      }
    }),
    { numRuns: 5000 },
  );
});

test.run();
