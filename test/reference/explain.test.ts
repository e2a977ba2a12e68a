import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../../compiler/index.ts';
import { fieldId, parseEventLine, type Event } from '../../vm/event/index.ts';
import { reference, type Outcome } from '../../vm/reference/index.ts';

const source = (policies: object[]): { path: string; text: string }[] => [
  {
    path: 'p.yaml',
    text: policies
      .map((policy) => {
        const { name, ...spec } = policy as { name: string };
        const whole = { apiVersion: 'lictor.dev/v1', kind: 'Policy', metadata: { name } };
        return `---\n${JSON.stringify({ ...whole, spec: { mode: 'enforce', ...spec } })}\n`;
      })
      .join(''),
  },
];

const interpreter = (...policies: object[]) => {
  const { value, diagnostics } = compile(source(policies), { today: '2026-11-21' });
  if (!value) throw new Error(diagnostics[0].message);
  return reference(value.normal);
};

const event = (json: object): Event => {
  const result = parseEventLine(JSON.stringify({ kind: 'exec', ...json }));
  if ('error' in result) throw new Error(result.error);
  return result.event;
};

const outcomes = (of: ReturnType<typeof interpreter>, json: object): Outcome[] =>
  of.explain(event(json)).rules.map(({ outcome }) => outcome);

const rule = (name: string, when: string, action: string, more: object = {}): object => ({
  ...{ name, on: 'exec', when, action },
  ...more,
});

test('each rule has its outcome', () => {
  const of = interpreter(
    { name: 'away', scope: { namespace: ['a'] }, rules: [rule('out', 'true', 'deny')] },
    { name: 'not', scope: { except: { host: true } }, rules: [rule('except', 'true', 'deny')] },
    {
      name: 'p',
      rules: [
        rule('kind', 'true', 'deny', { on: 'cap' }),
        rule('note', 'true', 'audit', { continue: true }),
        rule('fails', 'proc.name = "sh"', 'deny'),
        rule('excused', 'true', 'deny', {
          unless: [
            { name: 'u', when: 'false' },
            { name: 'v', when: 'proc.uid = 1' },
          ],
        }),
        rule('decides', 'proc.uid = 1', 'deny'),
        rule('later', 'true', 'kill'),
        rule('never', 'false', 'kill'),
      ],
    },
  );
  const found = outcomes(of, { proc: { uid: 1, name: 'ls' } });
  assert.equal(
    found.map(({ is }) => is),
    [...['scope', 'scope', 'kind', 'matched', 'predicate', 'unless', 'matched', 'shadowed', 'shadowed']],
  );
  assert.equal(found[0], { is: 'scope', part: 'namespace' });
  assert.equal(found[1], { is: 'scope', part: 'except.host' });
  assert.equal(found[3], { is: 'matched', role: 'noted' });
  assert.is((found[5] as { index: number }).index, 1);
  assert.equal(found[6], { is: 'matched', role: 'decides' });
  assert.equal(found[7], { is: 'shadowed', by: 6, matches: true });
  assert.equal(found[8], { is: 'shadowed', by: 6, matches: false });
});

test('a failed predicate is named with its path and the values of its operands', () => {
  const of = interpreter({
    name: 'p',
    rules: [rule('r', 'proc.uid = 0 and (proc.name = "a" or proc.args has proc.cwd) and not proc.interactive', 'deny')],
  });
  const failed = (json: object) => {
    const [outcome] = outcomes(of, json);
    if (outcome.is !== 'predicate') throw new Error(outcome.is);
    return outcome.failed.map(({ path, holds, operands }) => ({
      path,
      holds,
      operands: operands.map(({ field, value }) => [field.field, value]),
    }));
  };
  const [uid, name, args, cwd, interactive] = ['uid', 'name', 'args', 'cwd', 'interactive'].map((f) =>
    fieldId(`proc.${f}`),
  );
  assert.equal(failed({ proc: { uid: 5 } }), [{ path: [0], holds: false, operands: [[uid, 5n]] }]);
  assert.equal(failed({ proc: { uid: 0, name: 'b', args: ['x'] } }), [
    { path: [1, 0], holds: false, operands: [[name, 'b']] },
    {
      path: [1, 1],
      holds: false,
      operands: [
        [args, ['x']],
        [cwd, undefined],
      ],
    },
  ]);
  assert.equal(failed({ proc: { uid: 0, name: 'a', interactive: true } }), [
    { path: [2, 0], holds: true, operands: [[interactive, true]] },
  ]);
});

test('observed policies, defaults and assumed policies', () => {
  const of = interpreter(
    {
      name: 'o',
      mode: 'observe',
      order: 1,
      rules: [rule('would', 'proc.uid = 0', 'deny'), rule('hidden', 'true', 'kill')],
    },
    { name: 'e', order: 2, defaults: { exec: 'audit' }, rules: [rule('passes', 'proc.uid = 0', 'allow')] },
    {
      name: 'a',
      order: 0,
      scope: { namespace: ['x'] },
      rules: [rule('ends', 'proc.uid = 0', 'allow'), rule('shadowed', 'true', 'deny')],
    },
  );
  const trace = of.explain(event({ proc: { uid: 0 }, container: { id: 'c' } }));
  assert.equal(
    trace.rules.map(({ outcome }) => outcome),
    [
      { is: 'matched', role: 'ends' },
      { is: 'shadowed', by: 0, matches: true },
      { is: 'matched', role: 'would' },
      { is: 'shadowed', by: 2, matches: true },
      { is: 'matched', role: 'decides' },
    ],
  );
  assert.equal(trace.policies, [
    { policy: 0, scope: { is: 'assumed' }, default: null },
    { policy: 1, scope: { is: 'holds' }, default: null },
    { policy: 2, scope: { is: 'holds' }, default: 'audit' },
  ]);
  assert.equal(trace.decision, of.decide(event({ proc: { uid: 0 }, container: { id: 'c' } })));
  assert.equal(trace.decision.assumed, [0]);
});

test.run();
