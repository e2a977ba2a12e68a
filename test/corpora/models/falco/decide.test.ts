/** The model of Falco where its documents and its own tests say what happens. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sharedTest } from '../../../support/shared.ts';
import { readText } from '../../files.ts';
import type { ModelEvent } from '../event.ts';
import { ConditionError, parseCondition } from './condition.ts';
import { firing } from './decide.ts';
import { holds, type Value } from './evaluate.ts';
import { LoadError, loadRules } from './rules.ts';

const VALUES: Readonly<Record<string, Value>> = {
  'proc.name': 'cat',
  'fd.name': '/tmp/hello/world',
  'fd.sport': 443,
  'fd.sip': '10.1.2.3',
  'evt.is_open_read': true,
  'proc.aname': { any: ['sh', 'sshd'] },
  'fd.ip': { ends: ['10.1.2.3', '192.0.2.1'] },
  'proc.aname[2]': 'sshd',
  'container.mount.dest': { list: ['/a', '/b'] },
};

const value = (condition: string): boolean =>
  holds(parseCondition(condition), (field, argument) => VALUES[argument === null ? field : `${field}[${argument}]`]);

for (const [condition, expected] of [
  ['proc.name = cat', true],
  ['proc.name=cat and fd.sport >= 443', true],
  ['proc.name in (dog, cat)', true],
  ['proc.name in ()', false],
  ['not proc.name in (dog, "cat")', false],
  ['not(proc.name = dog or proc.name != cat)', true],
  ['proc.name = cat or proc.name = dog and fd.sport = 1', true],
  ['user.name = root', false],
  ['user.name != root', false],
  ['not user.name = root', true],
  ['user.name exists or proc.name exists', true],
  ['fd.name startswith /tmp/hel', true],
  ['fd.name glob /tmp/*', true],
  ['fd.name glob /tmp/?', false],
  ['fd.name pmatch (/etc, /tmp/hello)', true],
  ['fd.name pmatch (/tmp/hell)', false],
  ['fd.name pmatch (/tmp/*/world)', true],
  ['fd.name endswith oneof (x, world)', true],
  ['fd.name contains allof (hello, nope)', false],
  ['fd.name icontains HELLO', true],
  ['fd.name regex "/tmp/.*"', true],
  ['fd.name regex "tmp"', false],
  ['fd.name bcontains 68656c6c6f', true],
  ['fd.sip in ("10.0.0.0/8")', true],
  ['fd.sip = "2001:db8::/32"', false],
  ['fd.ip != "192.0.2.1"', false],
  ['fd.ip = "192.0.2.1"', true],
  ['evt.is_open_read=true', true],
  ['proc.aname = sshd', true],
  ['proc.aname != sshd', true],
  ['proc.aname[2]=sshd', true],
  ['container.mount.dest in (/a)', false],
  ['container.mount.dest intersects (/a)', true],
  ['toupper(proc.name) = CAT', true],
  ['proc.name = val(proc.aname[2])', false],
  ['len(proc.name) = 3', true],
] as const) {
  test(`${condition} is ${expected}`, () => assert.is(value(condition), expected));
}

test('what is no condition is refused', () => {
  for (const text of ['proc.name =', 'proc.name = a b', '(proc.name = a', 'proc.name cat', 'proc.name in (a']) {
    assert.throws(
      () => parseCondition(text),
      (error: unknown) => error instanceof ConditionError,
    );
  }
});

const CAT_WRITES: ModelEvent = {
  kind: 'file.write',
  proc: { path: '/bin/cat', ppath: '/bin/bash', args: ['cat', '/dev/null'] },
  file: { path: '/dev/null' },
};
const rule = (name: string, condition: string, more = ''): string =>
  `- {rule: ${name}, desc: d, output: o, priority: INFO, condition: '${condition}'${more}}\n`;

test('the first rule in the order of first definitions, or all', () => {
  const rules = loadRules([
    rule('a', 'evt.type=execve') +
      rule('b', 'evt.type=openat') +
      rule('c', 'proc.name=cat') +
      rule('a', 'evt.type in (open)'),
  ]);
  assert.equal(firing(rules, CAT_WRITES, 'first'), ['a']);
  assert.equal(firing(rules, CAT_WRITES, 'all'), ['a', 'b', 'c']);
});

test('append, override, enabled', () => {
  const base = rule('a', 'evt.type=openat and proc.name=dog');
  const fires = (text: string): boolean => firing(loadRules([base + text]), CAT_WRITES, 'all').length > 0;
  assert.is(fires(''), false);
  assert.is(fires('- {rule: a, condition: or proc.name=cat, append: true}\n'), true);
  assert.is(fires('- {rule: a, condition: or proc.name=cat, override: {condition: append}}\n'), true);
  assert.is(fires('- {rule: a, condition: proc.name=cat, override: {condition: replace}}\n'), true);
  assert.is(fires('- {rule: a, condition: or proc.name=cat, append: true}\n- {rule: a, enabled: false}\n'), false);
  assert.throws(
    () => fires('- {rule: b, condition: or proc.name=cat, append: true}\n'),
    (error: unknown) => error instanceof LoadError,
  );
});

test('lists are put in as text, macros as values', () => {
  const head =
    '- {list: l, items: [dog, cat]}\n- {list: none, items: []}\n- {macro: m, condition: proc.name in (l) or proc.name=x}\n';
  const fires = (condition: string): boolean =>
    firing(loadRules([head + rule('a', condition)]), CAT_WRITES, 'all').length > 0;
  assert.is(fires('evt.type=execve and m'), false);
  assert.is(fires('evt.type=openat and m'), true);
  assert.is(fires('proc.name in (bird, l)'), true);
  assert.is(fires('proc.name in (none, l)'), true);
  assert.is(fires('proc.name in (none)'), false);
  assert.throws(
    () => fires('n'),
    (error: unknown) => error instanceof LoadError,
  );
});

sharedTest("Falco's own tests", 'corpora/falco-test-rulesets', (folder) => {
  const fired = (...names: string[]): number =>
    firing(loadRules(names.map((name) => readText(folder, `${name}.yaml`))), CAT_WRITES, 'all').length;
  for (const name of [
    'SingleRule',
    'ListSubFront',
    'ListSubMid',
    'ListSubWhitespace',
    'MacroAppend',
    'MacroOrder',
    'ListOrder',
    'RuleOrder',
  ]) {
    assert.is(fired(name), 1, name);
  }
  for (const name of ['RuleAppend', 'EnabledRuleUsingEnabledFlagOnly', 'Endswith', 'ExceptionsRuleExceptionNoValues'])
    assert.is(fired(name), 1, name);
  for (const name of [
    'AppendOneValue',
    'AppendSecondValue',
    'AppendThirdItem',
    'SecondItem',
    'SingleField',
    'SingleFieldAppend',
    'ValuesList',
    'ValuesListref',
  ]) {
    assert.is(fired(`ExceptionsRuleException${name}`), 0, name);
  }
  assert.is(fired('ExceptionsRuleExceptionValuesListrefNoparens'), 0);
  for (const name of [
    'InvalidAppendRule',
    'InvalidMissingListName',
    'ExceptionsItemNoName',
    'EngineVersionMismatch',
    'InvalidNotYaml',
  ]) {
    assert.throws(
      () => fired(name),
      (error: unknown) => error instanceof LoadError,
      name,
    );
  }
});

test.run();
