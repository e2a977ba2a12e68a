/** Expressions that are found as sequences of texts: as the reference matches them, in one pass, within the bound. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { planAndEmit } from '../../compiler/backend.ts';
import { parseRegex } from '../../compiler/pattern/index.ts';
import { sequenceKeys } from '../../compiler/plan/sequence.ts';
import type { Expr } from '../../vm/bundle/normal.ts';
import { encodeRecord } from '../../vm/event/index.ts';
import { NO_RULE } from '../../vm/spec/index.ts';
import { createVm, type VmBundle } from '../../vm/host/index.ts';
import { regexMatches } from '../../vm/reference/regex.ts';
import { sequence as sequenceSketch } from '../generators/sequences.ts';
import type { Sketch } from '../generators/patterns.ts';
import { batchSeed, Random, runSeed } from '../generators/random.ts';
import { nearMiss } from '../generators/values.ts';
import { field, id, policyOf, programOf } from './fixtures.ts';

const BUNDLES = 200;
const TEXTS = 40;
const LONG_BUNDLES = 40;
const LONG_TEXTS = 12;

const test = suite('sequences');
const seed = runSeed();
console.log(`seed ${seed}`);
const vm = createVm({ counting: true });

const matches = (pattern: string, fold = false): Expr => ({
  op: 'matches',
  fold,
  left: field('proc.cmdline'),
  pattern,
});

const decide = (bundle: VmBundle, text: string): { rule: number; steps: number } => {
  const record = encodeRecord({ kind: 2, time: 1n, values: new Map([[id('proc.cmdline'), text]]) });
  bundle.input(record.length).set(record);
  vm.takeSteps();
  bundle.evaluate(record.length);
  return { rule: bundle.rule(0), steps: vm.takeSteps() };
};

const isSequence = (pattern: string, fold = false): boolean => {
  const parsed = parseRegex(pattern, fold);
  if ('error' in parsed) throw new Error(`${pattern}: ${parsed.error}`);
  return sequenceKeys(parsed.pattern) !== null;
};

/** Whether the compiler takes an expression: one that keeps its automaton may have too many states. */
const isTaken = (pattern: string, fold: boolean): boolean =>
  !('errors' in planAndEmit(policyOf([matches(pattern, fold)])));

/** Expressions that begin alike share what they have found so far. */
const behind = (a: Sketch, b: Sketch): Sketch => ({
  text: `(?:${a.text})(?:${b.text})`,
  sample: (s) => a.sample(s) + b.sample(s),
});

test('expressions together find the first that matches, as the reference does', () => {
  let sequences = 0;
  for (let n = 0; n < BUNDLES; n++) {
    const r = new Random(batchSeed(seed, n));
    const letters = r.pick(['ab', 'ab\n', 'a|', 'ab c\n', 'aB']);
    const begin = sequenceSketch(r, letters);
    const drawn = r.list(r.between(1, 8), () => {
      const sketch = sequenceSketch(r, letters);
      return r.chance(0.4) ? behind(begin, sketch) : sketch;
    });
    const fold = r.chance(0.2);
    const sketches = drawn.filter(({ text }) => isTaken(text, fold));
    if (sketches.length === 0) continue;
    sequences += sketches.filter(({ text }) => isSequence(text, fold)).length;
    const { program, cost } = programOf(policyOf(sketches.map(({ text }) => matches(text, fold))));
    const bundle = vm.load(program);
    for (let i = 0; i < TEXTS; i++) {
      const sample = r.pick(sketches).sample(r);
      const text = (r.chance(0.3) ? nearMiss(r, sample) : sample).slice(0, 200);
      const first = sketches.findIndex((s) => regexMatches(s.text, text, fold));
      const { rule, steps } = decide(bundle, text);
      const about = `seed ${seed}, ${n}: ${JSON.stringify(sketches.map((s) => s.text))}${fold ? ', folded' : ''}`;
      assert.is(rule, first < 0 ? NO_RULE : first, `${about} on ${JSON.stringify(text)}`);
      assert.ok(steps <= cost['file.read'], `${steps} steps, bound ${cost['file.read']}: ${about}`);
    }
    bundle.unload();
  }
  console.log(`${sequences} expressions were sequences`);
  assert.ok(sequences > BUNDLES);
});

test('no text takes more steps than the bound: long ones, made of pieces that nearly match', () => {
  for (let n = 0; n < LONG_BUNDLES; n++) {
    const r = new Random(batchSeed(seed, BUNDLES + n));
    const begin = sequenceSketch(r, 'ab ');
    const sketches = r.list(20, () =>
      r.chance(0.5) ? behind(begin, sequenceSketch(r, 'ab ')) : sequenceSketch(r, 'ab '),
    );
    const conditions = sketches.map(({ text }) => matches(text));
    const { program, cost } = programOf(policyOf(conditions), { allowSlow: true });
    const bundle = vm.load(program);
    for (let i = 0; i < LONG_TEXTS; i++) {
      const pieces = r.list(r.between(1, 4), () => r.pick(sketches).sample(r)).concat(r.pick(['a', ' ', '\n']));
      let text = '';
      while (text.length < 16_384) text += r.chance(0.7) ? pieces[0] : r.pick(pieces);
      const { steps } = decide(bundle, text.slice(0, 16_384));
      const about = `seed ${seed}, ${BUNDLES + n}: ${JSON.stringify(sketches.map((s) => s.text))}`;
      assert.ok(
        steps <= cost['file.read'],
        `${steps} steps, bound ${cost['file.read']}: ${about} on ${JSON.stringify(pieces)}`,
      );
    }
    bundle.unload();
  }
});

test('the bound of expressions grows by what an event does once, not by a pass for each', () => {
  const shapes = [
    (w: string) => `.*nc( -[a-z]+)* ${w} [0-9]{1,5}.*`,
    (w: string) => `.*/tmp/${w}[0-9a-f]{4,8}( .*)?`,
    (w: string) => `.*LD_PRELOAD=[^ ]*${w}.*`,
    (w: string) => `.*${w}.*base64.*-d.*`,
  ];
  const cost = [100, 1000].map((n) => {
    const conditions = Array.from({ length: n }, (_, i) => matches(shapes[i % shapes.length](`w${i}x`)));
    return programOf(policyOf(conditions)).cost['file.read'];
  });
  assert.ok(cost[1] - cost[0] < 25 * 900, `${cost.join(', ')} steps`);
});

const SEQUENCES = [
  '.*foo.*',
  '(?s).*foo.*',
  'curl .*\\| *(ba|z)?sh.*',
  '.*(curl|wget)\\s+-[^ ]*k.*',
  '(?i).*invoke-webrequest.*',
  'a[^|]*\\|b',
  'foo|.*bar',
  '(foo.*)?bar',
  '(?s)foo.+bar.{3,}',
  '.{3}',
  '.*a.{2}b.*',
  '.*/tmp/[0-9a-f]{8}( .*)?',
  '.*nc( -[a-z]+)* 10\\.[0-9]{1,3}\\.[0-9]{1,3}.*',
  '([a-z]+/)*[a-z]+\\.sh',
  '.*xa\\s+a.*',
  '.*\\s+x',
  '',
];
const AUTOMATA = ['.*[a-z]{3,8}\\.sh', '(ab)*', '.*x\\s+x\\sx.*', '.*[0-9a-f]{32}.*', '.*([a-z]+[0-9]+;)+.*', '.{80}'];

test('what is a sequence, and what stays an automaton', () => {
  for (const pattern of SEQUENCES) assert.ok(isSequence(pattern), pattern);
  for (const pattern of AUTOMATA) assert.not(isSequence(pattern), pattern);
});

test('a thousand expressions and ten thousand substrings take one pass', () => {
  const word = (n: number): string => `w${n.toString(36)}${((n * 2654435761) >>> 0).toString(36)}`;
  const contains = (n: number): Expr => ({
    op: 'contains',
    fold: false,
    left: field('proc.cmdline'),
    right: { is: 'string', value: word(n) },
  });
  const conditions = (n: number): Expr[] => [
    ...Array.from({ length: n }, (_, i) => matches(`.*${word(i)}.*${word(i + 1)}.*sh`)),
    ...Array.from({ length: n * 10 }, (_, i) => contains(10_000 + i)),
  ];
  const text = Array.from({ length: 300 }, (_, i) => `x${i}`).join(' ');
  const steps = [10, 1000].map((n) => {
    const bundle = vm.load(programOf(policyOf(conditions(n))).program);
    const { steps: counted } = decide(bundle, text);
    bundle.unload();
    return counted;
  });
  assert.is(steps[0], steps[1]);
  assert.ok(steps[1] < 1.2 * text.length + 300, `${steps[1]} steps for ${text.length} bytes`);
});

test.run();
