/**
 * Covers: where one allows a directory, the reference interpreter finds every open of it and of what stands in it plainly
 * allowed, whoever asks; and where policies plainly leave a directory alone, the cover says so.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { coverOf, MOST_RULES } from '../../compiler/cover/index.ts';
import type { Decision } from '../../vm/event/decision.ts';
import type { Event, Value } from '../../vm/event/event.ts';
import { isUnknown } from '../../vm/reference/scope.ts';
import { reference, type Reference } from '../../vm/reference/index.ts';
import { FIELDS, KINDS } from '../../vm/spec/index.ts';
import { EventSource } from '../generators/event.ts';
import type { Focus } from '../generators/expression.ts';
import { randomNormalForm } from '../generators/policy.ts';
import { batchSeed, Random, runSeed } from '../generators/random.ts';
import { fieldId, PATHS } from '../generators/values.ts';
import { normalOf } from './normal.ts';

/** The path first: every list of fields has it. */
const FILE_FIELDS = ['file.path', 'file.dir', 'file.name'].map((name) => FIELDS.find((field) => field.name === name)!);
const OTHER_FIELDS = FIELDS.filter(({ name }) => /^(proc|file|k8s|container)\./.test(name));

const OPENED = ['file.read', 'file.write'].map((name) => KINDS.find((kind) => kind.name === name)!.id);
const PATH = fieldId('file.path');
const DERIVED = ['file.dir', 'file.name', 'file.ext'].map(fieldId);
const OF_WORKLOAD = new Set(FIELDS.filter((field) => field.of === 'workload').map(({ id }) => id));

const isSilent = ({ actual, asIf, assumed }: Decision): boolean =>
  actual.action === 'allow' &&
  actual.matches.length === 0 &&
  assumed.length === 0 &&
  asIf.action === 'allow' &&
  asIf.policy === actual.policy &&
  asIf.rule === actual.rule &&
  asIf.matches.length === 0;

/** Whether the cover allows a directory for both kinds, in the workload of these values. */
const covers = (cover: Reference, directory: string, workload: ReadonlyMap<number, Value>): boolean =>
  OPENED.every((kind) => {
    const decision = cover.decide({ kind, time: undefined, values: new Map([...workload, [PATH, directory]]) });
    return decision.actual.action === 'allow' && decision.assumed.length === 0;
  });

const child = (directory: string, name: string): string => (directory === '/' ? `/${name}` : `${directory}/${name}`);
const parentOf = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf('/')));

/** Absolute paths as a kernel resolves them. */
const resolved = (path: string): string => `/${path.split('/').filter(Boolean).join('/')}`;

const NAMES = ['a', 'b', 'sh', 'shadow', 'sshd_config', 'x.y', 'app.log', 'APP.LOG', '.hidden', '\xff', '1234567'];

/** Directories that rules are about, and those around them. */
const directoriesOf = (r: Random, events: readonly Event[]): readonly string[] => {
  const paths = [...PATHS, ...events.map(({ values }) => values.get(PATH))].filter((path) => typeof path === 'string');
  const some = r.list(12, () => resolved(r.pick(paths)));
  return [...new Set([...some, ...some.map(parentOf), ...some.map((path) => parentOf(parentOf(path)))])];
};

const workloadOf = ({ values }: Event): ReadonlyMap<number, Value> =>
  new Map([...values].filter(([field]) => OF_WORKLOAD.has(field)));

interface Tally {
  covered: number;
  asked: number;
}

/** One random bundle: directories that its cover allows, each with files that its rules aim at. */
const batch = (seed: number, tally: Tally): void => {
  const r = new Random(seed);
  const { normal, focus } = randomNormalForm(r, focusOf(r));
  const cover = coverOf(normal);
  if (cover === null) return;
  const [policy, rules] = [reference(cover), reference(normal)];
  const events = new EventSource(r, normal, { ...focus, kinds: OPENED });
  const drawn = r.list(40, () => events.next());
  for (const directory of directoriesOf(r, drawn)) {
    const workload = workloadOf(r.pick(drawn));
    if (isUnknown({ kind: OPENED[0], time: undefined, values: workload })) continue;
    tally.asked++;
    if (!covers(policy, directory, workload)) continue;
    tally.covered++;
    const names = [
      ...NAMES,
      ...drawn.map(
        ({ values }) =>
          String(values.get(PATH) ?? 'x')
            .split('/')
            .at(-1) || 'x',
      ),
    ];
    for (const path of [directory, ...names.map((name) => child(directory, name))]) {
      const subject = r.pick(drawn);
      const values = new Map([...subject.values].filter(([field]) => !OF_WORKLOAD.has(field)));
      for (const field of DERIVED) values.delete(field);
      for (const [field, value] of workload) values.set(field, value);
      values.set(PATH, path);
      for (const kind of OPENED) {
        const decision = rules.decide({ kind, time: subject.time, values });
        if (!isSilent(decision)) {
          const what = JSON.stringify({ directory, path, kind, values: [...values].map(String), normal, cover });
          assert.unreachable(`a covered open is not silent: ${what}`);
        }
      }
    }
  }
};

/** Rules about paths, some of them with another field or two: what is drawn without an aim is mostly about other kinds. */
const focusOf = (r: Random): Focus => ({
  kinds: OPENED,
  fields: [...FILE_FIELDS.slice(0, r.between(1, 3)), ...r.list(r.pick([0, 0, 1, 2]), () => r.pick(OTHER_FIELDS))],
  sketches: new WeakMap(),
  plain: r.pick([0, 0, 0.5]),
});

test('what a cover allows is silent for every open by the reference interpreter', () => {
  const seed = runSeed();
  console.log(`LICTOR_SEED=${seed}`);
  const tally = { covered: 0, asked: 0 };
  for (let i = 0; i < 800; i++) batch(batchSeed(seed, i), tally);
  assert.ok(tally.covered > tally.asked / 5, `only ${tally.covered} of ${tally.asked} directories were covered`);
});

const PROPOSED: readonly (readonly [
  what: string,
  rules: string,
  covered: readonly string[],
  not: readonly string[],
  head?: string,
])[] = [
  [
    'a path',
    '{name: a, on: file.read, when: file.path = "/etc/shadow", action: deny}',
    ['/', '/usr', '/etc/ssh', '/etcx'],
    ['/etc', '/etc/shadow'],
  ],
  [
    'who asks does not count',
    '{name: a, on: file, when: file.path = "/a/b/c" and proc.uid = 0, action: deny}',
    ['/a', '/a/bc'],
    ['/a/b'],
  ],
  [
    'below a directory',
    '{name: a, on: file.write, when: file.path within "/etc/ssh/", action: audit}',
    ['/', '/usr'],
    ['/etc', '/etc/ssh', '/etc/ssh/keys'],
  ],
  [
    'a beginning',
    '{name: a, on: file.read, when: file.path startswith "/tmp/.x", action: deny}',
    ['/', '/tmp/x'],
    ['/tmp', '/tmp/.x1', '/tmp/.x/y'],
  ],
  [
    'a beginning in any case',
    '{name: a, on: file.read, when: file.path istartswith "/Tmp/.x", action: deny}',
    ['/', '/tmpx'],
    ['/tMP', '/TMP/.X'],
  ],
  [
    'an ending with its directory',
    '{name: a, on: file.read, when: file.path endswith "/.aws/credentials", action: deny}',
    ['/', '/root'],
    ['/root/.aws', '/.aws'],
  ],
  [
    'a text between slashes',
    '{name: a, on: file.read, when: file.path contains "/secrets/", action: deny}',
    ['/', '/run'],
    ['/run/secrets', '/run/secrets/x'],
  ],
  [
    'a glob of one component',
    '{name: a, on: file.read, when: file.path glob "/home/*/.ssh/id_*", action: deny}',
    ['/', '/home', '/home/u', '/home/u/v/.ssh'],
    ['/home/u/.ssh'],
  ],
  [
    'a glob of many',
    '{name: a, on: file.read, when: file.path glob "/srv/**/*.key", action: deny}',
    ['/', '/var'],
    ['/srv', '/srv/a', '/srv/a/b'],
  ],
  [
    'a glob with alternatives',
    '{name: a, on: file.read, when: file.path glob "/{etc,usr/{a,b}}/x", action: deny}',
    ['/', '/usr', '/usr/c'],
    ['/etc', '/usr/a'],
  ],
  [
    'an expression',
    '{name: a, on: file.read, when: file.path matches "/var/log/[a-z]+\\\\.log", action: deny}',
    ['/', '/var'],
    ['/var/log'],
  ],
  [
    'its directory',
    '{name: a, on: file.read, when: file.dir = "/etc", action: deny}',
    ['/', '/usr', '/etc/x/y'],
    ['/etc', '/etc/x'],
  ],
  ['names can be anywhere', '{name: a, on: file.read, when: file.name = "id_rsa", action: deny}', [], ['/', '/usr']],
  [
    'a hole in a rule',
    '{name: a, on: file.read, when: file.path within "/etc" and not file.path within "/etc/ssl", action: deny}',
    ['/usr', '/etc/ssl'],
    ['/', '/etc', '/etc/x'],
  ],
  [
    'an allow in front',
    '{name: a, on: file, when: file.path within "/usr", action: allow}\n{name: b, on: file, when: true, action: deny}',
    ['/usr', '/usr/lib'],
    ['/', '/etc'],
  ],
  [
    'an allow that asks more',
    '{name: a, on: file, when: file.path within "/usr" and proc.uid = 0, action: allow}\n{name: b, on: file, when: file.path within "/usr/lib", action: deny}',
    ['/etc'],
    ['/usr', '/usr/lib'],
  ],
  [
    'an allow for reading alone',
    '{name: a, on: file.read, when: file.path within "/usr", action: allow}\n{name: b, on: file, when: true, action: deny}',
    [],
    ['/usr', '/'],
  ],
  [
    'what is noted',
    '{name: a, on: file.read, when: file.path within "/etc", action: audit, continue: true}',
    ['/usr'],
    ['/etc'],
  ],
  [
    'what is observed',
    '{name: a, on: file.read, when: file.path within "/etc", action: allow}',
    ['/usr'],
    ['/etc'],
    'mode: observe',
  ],
  [
    'a default',
    '{name: a, on: file.read, when: file.path within "/usr", action: allow}',
    ['/usr', '/usr/lib'],
    ['/', '/etc'],
    'defaults: {file.read: deny}\n  mode: enforce',
  ],
  [
    'an exception',
    '{name: a, on: file.read, when: file.path within "/etc", action: deny, unless: [{name: u, when: file.path within "/etc/ssl"}]}',
    ['/etc/ssl'],
    ['/etc'],
  ],
];

for (const [what, rules, covered, not, head] of PROPOSED) {
  test(`directories: ${what}`, () => {
    const cover = coverOf(normalOf(rules, head));
    const policy = cover && reference(cover);
    const allows = (directory: string): boolean => policy !== null && covers(policy, directory, new Map());
    assert.equal([...covered, ...not].filter(allows), covered);
  });
}

test('policies that ask about no open have no cover, nor those that no directory can pass', () => {
  assert.is(coverOf(normalOf('{name: a, on: exec, when: true, action: deny}')), null);
  assert.is(coverOf(normalOf('{name: a, on: file.read, when: proc.uid = 0, action: deny}')), null);
});

test('more rules than a cover is derived from have none', () => {
  const { policies } = normalOf('{name: a, on: file.read, when: file.path = "/a/b", action: deny}');
  const [policy] = policies;
  const many = (count: number) =>
    coverOf({ version: 1, policies: [{ ...policy, rules: Array(count).fill(policy.rules[0]) }] });
  assert.ok(many(MOST_RULES) !== null);
  assert.is(many(MOST_RULES + 1), null);
});

test.run();
