/** Records that `rateLimit` leaves out: which, for how long, and what is always written. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { RateLimit } from '../../shim/run/rate-limit.ts';
import type { Decision, PlaneDecision } from '../../vm/event/index.ts';
import { fieldId, kindByName, type Value } from '../../vm/event/index.ts';
import { inFolder, policy, runUnder } from './workload.ts';

const MINUTE = { seconds: 60, scope: 'process' } as const;
/** Of the rules 0 to 3. */
const RULES = [
  { rateLimit: MINUTE },
  { rateLimit: { ...MINUTE, scope: 'workload' } as const },
  {},
  { rateLimit: MINUTE },
];

const plane = (action: PlaneDecision['action'], rule: number, matches: readonly number[] = []): PlaneDecision => ({
  ...{ action, rule, policy: 0, default: false, matches },
});
const decided = (actual: PlaneDecision, asIf = actual, assumed: readonly number[] = []): Decision => ({
  ...{ actual, asIf, errno: 0, assumed },
});
const AUDIT = decided(plane('audit', 0));
const read = (path: string, more: Readonly<Record<string, Value>> = {}) => ({
  kind: kindByName('file.read')!.id,
  time: undefined,
  values: new Map<number, Value>(
    Object.entries({ 'file.path': path, ...more }).map(([name, value]) => [fieldId(name), value]),
  ),
});

const limited = () => {
  const clock = { now: 0 };
  const limit = new RateLimit(RULES, () => clock.now);
  return { clock, admit: limit.admit.bind(limit) };
};

const test = suite('rate limits');

test('the same object of the same process once in the time, and the next record tells of those between', () => {
  const { clock, admit } = limited();
  assert.equal(
    [1, 2, 3].map(() => admit(AUDIT, read('/a'), 7n)),
    [0, -1, -1],
  );
  clock.now = 59_999;
  assert.is(admit(AUDIT, read('/a'), 7n), -1);
  clock.now = 60_000;
  assert.equal(
    [1, 2].map(() => admit(AUDIT, read('/a'), 7n)),
    [3, -1],
  );
});

test('another object, process or rule counts for itself; facts of the process and times are no object', () => {
  const { admit } = limited();
  assert.is(admit(AUDIT, read('/a'), 7n), 0);
  assert.is(admit(AUDIT, read('/b'), 7n), 0);
  assert.is(admit(AUDIT, read('/a'), 8n), 0);
  assert.is(admit(decided(plane('audit', 3)), read('/a'), 7n), 0);
  assert.is(admit(AUDIT, read('/a', { 'proc.cwd': '/', 'proc.age': 5n }), 7n), -1);
});

test('`per workload`: of any process; with a rule for each process beside it, of the same', () => {
  const { admit } = limited();
  const both = decided(plane('audit', 1, [0]));
  assert.equal(
    [7n, 8n].map((subject) => admit(decided(plane('audit', 1)), read('/a'), subject)),
    [0, -1],
  );
  assert.equal(
    [7n, 8n, 7n].map((subject) => admit(both, read('/a'), subject)),
    [0, 0, -1],
  );
});

test('matches that are noted, and what would be refused, are limited', () => {
  for (const decision of [decided(plane('allow', -1, [0, 3])), decided(plane('allow', -1), plane('deny', 0))]) {
    const { admit } = limited();
    assert.equal(
      [1, 2].map(() => admit(decision, read('/a'), 7n)),
      [0, -1],
    );
  }
});

test('always recorded: what is refused, rules without a limit, defaults, assumptions, plain allows', () => {
  for (const decision of [
    decided(plane('deny', 0)),
    decided(plane('kill', 0)),
    decided(plane('audit', 2)),
    decided(plane('audit', 0, [2])),
    decided(plane('allow', -1, [0]), plane('deny', 2)),
    decided({ ...plane('audit', -1), default: true }),
    decided(plane('audit', 0), plane('audit', 0), [0]),
    decided(plane('allow', -1)),
  ]) {
    const { admit } = limited();
    assert.equal(
      [1, 2].map(() => admit(decision, read('/a'), 7n)),
      [0, 0],
      JSON.stringify(decision),
    );
  }
});

test('a flood of different objects is forgotten, the oldest first: it is recorded again', () => {
  const { admit } = limited();
  for (let n = 0; n < 16_384; n++) assert.is(admit(AUDIT, read(`/${n}`), 7n), 0);
  assert.is(admit(AUDIT, read('/0'), 7n), -1);
  assert.is(admit(AUDIT, read('/more'), 7n), 0);
  assert.is(admit(AUDIT, read('/0'), 7n), 0);
});

test('a workload that reads the same file again and again is recorded once, a refusal each time', () =>
  inFolder(async (folder) => {
    const rules = `
- {name: hosts, on: file.read, when: 'file.path = "/etc/hosts"', action: audit, rateLimit: 1h}
- {name: passwd, on: file.read, when: 'file.path = "/etc/passwd"', action: deny, rateLimit: 1h}`;
    const script = 'i=0; while [ $i -lt 5 ]; do read x < /etc/hosts; read x < /etc/passwd; i=$((i+1)); done';
    const { all } = await runUnder(folder, policy(rules), ['/bin/sh', '-c', script]);
    assert.is(all.filter(({ rule }) => rule === 'hosts').length, 1);
    assert.is(all.filter(({ rule }) => rule === 'passwd').length, 5);
    assert.equal(
      all.map(({ seq }) => seq),
      all.map((_, n) => n + 1),
    );
  }));

test.run();
