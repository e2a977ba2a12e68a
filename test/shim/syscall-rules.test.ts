/** Rules of kind `syscall` in the filter: what the reference does not plainly allow is asked. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { filterFor } from '../../shim/enforcers/filter/index.ts';
import { ruleChecks } from '../../shim/enforcers/filter/rules.ts';
import { needsOf } from '../../shim/enforcers/needs.ts';
import { syscallNumber } from '../../shim/sensors/index.ts';
import type { Expr, NormalForm, NormalPolicy } from '../../vm/bundle/normal.ts';
import { fieldId, kindByName, type Event, type Value } from '../../vm/event/index.ts';
import { reference } from '../../vm/reference/index.ts';
import { bundleOf } from './build.ts';
import { runFilter } from './classic-bpf.ts';
import { policy } from './workload.ts';

const KIND = kindByName('syscall')!.id;
const NEEDS = needsOf({ kinds: ['syscall'], fields: [] }, new Set());
const NOTIFY = 0x7fc00000;
const [NAME, NUMBER, ARGUMENT, UID] = ['syscall.name', 'syscall.nr', 'syscall.arg0', 'proc.uid'].map(fieldId);
/** None of them is refused or asked by the filter itself. */
const CALLS = ['read', 'getpid', 'kill', 'personality', 'umask'];
/** Values that nearly meet, with both halves. */
const VALUES = [0n, 1n, 2n, 0xfffffffen, 0xffffffffn, 0x100000000n, 0x100000001n, 1n << 63n, (1n << 64n) - 1n];

const filterOf = (normal: NormalForm, all = false): Uint8Array => filterFor(NEEDS, ruleChecks(normal, new Map(), all));
const asked = (program: Uint8Array, name: string, ...args: readonly bigint[]): boolean =>
  runFilter(program, { nr: syscallNumber(name)!, args }) === NOTIFY;
const numbersOf = (when: string, rest = 'action: audit'): readonly number[] => {
  const { normal } = bundleOf(policy(`- {name: a, on: syscall, when: '${when}', ${rest}}`));
  return [...ruleChecks(normal, new Map(), false).keys()];
};

test('only the system calls that rules can be about are asked', () => {
  assert.equal(numbersOf('syscall.name = "ptrace" and proc.uid = 0'), [101]);
  assert.equal(numbersOf('syscall.name in ("ptrace", "mount") or syscall.nr = 3'), [3, 101, 165]);
  assert.equal(numbersOf('syscall.name startswith "io_uring"'), [425, 426, 427]);
  assert.ok(numbersOf('proc.uid = 0').length > 380);
  assert.is(numbersOf('not syscall.name = "ptrace"').length, numbersOf('proc.uid = 0').length - 1);
  assert.equal(numbersOf('syscall.name = "ptrace"', 'action: allow'), []);
  assert.equal(numbersOf('syscall.nr = 400'), []);
});

test('a rule about registers asks for the calls that it matches, and for no other', () => {
  const { normal } = bundleOf(
    policy(`
- name: a
  on: syscall
  when: 'syscall.name = "kill" and (syscall.arg1 = 9 or syscall.arg0 >= 0x100000000 and syscall.arg2 & 0xf0)'
  action: deny
  unless: [{name: b, when: 'syscall.arg3 in (1, 0x200000000)'}]
- {name: c, on: syscall, when: 'syscall.name = "umask" and proc.uid = 0 and syscall.arg0 = 18', action: deny}
`),
  );
  const program = filterOf(normal);
  assert.ok(asked(program, 'kill', 1n, 9n));
  assert.not.ok(asked(program, 'kill', 1n, 15n));
  assert.not.ok(asked(program, 'kill', 1n, 9n, 0n, 1n));
  assert.ok(asked(program, 'kill', 1n, 9n, 0n, 2n));
  assert.not.ok(asked(program, 'kill', 1n, 9n, 0n, 0x200000000n));
  assert.not.ok(asked(program, 'kill', 1n, 0x100000009n));
  assert.ok(asked(program, 'kill', 0x100000000n, 1n, 0x10n));
  assert.not.ok(asked(program, 'kill', 0xffffffffn, 1n, 0x10n));
  assert.not.ok(asked(program, 'kill', 0x100000000n, 1n, 0x0fn));
  assert.ok(asked(program, 'umask', 18n));
  assert.not.ok(asked(program, 'umask', 19n));
  assert.not.ok(asked(program, 'getppid'));
  assert.ok(asked(filterOf(normal, true), 'kill', 1n, 15n), 'where plain allows are recorded');
});

test('a default that refuses lets pass what is allowed by number', () => {
  const head = 'mode: enforce\n  defaults: {syscall: deny}';
  const rules = `- {name: a, on: syscall, when: 'syscall.name in ("read", "write") or syscall.arg0 = 7 and proc.uid = 0', action: allow}`;
  const program = filterOf(bundleOf(policy(rules, head)).normal);
  assert.not.ok(asked(program, 'read'));
  assert.ok(asked(program, 'getpid', 7n));
  assert.ok(asked(program, 'getpid', 8n));
});

test('conditions that are too large are asked whole', () => {
  const values = Array.from({ length: 5000 }, (_, i) => i * 2).join(', ');
  const rule = `- {name: a, on: syscall, when: 'syscall.name = "kill" and syscall.arg0 in (${values})', action: deny}`;
  const program = filterOf(bundleOf(policy(rule)).normal);
  assert.ok(asked(program, 'kill', 1n));
  assert.not.ok(asked(program, 'umask', 2n));
  const many = CALLS.map(
    (name, i) =>
      `- {name: a${i}, on: syscall, when: 'syscall.name = "${name}" and syscall.arg0 in (${Array.from({ length: 250 }, (_, k) => k * 3).join(', ')})', action: deny}`,
  );
  const shared = filterOf(bundleOf(policy(many.join('\n'))).normal);
  for (const name of CALLS) assert.ok(asked(shared, name, 3n));
});

/** Random conditions over the name, the number, registers, and who asks, which the filter does not know. */
const field = (id: number, mask?: bigint): Expr => ({ op: 'truth', of: { field: id, mask: String(mask ?? 1n) } });
const value = fc.constantFrom(...VALUES);
const atom: fc.Arbitrary<Expr> = fc.oneof(
  fc
    .tuple(
      fc.nat(2),
      fc.constantFrom('=', '<', '<=', '>', '>='),
      value,
      fc.option(value, { nil: undefined }),
      fc.boolean(),
    )
    .map(([argument, cmp, constant, mask, turned]): Expr => {
      const left = {
        is: 'field',
        field: ARGUMENT + argument,
        ...(mask !== undefined && { mask: String(mask) }),
      } as const;
      const right = { is: 'int', value: String(constant) } as const;
      return turned ? { op: 'compare', cmp, left: right, right: left } : { op: 'compare', cmp, left, right };
    }),
  fc.tuple(fc.nat(2), value).map(([argument, mask]) => field(ARGUMENT + argument, mask)),
  fc.tuple(fc.nat(2), fc.array(value, { maxLength: 4 })).map(([argument, set]): Expr => ({
    op: 'in',
    left: { is: 'field', field: ARGUMENT + argument },
    set: set.map((one) => ({ is: 'int', value: String(one) })),
  })),
  fc.constantFrom(...CALLS).map((name): Expr => ({
    op: 'compare',
    cmp: '=',
    left: { is: 'field', field: NAME },
    right: { is: 'string', value: name },
  })),
  fc.constantFrom(...CALLS).map((name): Expr => ({
    op: 'compare',
    cmp: '<=',
    left: { is: 'field', field: NUMBER },
    right: { is: 'int', value: String(syscallNumber(name)) },
  })),
  fc.constantFrom(0, 1).map((uid): Expr => ({
    op: 'compare',
    cmp: '=',
    left: { is: 'field', field: UID },
    right: { is: 'int', value: String(uid) },
  })),
);
const { expr } = fc.letrec<{ expr: Expr }>((tie) => ({
  expr: fc.oneof(
    { depthSize: 'medium' },
    atom,
    fc
      .tuple(fc.constantFrom('and', 'or'), fc.array(tie('expr'), { maxLength: 3 }))
      .map(([op, args]): Expr => ({ op, args })),
    tie('expr').map((arg): Expr => ({ op: 'not', arg })),
  ),
}));
const action = fc.constantFrom('allow', 'allow', 'audit', 'deny', 'kill');
const rule = fc
  .record({ when: expr, except: fc.option(expr), action, goesOn: fc.boolean() })
  .map(({ when, except, action, goesOn }) => ({
    ...{ name: 'r', kinds: [KIND], when, action, errno: 1, continue: goesOn },
    unless: except ? [{ name: 'e', when: except }] : [],
  }));
const randomPolicy: fc.Arbitrary<NormalPolicy> = fc
  .record({
    mode: fc.constantFrom('enforce', 'observe'),
    rules: fc.array(rule, { maxLength: 4 }),
    fallback: fc.option(action),
  })
  .map(({ mode, rules, fallback }) => ({
    ...{ name: 'p', mode, tier: 'default', order: 0, scope: {}, rules },
    defaults: fallback ? { [KIND]: fallback } : {},
  }));

test('no call is let through of which the reference says anything but a plain allow', () => {
  const call = fc.tuple(
    fc.constantFrom(...CALLS),
    fc.array(value, { minLength: 3, maxLength: 3 }),
    fc.constantFrom(0n, 1n, 2n),
  );
  let free = 0;
  fc.assert(
    fc.property(
      fc.array(randomPolicy, { maxLength: 3 }),
      fc.array(call, { minLength: 5, maxLength: 30 }),
      (policies, calls) => {
        const normal: NormalForm = { version: 1, policies };
        const program = filterOf(normal);
        const oracle = reference(normal);
        for (const [name, args, uid] of calls) {
          if (asked(program, name, ...args)) continue;
          free++;
          const values = new Map<number, Value>([
            [NAME, name],
            [NUMBER, BigInt(syscallNumber(name)!)],
            [UID, uid],
          ]);
          for (let i = 0; i < 6; i++) values.set(ARGUMENT + i, args[i] ?? 0n);
          const event: Event = { kind: KIND, time: undefined, values };
          const { actual, asIf } = oracle.decide(event);
          for (const plane of [actual, asIf]) assert.equal([plane.action, plane.matches], ['allow', []]);
        }
      },
    ),
    { numRuns: 300 },
  );
  assert.ok(free > 500, `the filter lets calls through: ${free}`);
});

test('where registers say everything, only calls that a rule matches are asked', () => {
  const known = fc.array(
    atom.filter((one) => JSON.stringify(one).includes(`"field":${UID}`) === false),
    { minLength: 1, maxLength: 4 },
  );
  fc.assert(
    fc.property(
      known,
      fc.constantFrom('and', 'or'),
      fc.boolean(),
      fc.constantFrom(...CALLS),
      fc.array(value, { minLength: 3, maxLength: 3 }),
      (args, op, negated, name, registers) => {
        const inner: Expr = { op, args };
        const when: Expr = negated ? { op: 'not', arg: inner } : inner;
        const normal: NormalForm = {
          version: 1,
          policies: [
            {
              ...{ name: 'p', mode: 'enforce', tier: 'default', order: 0, scope: {}, defaults: {} },
              rules: [{ name: 'r', kinds: [KIND], when, unless: [], action: 'deny', errno: 1, continue: false }],
            },
          ],
        };
        const values = new Map<number, Value>([
          [NAME, name],
          [NUMBER, BigInt(syscallNumber(name)!)],
        ]);
        for (let i = 0; i < 6; i++) values.set(ARGUMENT + i, registers[i] ?? 0n);
        const { actual } = reference(normal).decide({ kind: KIND, time: undefined, values });
        assert.is(asked(filterOf(normal), name, ...registers), actual.action === 'deny', `${name}(${registers})`);
      },
    ),
    { numRuns: 300 },
  );
});

test.run();
