/** Tests of one text as one automaton: it means what they mean, and is one pass however many they are. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SCANS, Scans } from '../../compiler/emit/scans.ts';
import { parseGlob, parseRegex } from '../../compiler/pattern/index.ts';
import type { Bytes, Expr, Operand } from '../../vm/bundle/normal.ts';
import { createVm } from '../../vm/host/index.ts';
import { holds } from '../../vm/reference/expression.ts';
import { glob, regex } from '../generators/patterns.ts';
import { batchSeed, Random, runSeed } from '../generators/random.ts';
import { and, field, id, not, or, policyOf, programOf } from './fixtures.ts';

const test = suite('scans');
const seed = runSeed();
console.log(`seed ${seed}`);

const LINE = id('proc.cmdline');
const line = field('proc.cmdline');
const element: Operand = { is: 'element' };
const contains = (left: Operand, value: string, fold = false): Expr => ({
  op: 'contains',
  fold,
  left,
  right: { is: 'string', value },
});
const any = (e: Expr): Expr => ({ op: 'any', list: { field: id('proc.args') }, test: e });
const has = (value: string): Expr => ({
  op: 'has',
  list: { field: id('proc.args') },
  value: { is: 'string', value },
});
const cost = (...conditions: Expr[]): number => programOf(policyOf(conditions)).cost['file.read'];
const words = (n: number): string[] => Array.from({ length: n }, (_, i) => `word-${i}`);

const WORDS = ['a', 'ab', 'aab', '.z', 'sh', 'LOG', 'b/', ''];

/** A test of the text, and a text that it may hold of. */
const reading = (r: Random): readonly [Expr, Bytes] => {
  if (r.chance(0.6)) {
    const value = r.pick(WORDS);
    const op = r.pick(['startswith', 'endswith', 'contains'] as const);
    return [{ op, fold: r.chance(0.3), left: line, right: { is: 'string', value } }, value];
  }
  const op = r.pick(['glob', 'matches'] as const);
  const sketch = (op === 'glob' ? glob : regex)(r, LINE);
  const fold = r.chance(0.3);
  const parsed = (op === 'glob' ? parseGlob : parseRegex)(sketch.text, fold);
  return 'error' in parsed ? reading(r) : [{ op, fold, left: line, pattern: sketch.text }, sketch.sample(r)];
};

const tree = (r: Random, depth: number, texts: Bytes[]): Expr => {
  if (depth === 0 || r.chance(0.3)) {
    const [e, text] = reading(r);
    texts.push(text);
    return r.chance(0.3) ? not(e) : e;
  }
  const args = r.list(r.between(1, 4), () => tree(r, depth - 1, texts));
  return r.chance(0.5) ? and(...args) : or(...args);
};

test('a scan accepts what its tests accept together', () => {
  let scanned = 0;
  for (let n = 0; n < 2000; n++) {
    const r = new Random(batchSeed(seed, n));
    const texts: Bytes[] = [];
    const e = tree(r, 2, texts);
    const [scan, more] = new Scans().of('and', [e, e]);
    if (scan.op !== 'scan') continue;
    assert.is(more, undefined);
    scanned++;
    const { dfa, inverted } = scan;
    const of = (values: ReadonlyMap<number, Bytes>): boolean => holds(e, { kind: 2, time: 1n, values });
    assert.is(inverted, of(new Map()), `seed ${seed}, ${n}: no text`);
    for (let i = 0; i < 20; i++) {
      const text = r
        .list(r.below(4), () => r.pick([...texts, ...WORDS]))
        .join('')
        .slice(0, 200);
      let state = dfa.start;
      for (let at = 0; at < text.length; at++) state = dfa.next[state * 256 + text.charCodeAt(at)];
      const held = (dfa.accept[state] === 1) !== inverted;
      assert.is(
        held,
        of(new Map([[LINE, text]])),
        `seed ${seed}, ${n}: ${JSON.stringify(e)} on ${JSON.stringify(text)}`,
      );
    }
  }
  assert.ok(scanned > 500, `${scanned} scans`);
});

test('words that no key finds cost one pass however many they are', () => {
  const without = (n: number): Expr => and(...words(n).map((word) => not(contains(line, word))));
  assert.is(cost(without(2)), cost(without(20)));
  assert.ok(cost(without(20)) < cost(without(1)));
  const elements = (n: number): Expr => not(any(or(...words(n).map((word) => contains(element, word, true)))));
  assert.is(cost(elements(1)), cost(elements(20)));
});

test('a list is gone over once', () => {
  const each = and(...words(4).map((word) => not(any(contains(element, word)))));
  assert.is(cost(each), cost(not(any(or(...words(4).map((word) => contains(element, word)))))));
  const values = (n: number): Expr => and(...words(n).map((word) => not(has(word))));
  assert.is(cost(values(5)), cost(values(50)));
  assert.ok(cost(values(5)) < cost(values(4)));
});

test('few states for many words, and past the budget each stands alone', () => {
  const scans = new Scans();
  const [scan] = scans.of(
    'or',
    words(40).map((word) => contains(line, word)),
  );
  assert.ok(scan.op === 'scan' && scan.dfa.states < 60);
  // ends of words are all told apart: 2^11 states
  const ends = Array.from({ length: 11 }, (_, n): Expr => ({
    op: 'matches',
    fold: false,
    left: line,
    pattern: `.*a.{${n}}`,
  }));
  assert.equal(scans.of('or', ends), ends);
  for (let spent = 0; spent < SCANS.all; spent += SCANS.states) {
    scans.of('or', [...ends, contains(line, `${spent}`)]);
  }
  const late = [contains(line, 'late'), contains(line, 'later')];
  assert.equal(scans.of('or', late), late);
  createVm().load(programOf(policyOf([not(or(...ends))])).program);
});

test.run();
