/** Disjunctions: each part is found as a rule of its own would be, and costs no more than it. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { plan } from '../../compiler/plan/index.ts';
import type { Expr } from '../../vm/bundle/normal.ts';
import { createVm } from '../../vm/host/index.ts';
import { and, equals, field, or, policyOf, programOf } from './fixtures.ts';

const test = suite('parts of disjunctions');

const contains = (name: string, value: string): Expr => ({
  op: 'contains',
  fold: false,
  left: field(name),
  right: { is: 'string', value },
});
const cost = (...conditions: Expr[]): number => programOf(policyOf(conditions)).cost['file.read'];
/** A program, and a text that its command line holds, which is dear to look for. */
const part = (n: number): Expr => and(equals('proc.path', `/bin/p${n}`), contains('proc.cmdline', `text ${n}`));

test('what a key leads to has nothing of the other parts', () => {
  const parts = Array.from({ length: 12 }, (_, n) => part(n));
  assert.ok(cost(or(...parts)) <= cost(...parts), `${cost(or(...parts))} steps, ${cost(...parts)} as rules`);
});

test('so too beside other tests, and in a disjunction within one', () => {
  const beside = contains('file.path', 'x');
  const parts = [part(1), and(equals('proc.user', 'u'), or(part(2), part(3)))];
  assert.ok(cost(and(beside, or(...parts))) <= cost(...parts.map((one) => and(beside, one))));
});

test('parts with one key are one candidate there', () => {
  const program = equals('proc.path', '/bin/p');
  const both = or(and(program, contains('proc.cmdline', 'a')), and(program, contains('proc.cmdline', 'b')));
  const normal = policyOf([both, equals('proc.path', '/bin/q')]);
  const lists = plan(normal).kinds.flatMap(({ known }) =>
    known.flatMap((step) => (step.op === 'list' ? [step.list] : [...step.lists.values()])),
  );
  assert.equal(
    lists.map((list) => 'length' in list && list.map(({ entry }) => entry)),
    [[0], [1]],
  );
  assert.is(createVm().load(programOf(normal).program).cost(2), cost(both, equals('proc.path', '/bin/q')));
});

test('a rule of more parts than it may be taken apart into is checked whole', () => {
  const many = (n: number): number => cost(or(...Array.from({ length: n }, (_, i) => part(i))));
  assert.is(many(64), many(2));
  assert.ok(many(65) > 10 * many(64));
});

test.run();
