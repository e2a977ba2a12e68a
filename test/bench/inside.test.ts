/** Texts that patterns ask for inside, as the oracle of the benchmarks reads them. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runsOfExpression, runsOfGlob } from '../../bench/measure/inside.ts';

const test = suite('texts inside');

const GLOBS: Readonly<Record<string, readonly string[]>> = {
  '/etc/passwd': ['/etc/passwd'],
  '/home/*/.ssh/id_?sa': ['/home/', '/.ssh/id_', 'sa'],
  '**/*.pem': ['.pem'],
  '/var/**/x': ['/var', 'x'],
  'a**/b': ['a', 'b'],
  '/srv/**': ['/srv'],
  '/usr/{bin,s{b,c}in}/sh': ['/usr/', '/sh'],
  'lib-[0-9]*.so': ['lib-', '.so'],
  'x[]]y[a\\]b]z': ['x', 'y', 'z'],
  'a[!]x]b': ['a', 'b'],
  'a[\\]x]b': ['a', 'b'],
  'a\\*b': ['a*b'],
};
const EXPRESSIONS: Readonly<Record<string, readonly string[]>> = {
  '.*curl .*x\\.io/.*': ['curl ', 'x.io/'],
  'abc*d': ['ab', 'd'],
  'abc?d{0,3}e+f': ['ab', 'e', 'f'],
  '(a|b)c[d|e]f': ['c', 'f'],
  '((x))*y': ['y'],
  'a(b\\)c)d': ['a', 'd'],
  'a[^]b]c[\\]]d': ['a', 'c', 'd'],
  'a[[:alpha:]]b': [],
  '([)]|x)ab': ['ab'],
  'ab|ac': [],
  'a\\dbcde': [],
  '(?i)abcd': [],
};

for (const [source, runs] of Object.entries(GLOBS))
  test(`glob ${source}`, () => {
    assert.equal(runsOfGlob(source), runs);
  });
for (const [source, runs] of Object.entries(EXPRESSIONS))
  test(`expression ${source}`, () => {
    assert.equal(runsOfExpression(source), runs);
  });

test.run();
