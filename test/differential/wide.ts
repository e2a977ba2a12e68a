/** One bundle with many keys of every form, so that tables are large and class numbers take more than a byte. */
import type { Expr, NormalForm, NormalRule, Operand } from '../../vm/bundle/normal.ts';
import type { Value } from '../../vm/event/event.ts';
import { Random } from '../generators/random.ts';
import { clampInt, fieldId, nearMiss } from '../generators/values.ts';
import type { Delivery } from './case.ts';

const EXEC = 1;
const CONNECT = 10;
const KEYS = 400;

const field = (name: string): Operand => ({ is: 'field', field: fieldId(name) });
const text = (value: string): Operand => ({ is: 'string', value });
const address = (n: number): string => `${'\0'.repeat(10)}\xff\xff\n${String.fromCharCode(n >> 8, n & 255, 0)}`;

const OTHERS = [1, 2, 3, 5, 8, 13].map((n) => `arg-${n * 30}`);

/** For each form the `n`-th test, and what makes it true. */
const FORMS: readonly ((n: number) => { readonly test: Expr; readonly name: string; readonly value: Value })[] = [
  (n) => ({
    test: { op: 'compare', cmp: '=', left: field('proc.user'), right: text(`user-${n}`) },
    ...{ name: 'proc.user', value: `user-${n}` },
  }),
  (n) => ({
    test: { op: 'startswith', fold: false, left: field('proc.cwd'), right: text(`/srv/${n}/`) },
    ...{ name: 'proc.cwd', value: `/srv/${n}/data` },
  }),
  (n) => ({
    test: { op: 'endswith', fold: true, left: field('proc.comm'), right: text(`-Tail${n}`) },
    ...{ name: 'proc.comm', value: `x-tAIL${n}` },
  }),
  (n) => ({
    test: { op: 'contains', fold: false, left: field('proc.cmdline'), right: text(`--opt${n}=`) },
    // With what other rules look for, before and behind it.
    ...{
      name: 'proc.cmdline',
      value: `--opt${n + 1}=--opt${n}=1 --opt${(n * 7) % KEYS}=${'--opt5=--opt6='.repeat(n % 3)}`,
    },
  }),
  (n) => ({
    test: { op: 'within', left: field('proc.path'), right: text(`/opt/${n % 7}/${n}`) },
    ...{ name: 'proc.path', value: `/opt/${n % 7}/${n}/bin/x` },
  }),
  (n) => ({
    test: { op: 'compare', cmp: '=', left: field('proc.uid'), right: { is: 'int', value: String(n * 1_000_003) } },
    ...{ name: 'proc.uid', value: BigInt(n * 1_000_003) },
  }),
  (n) => ({
    test: {
      op: 'and',
      args: [
        { op: 'compare', cmp: '>=', left: field('proc.pid'), right: { is: 'int', value: String(n * 100) } },
        { op: 'compare', cmp: '<', left: field('proc.pid'), right: { is: 'int', value: String(n * 100 + 50) } },
      ],
    },
    ...{ name: 'proc.pid', value: BigInt(n * 100 + 49) },
  }),
  (n) => ({
    test: { op: 'within', left: field('net.remote_ip'), right: { is: 'cidr', value: address(n), bits: 120 } },
    ...{ name: 'net.remote_ip', value: `${address(n).slice(0, 15)}\x07` },
  }),
  (n) => ({
    test: { op: 'has', list: { field: fieldId('proc.args') }, value: text(`arg-${n}`) },
    ...{ name: 'proc.args', value: ['x', `arg-${n + 1}`, ...OTHERS, `arg-${n}`, `arg-${n}`] },
  }),
];

/** Each rule asks two forms; a third of them share their first key, so that pairs of keys are made. */
export function wide(): { readonly normal: NormalForm; readonly deliveries: readonly Delivery[] } {
  const r = new Random(7);
  const rules: NormalRule[] = [];
  const deliveries: Delivery[] = [];
  for (let n = 0; n < KEYS; n++) {
    const a = r.below(FORMS.length);
    const first = FORMS[a](n % 3 === 0 ? 1000 + a : n);
    const second = FORMS[(a + 1 + r.below(FORMS.length - 1)) % FORMS.length](n);
    const kinds = [first, second].some(({ name }) => name.startsWith('net.')) ? [CONNECT] : [EXEC, CONNECT];
    rules.push({
      ...{ name: `r${n}`, kinds, unless: [], action: n % 5 === 0 ? 'audit' : 'deny', errno: 1 + (n % 20) },
      ...{ continue: n % 5 === 0, when: { op: 'and', args: [first.test, second.test] } },
    });
    for (const miss of [false, true]) {
      const near = miss ? nearly(r, second.value) : second.value;
      const inline = new Map<number, Value>([
        [fieldId(first.name), first.value],
        [fieldId(second.name), near],
      ]);
      deliveries.push({ kind: r.pick(kinds), time: undefined, inline, subject: new Map(), workload: new Map() });
    }
  }
  // More keys of one classifier than a byte counts.
  for (let n = 0; n < KEYS; n++) {
    const when: Expr = { op: 'compare', cmp: '=', left: field('proc.service'), right: text(`service-${n}`) };
    rules.push({ name: `s${n}`, kinds: [EXEC], unless: [], action: 'kill', errno: 1, continue: false, when });
    const inline = new Map<number, Value>([[fieldId('proc.service'), `service-${n}`]]);
    deliveries.push({ kind: EXEC, time: undefined, inline, subject: new Map(), workload: new Map() });
  }
  // Rules that only note, so that every class that one event has shows.
  for (let n = 0; n < KEYS; n += 6) {
    const has: Expr = { op: 'has', list: { field: fieldId('proc.args') }, value: text(`arg-${n}`) };
    const contains: Expr = { op: 'contains', fold: false, left: field('proc.pcmdline'), right: text(`-${n};`) };
    for (const when of [has, contains]) {
      rules.unshift({ name: `n${n}`, kinds: [EXEC], unless: [], action: 'audit', errno: 1, continue: true, when });
    }
  }
  // More elements than keys, the same over and over, and all keys at once.
  const many = Array.from({ length: KEYS }, (_, n) => `arg-${n}`);
  for (const args of [
    Array.from({ length: 1300 }, () => many[30]),
    many,
    [...many].reverse(),
    [...many.slice(0, 90), ...many.slice(0, 90)],
  ]) {
    const inline = new Map<number, Value>([
      [fieldId('proc.args'), args],
      [fieldId('proc.pcmdline'), args.map((arg) => `${arg};`).join('')],
    ]);
    for (let a = 0; a < FORMS.length; a++) {
      const { name, value } = FORMS[a](1000 + a);
      if (name !== 'proc.args') inline.set(fieldId(name), value);
    }
    deliveries.push({ kind: EXEC, time: undefined, inline, subject: new Map(), workload: new Map() });
  }
  const policy = { name: 'p', mode: 'enforce', tier: 'default', order: 1000, scope: {}, defaults: {}, rules } as const;
  return { normal: { version: 1, policies: [policy] }, deliveries };
}

function nearly(r: Random, value: Value): Value {
  if (typeof value === 'bigint') return clampInt(value + 1n, false);
  return typeof value === 'string' && value.length !== 16 ? nearMiss(r, value) : value;
}
