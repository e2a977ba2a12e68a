/** What the plan promises: no walk over the rules, a bound that says so, the same bytes, and errors that name rules. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { planAndEmit } from '../../compiler/backend.ts';
import { isNode, plan } from '../../compiler/plan/index.ts';
import type { Expr, Operand } from '../../vm/bundle/normal.ts';
import { encodeRecord } from '../../vm/event/index.ts';
import { createVm } from '../../vm/host/index.ts';
import { LIMITS } from '../../vm/spec/index.ts';
import { and, equals, field, id, not, policyOf, programOf } from './fixtures.ts';

const test = suite('plan');

const pathRules = (n: number): Expr[] =>
  Array.from({ length: n }, (_, i) => and(equals('proc.path', `/bin/p${i % 7}`), equals('file.path', `/data/f${i}`)));
const threeKeys = (n: number): Expr[] =>
  Array.from({ length: n }, (_, i) =>
    and(
      equals('proc.user', `u${i % 7}`),
      equals('proc.path', `/bin/p${i % 11}`),
      equals('file.path', `/data/f${i % 90}`),
    ),
  );
const scopedNegations = (n: number): Expr[] =>
  Array.from({ length: n }, (_, i) => and(not(equals('proc.user', 'root')), equals('file.path', `/data/f${i}`)));
/** The remote address is in 10.B.C.0/24. */
const inNetwork = (b: number, c: number): Expr => ({
  op: 'in',
  left: field('net.remote_ip'),
  set: [{ is: 'cidr', value: `${'\0'.repeat(10)}\xff\xff\x0a${String.fromCharCode(b, c)}\0`, bits: 120 }],
});
const networks = (n: number): Expr[] => Array.from({ length: n }, (_, i) => inNetwork(i >> 8, i & 255));

for (const [name, rules] of Object.entries({ pathRules, threeKeys, scopedNegations, networks })) {
  test(`the bound of ${name} is the same with 100 rules and with 3,000`, () => {
    const cost = (n: number): number => programOf(policyOf(rules(n))).cost['file.read'];
    assert.is(cost(100), cost(3000));
  });
}

test('the bound is the same with 100 workloads whose policies name the same networks and with 3,000', () => {
  const cost = (n: number): number => {
    const [policy] = policyOf([inNetwork(0, 0), inNetwork(0, 1), inNetwork(0, 0)]).policies;
    const policies = Array.from({ length: n }, (_, i) => ({
      ...policy,
      name: `p${i}`,
      scope: { namespace: [`n${i % 50}`], labels: { app: [`a${i}`] } },
    }));
    return programOf({ version: 1, policies }).cost['file.read'];
  };
  assert.is(cost(100), cost(3000));
});

test('the bound of a kind is the same however many keys of its fields other kinds ask for', () => {
  const cost = (others: number): number => {
    const files = Array.from({ length: 100 + others }, (_, i) => equals('file.path', `/data/f${i}`));
    const { version, policies } = policyOf(files);
    const rules = policies[0].rules.map((rule, i) => (i < others ? { ...rule, kinds: [1] } : rule));
    return programOf({ version, policies: [{ ...policies[0], rules }] }).cost['file.read'];
  };
  assert.is(cost(0), cost(2000));
});

test('steps do not grow with the rules', () => {
  const steps = (n: number): number => {
    const vm = createVm({ counting: true });
    const bundle = vm.load(programOf(policyOf(pathRules(n))).program);
    const records = Array.from({ length: 200 }, (_, i) =>
      encodeRecord({
        kind: 2,
        time: 1n,
        values: new Map([
          [id('proc.path'), `/bin/p${i % 7}`],
          [id('file.path'), `/data/f${i % n}`],
        ]),
      }),
    );
    const bytes = Buffer.concat(records);
    bundle.input(bytes.length).set(bytes);
    vm.takeSteps();
    assert.is(bundle.evaluate(bytes.length), 200);
    return vm.takeSteps() / 200;
  };
  const few = steps(14);
  const many = steps(4000);
  assert.ok(many < few * 1.3, `${few} steps with 14 rules, ${many} with 4,000`);
});

test('the same normal form gives the same bytes', () => {
  const normal = policyOf([...pathRules(300), ...networks(50)]);
  assert.equal(programOf(normal).program, programOf(structuredClone(normal)).program);
});

test('equal elements of a list are one class: its rules are looked up once, however often it stands there', () => {
  const vm = createVm({ counting: true });
  const has = (value: string): Expr => ({
    op: 'has',
    list: { field: id('proc.args') },
    value: { is: 'string', value },
  });
  const bundle = vm.load(programOf(policyOf([has('-w'), has('-x')])).program);
  const steps = (element: string): number => {
    const values = new Map([[id('proc.args'), Array.from({ length: 2000 }, () => element)]]);
    const record = encodeRecord({ kind: 2, time: 1n, values });
    bundle.input(record.length).set(record);
    vm.takeSteps();
    bundle.evaluate(record.length);
    return vm.takeSteps();
  };
  // an element that is a key costs one compare more than one that is none
  const without = steps('-y');
  const withKey = steps('-x');
  assert.ok(withKey < without + 2050, `${withKey} steps with a key, ${without} without`);
});

const slow: Expr = {
  op: 'any',
  list: { field: id('proc.args') },
  test: { op: 'contains', fold: false, left: field('proc.cmdline'), right: { is: 'element' } },
};

const matches = (left: Operand, pattern: string): Expr => ({ op: 'matches', fold: false, left, pattern });
const anyOf = (list: string, pattern: string): Expr => ({
  op: 'any',
  list: { field: id(list) },
  test: matches({ is: 'element' }, pattern),
});

test('what is dear to check does not stand behind keys of which a list may have all', () => {
  const has = (value: string): Expr => ({
    op: 'has',
    list: { field: id('proc.args') },
    value: { is: 'string', value },
  });
  const dear = anyOf('proc.args', '--a=[0-9]+');
  const keys = (n: number): Expr[] => Array.from({ length: n }, (_, i) => has(`-${i}`));
  const cost = (n: number): number => programOf(policyOf([...keys(n), and(has('-x'), dear)])).cost['file.read'];
  assert.ok(cost(100) < 2 * cost(1), `${cost(1)} steps beside one key, ${cost(100)} beside 100`);
});

test('patterns of a long text that any slash could begin are found with its substrings', () => {
  const { plan, cost } = programOf(policyOf([matches(field('proc.cmdline'), '(?s).*/dev/(tcp|udp)/.*')]));
  assert.equal(
    plan.classifiers.filter(({ keys }) => keys.size > 0).map(({ form }) => form),
    ['substring'],
  );
  assert.ok(cost['file.read'] < 100_000);
});

test('ten rules about environments stay far below the budget', () => {
  const rules = Array.from({ length: 10 }, (_, i) => anyOf('proc.env', `NAME_${i}=.*[0-9]+.*`));
  assert.ok(programOf(policyOf(rules)).cost['file.read'] < LIMITS.stepsPerEvent.value / 4);
});

test('rules that no key finds are named when their bound is beyond the budget', () => {
  const made = planAndEmit(policyOf([equals('file.path', '/a'), slow]));
  assert.ok('errors' in made);
  const [error] = made.errors;
  assert.is(error.is, 'too-slow');
  assert.equal(error.is === 'too-slow' && [error.kind, error.rules[0]], ['file.read', 1]);
});

test('allow-slow builds them, and the VM agrees to the cost', () => {
  const { program, cost } = programOf(policyOf([slow]), { allowSlow: true });
  assert.is(createVm().load(program).cost(2), cost['file.read']);
});

test('an automaton with too many states is an error that has the pattern', () => {
  const pattern = '(a|b)*a(a|b){20}';
  const made = planAndEmit(policyOf([{ op: 'matches', fold: false, left: field('file.path'), pattern }]));
  assert.equal('errors' in made && made.errors, [{ is: 'too-complex', patterns: [pattern] }]);
});

test('what follows an unconditional decision under one key is left out', () => {
  const twice = policyOf([equals('file.path', '/a'), equals('file.path', '/a')]);
  const once = policyOf([equals('file.path', '/a')]);
  assert.is(programOf(twice).cost['file.read'], programOf(once).cost['file.read']);
});

test('a rule is left out under a key where an earlier one decides with fewer tests', () => {
  const key = equals('file.path', '/a');
  const user = not(equals('proc.user', 'root'));
  const script = not(equals('proc.script', '/b'));
  const entries = (...rules: Expr[]): readonly number[] =>
    plan(policyOf(rules))
      .kinds.flatMap(({ known }) => known)
      .flatMap((step) => (step.op === 'list' ? [step.list] : [...step.lists.values()]))
      .flatMap((list) => (isNode(list) ? [] : list.map(({ entry }) => entry)));
  assert.equal(entries(and(key, user), and(key, script, user)), [0]);
  assert.equal(entries(and(key, script, user), and(key, user)), [0, 1]);
});

test.run();
