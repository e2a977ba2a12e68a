/** Globs and expressions of the reference, against examples and against the compiler's automata. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseGlob, parseRegex, toDfa } from '../../compiler/pattern/index.ts';
import { globMatches } from '../../vm/reference/glob.ts';
import { regexMatches } from '../../vm/reference/regex.ts';
import { utf8 } from '../../vm/event/bytes.ts';

const STATES = 2000;

/** What the compiler's automaton says, undefined where there is none. */
function automaton(parsed: ReturnType<typeof parseGlob>, text: string): boolean | undefined {
  const dfa = 'error' in parsed ? null : toDfa(parsed.pattern, STATES);
  if (!dfa) return undefined;
  let state = dfa.start;
  for (const byte of text) state = dfa.next[state * 256 + byte.charCodeAt(0)];
  return dfa.accept[state] === 1;
}

test('globs', () => {
  const cases: [pattern: string, yes: string[], no: string[]][] = [
    ['/etc/*', ['/etc/', '/etc/a', '/etc/.a'], ['/etc', '/etc/a/b']],
    ['/etc/**', ['/etc/', '/etc/a/b'], ['/etc']],
    ['**/b', ['b', '/b', 'a/b', 'a/c/b'], ['ab', 'b/']],
    ['a/**/b', ['a/b', 'a/x/b', 'a/x/y/b', 'a//b'], ['ab', 'a/xb']],
    ['a**b', ['ab', 'a/b', 'axxb'], ['a', 'abc']],
    ['***/x', ['x', 'a/x'], ['ax']],
    ['?', ['a', '\xff'], ['', '/', 'ab']],
    ['[a-c]x', ['ax', 'cx'], ['dx', 'Ax', '/x']],
    ['[!a-c]', ['d', '\xff', '!'], ['a', '/', '']],
    ['[a-]', ['a', '-'], ['b']],
    ['[+-9]', ['+', '5', '.'], ['/']],
    ['[\\]a]', [']', 'a'], ['\\']],
    ['{a,b*}c', ['ac', 'bc', 'bxc'], ['c', 'abc']],
    ['{a{1,2},}z', ['a1z', 'a2z', 'z'], ['az']],
    ['a,b', ['a,b'], ['a']],
    ['\\*\\?\\[\\{\\\\', ['*?[{\\'], ['a?[{\\']],
    ['', [''], ['a']],
    [utf8('é*'), [utf8('éa')], ['\xc3']],
    [utf8('?'), ['\xe9'], [utf8('é')]],
  ];
  for (const [pattern, yes, no] of cases) {
    for (const text of yes) assert.ok(globMatches(pattern, text, false), `${pattern} matches ${text}`);
    for (const text of no) assert.not.ok(globMatches(pattern, text, false), `${pattern} does not match ${text}`);
    for (const text of [...yes, ...no]) {
      assert.is(automaton(parseGlob(pattern, false), text), yes.includes(text), `automaton of ${pattern}: ${text}`);
    }
  }
  assert.ok(globMatches('[A-C]x{Y,z}', 'bXyx'.slice(0, 3), true));
  assert.ok(globMatches('[!a]', 'B', true));
  assert.not.ok(globMatches('[!a]', 'A', true));
  assert.not.ok(globMatches(utf8('É'), utf8('é'), true));
});

test('expressions are of bytes', () => {
  const cases: [pattern: string, yes: string[], no: string[]][] = [
    ['a|b', ['a', 'b'], ['ab', '']],
    ['.', ['a', '\xff'], ['\n', utf8('é')]],
    ['(?s).', ['\n'], []],
    ['\\xff', ['\xff'], [utf8('ÿ')]],
    ['\\x{ff}', ['\xff'], [utf8('ÿ')]],
    ['\\377\\101', ['\xffA'], []],
    [utf8('é+'), [utf8('éé')], ['\xc3\xa9\xa9']],
    [utf8('[aé]'), ['a', utf8('é')], ['\xc3', utf8('è')]],
    [utf8('[^a]'), ['b', '\xff'], ['a', utf8('é')]],
    [utf8('[a-ü]'), ['b', utf8('ü'), utf8('à')], [utf8('ý'), '\xff']],
    [utf8('[à-€]'), [utf8('à'), utf8('ߐ'), utf8('€')], [utf8('ß'), utf8('₭')]],
    [utf8('[€-😀]'), [utf8('€'), utf8('퟿'), utf8('\ue000'), utf8('😀')], ['\xed\xa0\x80', utf8('😁'), utf8('₫')]],
    ['\\Qa.b\\E+', ['a.b', 'a.bb'], ['axb']],
    [utf8('\\Qé\\E{2}'), [utf8('éé')], [utf8('é')]],
    ['\\C\\C', [utf8('é'), '\n\n'], ['a']],
    ['[[:alpha:]\\d]', ['a', 'Z', '5'], ['-', '\xe9']],
    ['[]a]', [']', 'a'], ['b']],
    ['[a-]', ['-', 'a'], ['b']],
    ['[^]a]', ['b'], [']', 'a']],
    ['\\W', ['-', '\xff'], ['a']],
    ['(?i)k', ['k', 'K'], [utf8('\u212a')]],
    ['(?i)\\xe9', ['\xe9'], ['\xc9']],
    ['^a$', ['a'], ['ba', 'a\n']],
    ['a{2,3}', ['aa', 'aaa'], ['a', 'aaaa']],
    ['a{,3}', ['a{,3}'], ['a']],
    ['(?P<n>a)(?:b)', ['ab'], ['a']],
    ['\\.\\-\\\\', ['.-\\'], ['a-\\']],
    ['', [''], ['a']],
  ];
  for (const [pattern, yes, no] of cases) {
    for (const text of yes) assert.ok(regexMatches(pattern, text, false), `${pattern} matches ${text}`);
    for (const text of no) assert.not.ok(regexMatches(pattern, text, false), `${pattern} does not match ${text}`);
    for (const text of [...yes, ...no]) {
      assert.is(automaton(parseRegex(pattern, false), text), yes.includes(text), `automaton of ${pattern}: ${text}`);
    }
  }
  assert.ok(regexMatches('aB[C-D]', 'AbC', true));
  assert.not.ok(regexMatches(utf8('é'), utf8('É'), true));
});

const pieces = (...choices: string[]) =>
  fc.array(fc.constantFrom(...choices), { maxLength: 7 }).map((parts) => parts.join(''));
const text = pieces('a', 'b', 'A', '/', '.', 'é', '-', '\xff', '\n', ']').map((s) => s.replace(/é/g, '\xc3\xa9'));

test('random globs mean the same to the compiler', () => {
  const glob = pieces('a', 'b', '/', '.', '*', '**', '**/', '?', '[a-b]', '[!A]', '{a,b/}', '{,.*}', '\xc3\xa9', '\\*');
  fc.assert(
    fc.property(glob, text, fc.boolean(), (pattern, subject, fold) => {
      const expected = automaton(parseGlob(pattern, fold), subject);
      if (expected !== undefined) assert.is(globMatches(pattern, subject, fold), expected);
    }),
    { numRuns: 2000 },
  );
});

test('random expressions mean the same to the compiler', () => {
  const regex = pieces(
    ...['a', 'b', '/', '.', '*', '+', '?', '|', '(', ')', '{2}', '[', ']', '^', '-', '\\', 'x', '\\xff', '\xc3\xa9'],
    ...[
      '(?i)',
      '(?s)',
      '[a-b]',
      '[^a]',
      '\\w',
      '\\S',
      '$',
      '[[:alpha:]]',
      '\\Q',
      '\\E',
      '\\x{e9}',
      '\\12',
      '[\xc3\xa9-\xe2\x82\xac]',
    ],
  );
  fc.assert(
    fc.property(regex, text, fc.boolean(), (pattern, subject, fold) => {
      const expected = automaton(parseRegex(pattern, fold), subject);
      if (expected !== undefined) assert.is(regexMatches(pattern, subject, fold), expected);
    }),
    { numRuns: 5000 },
  );
});

test.run();
