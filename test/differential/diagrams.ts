/** Bundles whose lists keys cannot divide: one program in all rules, beside it a few users, flags and numbers, mostly negated. */
import type { Expr, FieldRef, NormalForm, NormalPolicy, NormalRule, Operand } from '../../vm/bundle/normal.ts';
import type { Value } from '../../vm/event/event.ts';
import { Random } from '../generators/random.ts';
import { fieldId } from '../generators/values.ts';
import type { Delivery } from './case.ts';

const KINDS = [2, 3];
const PROGRAM = '/usr/bin/env';
/** One begins with another, one is what comes right behind another, one begins with a byte that no text of Unicode has. */
const USERS = ['', 'a', 'a\0', 'ab', 'b', 'root', '\xff', 'user-10', 'user-2'];
const FLAGS = [0, 3, 5, 8, 11];
const IDS = ['0', '1', '999', '1000', '4294967295'];
/** The least and the largest that there are, and those beside them. */
const CODES = ['-9223372036854775808', '-1', '0', '1', '9223372036854775807'];

const ref = (name: string): FieldRef => ({ field: fieldId(name) });
const field = (name: string): Operand => ({ is: 'field', ...ref(name) });
const text = (value: string): Operand => ({ is: 'string', value });

const test = (r: Random): Expr => {
  const cmp = r.pick(['=', '<', '<=', '>', '>='] as const);
  switch (r.below(10)) {
    case 0:
    case 1:
      return { op: 'compare', cmp: '=', left: field('proc.user'), right: text(r.pick(USERS)) };
    case 2:
    case 3:
      return { op: 'in', left: field('proc.user'), set: r.list(r.between(2, 7), () => text(r.pick(USERS))) as never };
    case 4:
      return { op: 'compare', cmp, left: field('proc.uid'), right: { is: 'int', value: r.pick(IDS) } };
    case 5:
      return { op: 'compare', cmp, left: field('file.mode'), right: { is: 'int', value: r.pick(CODES) } };
    case 6:
      return { op: 'truth', of: ref('proc.interactive') };
    case 7:
      return r.pick<Expr>([
        { op: 'exists', field: ref('proc.user') },
        { op: 'exists', field: ref('proc.uid') },
        { op: 'startswith', fold: false, left: field('proc.user'), right: text('user-') },
        { op: 'truth', of: { ...ref('file.mode'), mask: '6' } },
      ]);
    default:
      return { op: 'flag', field: ref('file.flags'), bit: r.pick(FLAGS) };
  }
};

const condition = (r: Random, depth: number): Expr => {
  if (depth === 0 || r.chance(0.4)) return r.chance(0.4) ? { op: 'not', arg: test(r) } : test(r);
  const args = r.list(r.between(2, 4), () => condition(r, depth - 1));
  const joined: Expr = { op: r.chance(0.7) ? 'and' : 'or', args };
  return r.chance(0.2) ? { op: 'not', arg: joined } : joined;
};

/** @returns a bundle with rules that decide or are only noted, of policies that are enforced or observed, in scope or assumed */
export const diagrams = (seed: number): { normal: NormalForm; deliveries: Delivery[] } => {
  const r = new Random(seed);
  const count = r.pick([6, 20, 60]);
  const one: Expr = { op: 'compare', cmp: '=', left: field('proc.path'), right: text(PROGRAM) };
  const noted = r.chance(0.5) ? 0.2 : 0;
  const rule = (i: number): NormalRule => {
    const goesOn = r.chance(noted);
    const action = goesOn ? 'audit' : r.pick(['allow', 'audit', 'deny', 'kill'] as const);
    const when: Expr = r.chance(0.9) ? { op: 'and', args: [one, condition(r, 2)] } : condition(r, 2);
    return {
      ...{ name: `r${i}`, kinds: r.chance(0.5) ? KINDS : [r.pick(KINDS)], when, unless: [], action },
      ...{ errno: action === 'deny' || action === 'kill' ? 1 + (i % 9) : 0, continue: goesOn },
    };
  };
  const scoped = r.chance(0.3);
  const policies = Array.from({ length: r.pick([1, 3]) }, (_, n): NormalPolicy => ({
    ...{ name: `p${n}`, mode: r.chance(0.3) ? 'observe' : 'enforce', tier: 'default', order: 1000 },
    scope: scoped && n > 0 ? { namespace: ['one'] } : {},
    defaults: r.chance(0.3) ? { 2: r.pick(['audit', 'deny'] as const) } : {},
    rules: r.list(count, () => rule(n)).map((made, i) => ({ ...made, name: `r${i}` })),
  }));
  const some = <T extends Value>(values: readonly T[]): T | undefined => (r.chance(0.15) ? undefined : r.pick(values));
  const deliveries = r.list(300, (): Delivery => {
    const given: readonly (readonly [name: string, value: Value | undefined])[] = [
      ['proc.path', some([PROGRAM, PROGRAM, PROGRAM, '/bin/sh'])],
      ['proc.user', some([...USERS, 'user-1', 'z'])],
      ['proc.uid', some([...IDS.map(BigInt), 2n, 1001n])],
      ['file.mode', some([...CODES.map(BigInt), 2n, 6n, -2n])],
      ['proc.interactive', some([true, false])],
      ['file.flags', some([...FLAGS.map((bit) => 1n << BigInt(bit)), 0n, 0x929n])],
      ['container.id', scoped && r.chance(0.7) ? 'c1' : undefined],
    ];
    const inline = new Map(
      given.flatMap(([name, value]) => (value === undefined ? [] : [[fieldId(name), value] as const])),
    );
    if (inline.has(fieldId('container.id')) && r.chance(0.5))
      inline.set(fieldId('k8s.namespace'), r.pick(['one', 'two']));
    return { kind: r.pick(KINDS), time: undefined, inline, subject: new Map(), workload: new Map() };
  });
  return { normal: { version: 1, policies }, deliveries };
};
