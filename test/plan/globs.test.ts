/** Globs of one shape: their number moves neither the bound nor the number of tuples. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { planAndEmit } from '../../compiler/backend.ts';
import type { Expr, NormalForm, NormalRule } from '../../vm/bundle/normal.ts';
import { factorsOf } from '../../vm/listing/index.ts';
import { fieldId } from '../generators/values.ts';

const READ = 2;

const glob = (pattern: string): Expr => ({
  ...{ op: 'glob', fold: false, left: { is: 'field', field: fieldId('file.path') }, pattern },
});
const program = (value: string): Expr => ({
  ...{ op: 'compare', cmp: '=', left: { is: 'field', field: fieldId('proc.path') }, right: { is: 'string', value } },
});

/** A rule for each of `n` words of five bytes. */
const rulesOf = (n: number, condition: (word: string) => Expr): NormalForm => {
  const rules = Array.from({ length: n }, (_, i): NormalRule => ({
    ...{ name: `r${i}`, kinds: [READ], unless: [], action: 'deny', errno: 1, continue: false },
    when: condition(`w${1000 + i}`),
  }));
  const policy = { name: 'p', mode: 'enforce', tier: 'default', order: 1000, scope: {}, defaults: {}, rules } as const;
  return { version: 1, policies: [policy] };
};

const made = (n: number, condition: (word: string) => Expr): { cost: number; tuples: number; bytes: number } => {
  const emitted = planAndEmit(rulesOf(n, condition));
  if ('errors' in emitted) throw new Error('no plan');
  const { tuples } = factorsOf(emitted.program)['file.read'] ?? { tuples: 0 };
  return { cost: emitted.cost['file.read'], tuples, bytes: emitted.program.length };
};

const SHAPES: Readonly<Record<string, number>> = {
  '/home/*/.W/**': 1,
  '**/*.W': 0,
  '**/W': 1,
  '/etc/*W?': 1,
  '/tmp/W-??????': 1,
  '**/W/conf/**': 1,
  '/srv/**/W/**/*.conf': 1,
  '/usr/{bin,sbin}/W*': 1,
  '/opt/*/lib/W-[0-9]*.so': 1,
  '{/home/*,/srv}/**/W': 2,
};

for (const [shape, tuples] of Object.entries(SHAPES)) {
  test(`${shape} costs as much with 20 rules as with 1,000`, () => {
    const condition = (word: string): Expr => glob(shape.replaceAll('W', word));
    const [few, many] = [made(20, condition), made(1000, condition)];
    assert.is(few.tuples, tuples);
    assert.is(many.tuples, tuples);
    assert.is(many.cost, few.cost);
  });

  test(`${shape} for one program costs as much with 20 rules as with 1,000`, () => {
    const condition = (word: string): Expr => ({
      ...{ op: 'and', args: [program(`/bin/${word.slice(-1)}`), glob(shape.replaceAll('W', word))] },
    });
    assert.is(made(1000, condition).cost, made(20, condition).cost);
  });
}

test('what a key leaves to check is one automaton for all globs of a shape', () => {
  const condition = (word: string): Expr => glob(`/opt/*/lib/${word}-[0-9]*.so`);
  const [few, many] = [made(20, condition), made(1020, condition)];
  assert.ok((many.bytes - few.bytes) / 1000 < 112);
});

test.run();
