/** Rules of assumed policies: which may hold each other back, and that policies by the thousand cost an unknown workload nothing. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { canMeet, factsOf } from '../../compiler/plan/disjoint.ts';
import type { Expr, NormalForm, NormalPolicy } from '../../vm/bundle/normal.ts';
import { holds } from '../../vm/reference/expression.ts';
import { and, equals, field, id, policyOf, programOf } from './fixtures.ts';

const test = suite('assumed policies');

const text = fc.constantFrom('/', '/a', '/a/', '/a/b', '/ab', '/b', '');
const name = fc.constantFrom('file.path', 'proc.path');
const one: fc.Arbitrary<Expr> = fc.oneof(
  fc.tuple(name, text).map(([n, t]) => equals(n, t)),
  fc
    .tuple(name, text, fc.boolean())
    .map(([n, t, fold]): Expr => ({ op: 'startswith', fold, left: field(n), right: { is: 'string', value: t } })),
  fc.tuple(name, text).map(([n, t]): Expr => ({ op: 'within', left: field(n), right: { is: 'string', value: t } })),
  fc
    .tuple(name, fc.array(text, { minLength: 1, maxLength: 3 }))
    .map(([n, all]): Expr => ({ op: 'in', left: field(n), set: all.map((value) => ({ is: 'string', value })) })),
);
const conjunction = fc.array(one, { minLength: 1, maxLength: 3 }).map((args) => and(...args));

test('conditions that both hold for an event are never told apart', () => {
  fc.assert(
    fc.property(conjunction, conjunction, text, text, (a, b, file, program) => {
      const values = new Map([
        [id('file.path'), file],
        [id('proc.path'), program],
      ]);
      const event = { kind: 2, time: 1n, values };
      if (holds(a, event) && holds(b, event)) assert.ok(canMeet(factsOf(a), factsOf(b)));
    }),
    { numRuns: 3000 },
  );
});

test('different constants for one operand are told apart', () => {
  const below = (value: string): Expr => ({
    op: 'startswith',
    fold: false,
    left: field('file.path'),
    right: { is: 'string', value },
  });
  const apart = (a: Expr, b: Expr): boolean => !canMeet(factsOf(a), factsOf(b));
  assert.ok(apart(equals('file.path', '/a'), equals('file.path', '/b')));
  assert.ok(apart(equals('file.path', '/a'), below('/b/')));
  assert.ok(apart(below('/a/'), below('/b/')));
  assert.not(apart(below('/a/'), below('/a/b/')));
  assert.not(apart(equals('file.path', '/a'), equals('proc.path', '/b')));
});

/** A policy for one namespace each, out of one vocabulary: some rules let pass, others deny. */
const namespaces = (n: number): NormalForm => ({
  version: 1,
  policies: Array.from({ length: n }, (_, i): NormalPolicy => {
    const conditions = Array.from({ length: 10 }, (_, j) => equals('file.path', `/data/${(i * 3 + j * 7) % 50}`));
    const [policy] = policyOf(conditions).policies;
    const rules = policy.rules.map((rule, j) => (j % 5 === 0 ? { ...rule, action: 'audit' as const } : rule));
    return { ...policy, name: `p${i}`, scope: { namespace: [`team-${i}`] }, rules };
  }),
});

test('more policies that could hold an unknown workload do not raise the bound', () => {
  const cost = (n: number): number => programOf(namespaces(n)).cost['file.read'];
  assert.is(cost(10), cost(400));
});

test.run();
