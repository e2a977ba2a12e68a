/** What must hold of any engine, tested on the reference: changes of a bundle that may not change what is decided. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FALSE, TRUE, type Expr, type NormalForm, type NormalPolicy, type NormalRule } from '../../vm/bundle/normal.ts';
import { joinFacts, type Decision, type Event, type PlaneDecision } from '../../vm/event/index.ts';
import { reference } from '../../vm/reference/index.ts';
import { EventSource } from '../generators/event.ts';
import { randomNormalForm } from '../generators/policy.ts';
import { batchSeed, Random, runSeed } from '../generators/random.ts';
import { deliver, delivered } from './case.ts';
import { sameDecision } from './same.ts';

const BUNDLES = 150;
const EVENTS = 16;

const seed = runSeed();
console.log(`seed ${seed}`);
const test = suite('metamorphic');

/** What a changed bundle's decision must be, given the decision of the bundle as it was. */
interface Change {
  readonly normal: NormalForm;
  readonly expected: (decision: Decision) => Decision;
}
type Rewrite = (normal: NormalForm, r: Random) => Change;

const mapRules = (normal: NormalForm, of: (rule: NormalRule, policy: NormalPolicy) => NormalRule[]): NormalForm => ({
  ...normal,
  policies: normal.policies.map((policy) => ({ ...policy, rules: policy.rules.flatMap((rule) => of(rule, policy)) })),
});
const mapWhen = (normal: NormalForm, of: (when: Expr) => Expr): NormalForm =>
  mapRules(normal, (rule) => [
    { ...rule, when: of(rule.when), unless: rule.unless.map((but) => ({ ...but, when: of(but.when) })) },
  ]);

/** The same decision with other numbers of rules and policies. */
function renumbered(decision: Decision, rule: (n: number) => number, policy: (n: number) => number): Decision {
  const plane = (p: PlaneDecision): PlaneDecision => ({
    ...p,
    rule: p.rule < 0 ? p.rule : rule(p.rule),
    policy: p.policy < 0 ? p.policy : policy(p.policy),
    matches: p.matches.map(rule),
  });
  return {
    ...decision,
    actual: plane(decision.actual),
    asIf: plane(decision.asIf),
    assumed: decision.assumed.map(policy),
  };
}
const itself = (n: number): number => n;

/** Pushes `not` down to the tests. */
function negationNormal(expr: Expr, negated = false): Expr {
  if (expr.op === 'not') return negationNormal(expr.arg, !negated);
  if (expr.op !== 'and' && expr.op !== 'or') return negated ? { op: 'not', arg: expr } : expr;
  const op = (expr.op === 'and') === negated ? 'or' : 'and';
  return { op, args: expr.args.map((arg) => negationNormal(arg, negated)) };
}

function property(name: string, rewrite: Rewrite, join = false): void {
  test(name, () => {
    for (let n = 0; n < BUNDLES; n++) {
      const r = new Random(batchSeed(seed, n));
      const { normal, focus } = randomNormalForm(r);
      const source = new EventSource(r, normal, focus);
      const { normal: changed, expected } = rewrite(normal, r);
      const [before, after] = [reference(normal), reference(changed)];
      for (let i = 0; i < EVENTS; i++) {
        const event = source.next();
        const wanted = expected(before.decide(event));
        const said = after.decide(join ? joined(event, r) : event);
        assert.ok(
          sameDecision(said, wanted),
          `seed ${seed}, bundle ${n}, event ${i}: ${JSON.stringify(said)}, not ${JSON.stringify(wanted)}`,
        );
      }
    }
  });
}

/** The event through stored facts and back. */
function joined(event: Event, r: Random): Event {
  const delivery = deliver(r, event);
  const facts = [delivery.workload, delivery.subject].map((values): Event => ({ kind: 0, time: undefined, values }));
  const inline: Event = { kind: delivery.kind, time: delivery.time, values: delivery.inline };
  const through = joinFacts(inline, ...facts);
  assert.equal(new Map([...through.values].sort()), new Map([...delivered(delivery).values].sort()));
  return through;
}

property('nothing changes through stored facts', (normal) => ({ normal, expected: (decision) => decision }), true);

property('a rule that never matches changes nothing', (normal, r) => {
  const at = r.below(normal.policies.length);
  const never: NormalRule = {
    ...{ name: 'never', kinds: [1, 2, 3], unless: [], action: 'deny', errno: 1, continue: false },
    when: r.chance(0.5) ? FALSE : { op: 'and', args: [TRUE, { op: 'not', arg: TRUE }] },
  };
  // A rule that can deny makes its policy one that is assumed to hold: keep to policies that can.
  const target = normal.policies[at];
  const first = normal.policies.slice(0, at).reduce((sum, policy) => sum + policy.rules.length, 0);
  if (!target.rules.some((rule) => rule.action !== 'allow' && rule.action !== 'audit' && rule.kinds.includes(2)))
    return { normal, expected: (decision) => decision };
  const kept: NormalRule = { ...never, kinds: [2] };
  const policies = normal.policies.map((policy, n) =>
    n === at ? { ...policy, rules: [kept, ...policy.rules] } : policy,
  );
  return {
    normal: { ...normal, policies },
    expected: (decision) => renumbered(decision, (n) => (n >= first ? n + 1 : n), itself),
  };
});

property('promotion does what `would` says', (normal) => ({
  normal: { ...normal, policies: normal.policies.map((policy) => ({ ...policy, mode: 'enforce' })) },
  expected: (decision) => ({ ...decision, actual: decision.asIf, errno: errnoOf(normal, decision.asIf) }),
}));

property('observed policies never change what happens', (normal) => {
  const kept = normal.policies.flatMap((policy, n) => (policy.mode === 'enforce' ? [n] : []));
  const rulesOf = normal.policies.map((policy) => policy.rules.length);
  const firstRule = (n: number): number => rulesOf.slice(0, n).reduce((a, b) => a + b, 0);
  const rule = (n: number): number => {
    const policy = rulesOf.findIndex((_, p) => n < firstRule(p + 1));
    const dropped = rulesOf.reduce((sum, size, p) => (p < policy && !kept.includes(p) ? sum + size : sum), 0);
    return n - dropped;
  };
  return {
    normal: { ...normal, policies: normal.policies.filter((policy) => policy.mode === 'enforce') },
    expected: (decision) => {
      const actual = { ...decision, asIf: decision.actual, assumed: decision.assumed.filter((p) => kept.includes(p)) };
      return renumbered(actual, rule, (n) => kept.indexOf(n));
    },
  };
});

property('rules that only note decide nothing', (normal) => {
  const bare = (plane: PlaneDecision): PlaneDecision => ({ ...plane, matches: [] });
  return {
    normal: mapRules(normal, (rule) => [rule.continue ? { ...rule, when: FALSE } : rule]),
    expected: (decision) => ({ ...decision, actual: bare(decision.actual), asIf: bare(decision.asIf) }),
  };
});

property('two negations are none', (normal) => ({
  normal: mapWhen(normal, (arg) => ({ op: 'not', arg: { op: 'not', arg } })),
  expected: (decision) => decision,
}));

property('negations move inward (De Morgan)', (normal) => ({
  normal: mapWhen(normal, (when) => negationNormal(when)),
  expected: (decision) => decision,
}));

property('an exception is a negated condition', (normal) => ({
  normal: mapRules(normal, (rule) => [
    {
      ...rule,
      unless: [],
      when: { op: 'and', args: [rule.when, ...rule.unless.map((but): Expr => ({ op: 'not', arg: but.when }))] },
    },
  ]),
  expected: (decision) => decision,
}));

function errnoOf(normal: NormalForm, { action, rule }: PlaneDecision): number {
  if (action === 'allow' || action === 'audit') return 0;
  return rule < 0 ? 1 : normal.policies.flatMap((policy) => policy.rules)[rule].errno;
}

test.run();
