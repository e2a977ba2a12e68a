/** Diagrams: what lists that keys cannot divide become, and which stay lists. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Diagram, isNode, plan } from '../../compiler/plan/index.ts';
import type { Expr, NormalForm } from '../../vm/bundle/normal.ts';
import { users } from '../../bench/families/users.ts';
import { and, equals, field, id, not, policyOf, programOf } from './fixtures.ts';

const test = suite('diagrams');

const flag = (bit: number): Expr => ({ op: 'flag', field: { field: id('file.flags') }, bit });
const uid = (cmp: '<' | '>=', value: number): Expr => ({
  op: 'compare',
  cmp,
  left: field('proc.uid'),
  right: { is: 'int', value: String(value) },
});
const isOneOf = (...names: string[]): Expr => ({
  op: 'in',
  left: field('proc.user'),
  set: names.map((value) => ({ is: 'string', value })),
});

/** What the steps of reading files lead to. */
const diagramsOf = (normal: NormalForm): readonly Diagram[] =>
  plan(normal)
    .kinds.flatMap(({ known }) => known)
    .flatMap((step) => (step.op === 'list' ? [step.list] : [...step.lists.values()]));
const only = (normal: NormalForm): Diagram => {
  const found = diagramsOf(normal);
  assert.is(found.length, 1);
  return found[0];
};

/** All ends, and the tests on the longest way to one. */
const ends = (diagram: Diagram): readonly (readonly { entry: number; condition: Expr }[])[] =>
  isNode(diagram) ? [...ends(diagram.yes), ...ends(diagram.no)] : [diagram];
const depth = (diagram: Diagram): number => (isNode(diagram) ? 1 + Math.max(depth(diagram.yes), depth(diagram.no)) : 0);

const program = equals('proc.path', '/usr/bin/env');

test('a short list stays a list', () => {
  assert.not(isNode(only(policyOf([0, 1, 2, 3].map((bit) => and(program, flag(bit)))))));
});

test('a long one becomes a diagram with short ends', () => {
  const diagram = only(
    policyOf(Array.from({ length: 9 }, (_, bit) => and(program, flag(bit), not(isOneOf('a', 'b'))))),
  );
  assert.ok(isNode(diagram));
  for (const end of ends(diagram)) assert.ok(end.length <= 4);
});

test('a test is asked once on each way', () => {
  const diagram = only(policyOf(Array.from({ length: 8 }, (_, i) => and(program, flag(i), flag((i + 1) % 8)))));
  assert.ok(depth(diagram) <= 8);
});

test('users are found by halving', () => {
  // two rules about each of 64 users: as a list 128 candidates
  const rules = Array.from({ length: 128 }, (_, i) =>
    and(program, isOneOf(`u${i % 64}`, `u${(i + 1) % 64}`), flag(i >> 6)),
  );
  assert.ok(depth(only(policyOf(rules))) <= 8);
});

test('where a number is not there, no interval has it', () => {
  const rules = Array.from({ length: 8 }, (_, i) => and(program, uid('>=', i * 10)));
  const nowhere = ends(only(policyOf(rules))).filter((end) => end.length === 0);
  assert.ok(nowhere.length > 0);
});

test('what is answered is not asked again at an end', () => {
  const rules = Array.from({ length: 8 }, (_, i) => and(program, uid('>=', i * 10), uid('<', i * 10 + 10)));
  for (const end of ends(only(policyOf(rules)))) for (const { condition } of end) assert.equal(condition, and());
});

test('rules that only note stay behind a decision before them, and do not hide one after them', () => {
  const [policy] = policyOf(Array.from({ length: 8 }, (_, bit) => and(program, flag(bit)))).policies;
  const rules = [...policy.rules, ...policy.rules].map(
    (rule, i) => ({ ...rule, continue: i < 8, action: i < 8 ? 'audit' : 'deny' }) as const,
  );
  for (const end of ends(only({ version: 1, policies: [{ ...policy, rules }] }))) {
    const entries = end.map(({ entry }) => entry);
    assert.equal(
      [...entries].sort((a, b) => a - b),
      entries,
    );
  }
});

test('a list with a test that costs much is left to keys', () => {
  const pattern = (i: number): Expr => ({
    op: 'contains',
    fold: false,
    left: field('proc.cmdline'),
    right: { is: 'string', value: `x${i}` },
  });
  const rules = Array.from({ length: 8 }, (_, i) => and(program, flag(i), not(pattern(i))));
  for (const diagram of diagramsOf(policyOf(rules))) assert.not(isNode(diagram));
});

test('more rules about users and flags leave the bound as it is', () => {
  const [few, many] = [100, 3000].map((n) => programOf(users(n, 1).normal).cost);
  assert.equal(many, few);
});

test.run();
