import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Manifest, ManifestRule } from '../../vm/bundle/manifest.ts';
import { parseEventLine, type Decision, type PlaneDecision } from '../../vm/event/index.ts';
import { combine } from '../../vm/host/combine.ts';
import { verdictRecord } from '../../vm/host/verdict-record.ts';

const span = { source: 0, start: 0, end: 0, line: 1, column: 1 };
const rule = (name: string, more: Partial<ManifestRule> = {}): ManifestRule => ({
  name,
  policy: 0,
  action: 'deny',
  errno: 'EACCES',
  continue: false,
  kinds: ['exec'],
  severity: 'high',
  tags: ['mitre:T1059.004'],
  message: null,
  log: 'incident',
  when: 'true',
  unless: [],
  span,
  ...more,
});
const manifest = (...rules: ManifestRule[]): Manifest => ({
  format: 1,
  name: '',
  version: '',
  labels: {},
  policies: ['p', 'q'].map((name) => ({
    ...{ name, description: null, annotations: {}, mode: 'enforce', tier: 'default', order: 1000, span },
  })),
  rules,
  sources: [],
  kinds: [],
  fields: [],
  cost: {},
  unknownCost: {},
});
const plane = (more: Partial<PlaneDecision> = {}): PlaneDecision => ({
  ...{ action: 'allow', policy: -1, rule: -1, default: false, matches: [] },
  ...more,
});
const decision = (actual: Partial<PlaneDecision>, more: Partial<Decision> = {}): Decision => ({
  ...{ actual: plane(actual), asIf: plane(actual), errno: 0, assumed: [] },
  ...more,
});
const parsed = parseEventLine(
  JSON.stringify({
    kind: 'exec',
    time: '2026-11-21T02:07:28.1Z',
    proc: { pname: 'nginx', path: '/bin/\\xff\\\\', args: ['a', 'b'], caps: ['chown', 'bpf'], uid: 0 },
    net: { remote_ip: '10.0.0.1' },
    k8s: { labels: { app: 'x', é: 'y' } },
  }),
);
const event = 'event' in parsed ? parsed.event : assert.unreachable();

test('a rule that denies', () => {
  const record = verdictRecord(
    manifest(rule('no-shells', { message: '{proc.pname} tried to start {proc.path}' })),
    decision({ action: 'deny', policy: 0, rule: 0 }, { errno: 13 }),
    event!,
  );
  assert.equal(record, {
    action: 'deny',
    effect: 'deny',
    policy: 'p',
    rule: 'no-shells',
    default: false,
    severity: 'high',
    tags: ['mitre:T1059.004'],
    message: 'nginx tried to start /bin/\\xff\\',
    log: 'incident',
    errno: 'EACCES',
    would: null,
    matches: [],
    assumed: [],
    degraded: null,
  });
});

test('nothing applies, and a default', () => {
  const nothing = verdictRecord(manifest(), decision({}), event!);
  assert.equal(
    [nothing.action, nothing.policy, nothing.rule, nothing.default, nothing.severity, nothing.log, nothing.errno],
    ['allow', null, null, false, null, null, null],
  );
  const byDefault = decision({ action: 'kill', policy: 1, default: true }, { errno: 1 });
  const record = verdictRecord(manifest(), byDefault, event!);
  assert.equal(
    [record.effect, record.policy, record.rule, record.default, record.errno, record.message, record.tags],
    ['kill', 'q', null, true, 'EPERM', null, []],
  );
});

test('would, matches and assumed', () => {
  const rules = manifest(rule('note', { message: 'uid {proc.uid}' }), rule('b', { policy: 1 }));
  const record = verdictRecord(
    rules,
    decision({ action: 'audit', matches: [0] }, { asIf: plane({ action: 'deny', policy: 1, rule: 1 }), assumed: [1] }),
    event!,
  );
  assert.is(record.effect, 'allow');
  const noted = { policy: 'p', rule: 'note', severity: 'high', tags: ['mitre:T1059.004'], message: 'uid 0' };
  assert.equal(record.matches, [noted]);
  assert.equal(record.would, { action: 'deny', policy: 'q', rule: 'b', default: false, matches: [] });
  assert.equal(record.assumed, ['q']);
  const same = verdictRecord(rules, decision({ matches: [0] }), event!);
  assert.is(same.would, null);
  const more = verdictRecord(rules, decision({ matches: [0] }, { asIf: plane({ matches: [0, 1] }) }), event!);
  assert.equal(
    more.would?.matches.map((match) => match.rule),
    ['note', 'b'],
  );
});

test('messages', () => {
  const cases: [message: string, text: string][] = [
    ['{proc.args} {proc.args[1]} {proc.args[2]}', 'a b b -'],
    ['{proc.caps} {file.flags}', 'chown,bpf -'],
    ['{k8s.labels["app"]} {k8s.labels["é"]} {k8s.labels["z"]}', 'x y -'],
    ['{net.outgoing_ip} {net.private} {net.family}', '10.0.0.1 true ipv4'],
    ['{event.kind} {event.time} {proc.name}', 'exec 2026-11-21T02:07:28.100000000Z \\xff\\'],
    ['{no.field} {proc} {} {{proc.uid}} $& $1', '{no.field} {proc} {} {0} $& $1'],
    ['{proc.uid[0]} {k8s.labels["\\q"]} {host.labels}', '- - -'],
  ];
  for (const [message, text] of cases) {
    const record = verdictRecord(manifest(rule('r', { message })), decision({ policy: 0, rule: 0 }), event!);
    assert.is(record.message, text);
  }
});

test('an operation of several questions: the strictest, ties to the first, each plane for itself', () => {
  const one = decision({ action: 'deny', rule: 1, matches: [5, 7] }, { errno: 13, assumed: [2] });
  const two = decision({ action: 'deny', rule: 0, matches: [7, 3] }, { errno: 1, assumed: [1, 2] });
  const three = decision({}, { asIf: plane({ action: 'stop', rule: 9, matches: [9] }) });
  const { decision: whole, question } = combine([three, one, two]);
  assert.is(question, 1);
  assert.equal(whole.actual, plane({ action: 'deny', rule: 1, matches: [5, 7, 3] }));
  assert.equal(whole.asIf, plane({ action: 'stop', rule: 9, matches: [9, 5, 7, 3] }));
  assert.equal([whole.errno, whole.assumed], [13, [1, 2]]);
  assert.equal(combine([one]), { decision: one, question: 0 });
  assert.throws(() => combine([]), /BUG/);
});

test.run();
