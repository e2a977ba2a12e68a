/** Every way to spread fields over an event, its subject and its workload: derived fields and kept classes follow the winner. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { planAndEmit } from '../../compiler/backend.ts';
import type { Expr, NormalForm, NormalRule } from '../../vm/bundle/normal.ts';
import { encodeRecord, fieldId, joinFacts, type Event, type Value } from '../../vm/event/index.ts';
import { createVm } from '../../vm/host/index.ts';
import { reference } from '../../vm/reference/index.ts';
import { sameDecision } from './same.ts';

/** For each field a value by the place that gives it: the event, the subject, the workload. */
const VALUES: Readonly<Record<string, readonly [string, string, string]>> = {
  'proc.path': ['/bin/a', '/bin/b', '/bin/c'],
  'proc.name': ['x', 'y', 'z'],
  'k8s.pod': ['p', 'q', 'r'],
  'container.id': ['1', '2', '3'],
  'container.image': ['i:1', 'i:2', 'i:3'],
  'host.class': ['host', 'container', 'serverless'],
};
const NAMES = Object.keys(VALUES);

const equals = (name: string, value: string): Expr => ({
  op: 'compare',
  cmp: '=',
  left: { is: 'field', field: fieldId(name)! },
  right: { is: 'string', value },
});
const begins = (name: string, value: string): Expr => ({
  op: 'startswith',
  fold: false,
  left: { is: 'field', field: fieldId(name)! },
  right: { is: 'string', value },
});

/** A rule for each value that a field can have, given or derived; all are noted. */
const CONDITIONS: readonly Expr[] = [
  ...NAMES.flatMap((name) => VALUES[name].map((value) => equals(name, value))),
  ...['a', 'b', 'c'].map((name) => equals('proc.name', name)),
  ...['/b', '/bin/', '/bin/c'].map((prefix) => begins('proc.path', prefix)),
  ...['1', '2', '3'].map((tag) => equals('container.image_tag', tag)),
  equals('host.class', 'kubernetes'),
];
const RULES = CONDITIONS.map((when, i): NormalRule => ({
  name: `r${i}`,
  kinds: [2],
  when,
  unless: [],
  action: 'audit',
  errno: 1,
  continue: true,
}));
const NORMAL: NormalForm = {
  version: 1,
  policies: [
    { name: 'all', mode: 'enforce', tier: 'default', order: 1, scope: {}, defaults: {}, rules: RULES },
    {
      name: 'pods',
      mode: 'enforce',
      tier: 'default',
      order: 2,
      scope: { class: ['kubernetes'] },
      defaults: { 2: 'deny' },
      rules: [],
    },
  ],
};

/** The fields that a place gives, where `spread` has a digit for each field: 0 nobody, 1 event, 2 subject, 3 workload. */
const given = (spread: number, place: number, kind: number): Event => {
  const values = new Map<number, Value>();
  for (const [i, name] of NAMES.entries()) {
    if (((spread >> (2 * i)) & 3) === place + 1) values.set(fieldId(name)!, VALUES[name][place]);
  }
  return { kind, time: kind === 0 ? undefined : 1n, values };
};

test('fields mean the same wherever they come from', () => {
  const made = planAndEmit(NORMAL);
  assert.ok(!('errors' in made));
  const bundle = createVm().load(made.program);
  const { decide } = reference(NORMAL);
  // two spreads at once, so that places disagree
  for (let first = 0; first < 4 ** NAMES.length; first += 1) {
    const second = (first * 2654435761) % 4 ** NAMES.length;
    const places = [0, 1, 2].map((place): Event => {
      const kind = place === 0 ? 2 : 0;
      const values = new Map([...given(first, place, kind).values, ...given(second, place, kind).values]);
      return { ...given(first, place, kind), values };
    });
    const [event, subject, workload] = places;
    bundle.putSubject(5n, encodeRecord(subject));
    bundle.putWorkload(6n, encodeRecord(workload));
    const record = encodeRecord(event, { subject: 5n, workload: 6n });
    bundle.input(record.length).set(record);
    bundle.evaluate(record.length);
    const [said, wanted] = [bundle.decision(0), decide(joinFacts(event, workload, subject))];
    assert.ok(
      sameDecision(said, wanted),
      `${first}: the VM says ${JSON.stringify(said)}, not ${JSON.stringify(wanted)}`,
    );
  }
});

test.run();
