/** One bundle that asks every derived field for each of the values that it can take from a pool of sources. */
import type { Expr, NormalForm, NormalRule } from '../../vm/bundle/normal.ts';
import { valueOf, type Event, type Value } from '../../vm/event/index.ts';
import { FIELDS } from '../../vm/spec/index.ts';
import { ADDRESSES, fieldId, IMAGES, PATHS } from '../generators/values.ts';
import type { Delivery } from './case.ts';

const KIND = 10;
const FACTS = ['proc.path', 'proc.ppath', 'proc.caller_path', 'file.path'] as const;

const given = (name: string, values: readonly Value[]): [number, Value][][] =>
  values.map((value) => [[fieldId(name), value]]);

/** Sources of derived fields, one event each. */
const SOURCES: readonly (readonly [number, Value][])[] = [
  ...FACTS.flatMap((name) => given(name, [...PATHS, '/a/b.c/d', '/a.b/', '/a/..x', '/a/x.y.', '.', 'x.y'])),
  ...given('container.image', [...IMAGES, 'a:', 'a@', 'a:b/c', 'a:b/c:d', ':', '@', 'a@b:c']),
  ...given('net.remote_ip', ADDRESSES),
  ...given('net.local_ip', ADDRESSES.slice(0, 30)),
  ...given('net.path', ['/run/x', '']),
  ...given('proc.args', [[], [''], ['a'], ['a', ''], ['a', 'b c', '\xff'], ['', '', 'x']]),
  ...given('k8s.pod', ['p']),
  ...given('container.id', ['c']),
  [
    [fieldId('k8s.pod'), 'p'],
    [fieldId('container.id'), 'c'],
  ],
  [
    [fieldId('net.remote_ip'), ADDRESSES[0]],
    [fieldId('net.local_ip'), ADDRESSES[ADDRESSES.length - 1]],
    [fieldId('net.path'), '/run/x'],
  ],
];

const DERIVED = FIELDS.filter((field) => field.derived !== undefined);

function tests(events: readonly Event[]): Expr[] {
  return DERIVED.flatMap(({ id, type }): Expr[] => {
    if (type === 'bool')
      return [
        { op: 'truth', of: { field: id } },
        { op: 'exists', field: { field: id } },
      ];
    const values = new Set(events.map((event) => valueOf(event, id)).filter((value) => typeof value === 'string'));
    const equal = [...values].map((value): Expr => {
      return { op: 'compare', cmp: '=', left: { is: 'field', field: id }, right: { is: 'string', value } };
    });
    return [{ op: 'exists', field: { field: id } }, ...equal];
  });
}

/** A test of each integer, before the others: numbers of fields that lie 64 apart are not to be confused. */
const INTEGERS = FIELDS.filter(({ type }) => type === 'int').map(({ id }): Expr => ({
  op: 'compare',
  cmp: '=',
  left: { is: 'field', field: id },
  right: { is: 'int', value: '7' },
}));

/** Every test is a rule that notes, so that one event shows what all of them say. */
export function derived(): { readonly normal: NormalForm; readonly deliveries: readonly Delivery[] } {
  const events = SOURCES.map((values): Event => ({ kind: KIND, time: undefined, values: new Map(values) }));
  const rules = [...INTEGERS, ...tests(events)].flatMap((test, n): NormalRule[] => {
    const rule = { kinds: [KIND], unless: [], action: 'audit', errno: 1, continue: true } as const;
    // The same test as what is left to check, where nothing else is looked up.
    const checked: Expr = { op: 'not', arg: test };
    return [
      { ...rule, name: `found-${n}`, when: test },
      { ...rule, name: `checked-${n}`, when: checked },
    ];
  });
  const policy = { name: 'p', mode: 'enforce', tier: 'default', order: 1000, scope: {}, defaults: {}, rules } as const;
  const nothing = new Map<number, Value>();
  const deliveries = events.flatMap(({ kind, time, values }): Delivery[] => {
    const facts = [...values].filter(([id]) => FIELDS.find((field) => field.id === id)?.of !== 'event');
    const of = (which: string): Map<number, Value> =>
      new Map(facts.filter(([id]) => FIELDS.find((field) => field.id === id)?.of === which));
    const inline = new Map([...values].filter(([id]) => !facts.some(([fact]) => fact === id)));
    return [
      { kind, time, inline: values, subject: nothing, workload: nothing },
      { kind, time, inline, subject: of('subject'), workload: of('workload') },
    ];
  });
  return { normal: { version: 1, policies: [policy] }, deliveries };
}
