/** Lints: what they say, that it is true, and that they stay fast. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../../compiler/index.ts';
import { CATALOGUE, renderDiagnostics } from '../../compiler/diagnostics/index.ts';
import { excludes, implies } from '../../compiler/lint/imply.ts';
import { neverHolds } from '../../compiler/lint/never.ts';
import type { Expr, NormalForm } from '../../vm/bundle/normal.ts';
import type { Event } from '../../vm/event/event.ts';
import { holds } from '../../vm/reference/expression.ts';
import { reference } from '../../vm/reference/index.ts';
import { documentsOf, sayable } from '../generators/document.ts';
import { EventSource } from '../generators/event.ts';
import { randomExpr } from '../generators/expression.ts';
import { randomNormalForm } from '../generators/policy.ts';
import { batchSeed, Random, runSeed } from '../generators/random.ts';
import { casesOf, codes, findings, matchesGolden, policy, sourcesOf, TODAY } from './support.ts';

const test = suite('lints');
const seed = runSeed();
console.log(`seed ${seed}`);

/** The policy of a case: lines that start with `-` are rules, the others stand below `spec`. */
function policyOf(text: string): string {
  const lines = text.split('\n').filter((line) => line !== '');
  const spec = ['mode: enforce', ...lines.filter((line) => !line.startsWith('-'))].join('\n');
  return policy(
    lines.filter((line) => line.startsWith('-')).map((line) => line.slice(2)),
    'p',
    spec,
  );
}

const cases = casesOf('lints.txt').map(({ title, text }) => {
  const sources = sourcesOf(policyOf(text));
  return { title, sources, diagnostics: compile(sources, { today: TODAY }).diagnostics };
});

test('each warning, with its place and help', () => {
  const texts = cases.map(({ title, sources, diagnostics }) => {
    return `=== ${title}\n${renderDiagnostics(diagnostics, sources, { color: false })}\n`;
  });
  matchesGolden('lints.txt', texts.join('\n'));
});

test('each lint of policies occurs', () => {
  const said = new Set(cases.flatMap(({ diagnostics }) => diagnostics.map(({ code }) => code)));
  const silent = Object.keys(CATALOGUE).filter((code) => code.startsWith('L31') && !said.has(code));
  assert.equal(silent, ['L3101', 'L3102', 'L3113', 'L3114'], 'those of exceptions, overlays and names are elsewhere');
});

test('names, where the scheme is asked for', () => {
  const names = (naming: boolean, ...all: readonly string[]): string[] =>
    findings(
      all.map((name) => policy([`{name: r, on: exec, when: 'proc.name = "${name}"', action: deny}`], name)),
      { naming },
    ).map(({ code, message }) => `${code} ${message}`);
  assert.equal(names(true, 'payments.exec-deny.v2', 'payments.exec-allow.v1', 'ns-7.exec-deny.v10'), []);
  const wrong = ['exec-deny', 'payments.exec-deny', 'payments.exec-deny.2', 'Payments.x.v1', 'a..v1', 'a.b.c.v1'];
  assert.equal(
    names(true, ...wrong),
    wrong.map((name) => `L3113 \`${name}\` is not \`namespace.intent.version\``),
  );
  assert.equal(names(true, 'a.b.v1', 'a.b.v2'), ['L3114 `a.b.v2` and `a.b.v1` are versions of one intent']);
  assert.equal(names(false, 'exec-deny', 'a.b.v1', 'a.b.v2'), []);
});

test('across policies: scopes, modes and unknown workloads count', () => {
  const all = '{name: all, on: exec, when: true, action: allow}';
  const one = `{name: one, on: exec, when: 'proc.uid = 0', action: deny}`;
  const two = (first: string, second: string, rule = all): string[] =>
    codes([policy([rule], 'a', `order: 1\n${first}`), policy([one], 'b', second)]);
  const [enforce, observe] = ['mode: enforce', 'mode: observe'];
  assert.equal(two(enforce, enforce), ['L3104']);
  assert.equal(two(enforce, observe), ['L3104']);
  assert.equal(two(observe, observe), ['L3104']);
  assert.equal(two(observe, enforce), [], 'an observed policy hides nothing');
  assert.equal(two(`${enforce}\nscope: {namespace: a}`, enforce), []);
  assert.equal(two(enforce, `${enforce}\nscope: {namespace: a}`), ['L3104']);
  const scoped = `${enforce}\nscope: {namespace: a}`;
  assert.equal(two(scoped, scoped), [], 'where the workload is unknown, an allow ends its own policy only');
  assert.equal(two(scoped, scoped, '{name: all, on: exec, when: true, action: kill}'), ['L3103']);
});

/** Expressions that are likely to imply the given one, or to be implied by it. */
function relatives(r: Random, expr: Expr, others: readonly Expr[]): Expr[] {
  const related: Expr[] = [expr, { op: 'not', arg: { op: 'not', arg: expr } }];
  if (expr.op === 'and' || expr.op === 'or') {
    const some = expr.args.filter(() => r.chance(0.5));
    related.push({ op: expr.op, args: some }, ...expr.args);
  }
  if (expr.op === 'not') related.push(expr.arg);
  if (expr.op === 'in') related.push({ ...expr, set: expr.set.slice(1) });
  const other = r.pick(others);
  related.push({ op: 'and', args: [expr, other] }, { op: 'or', args: [other, expr] }, { op: 'not', arg: expr });
  related.push({ op: 'and', args: [{ op: 'or', args: [expr, other] }, r.pick(others)] });
  return related;
}

test('what is said to follow, follows; what is said never to hold, never does', () => {
  let proofs = 0;
  for (let n = 0; n < 60; n++) {
    const r = new Random(batchSeed(seed, n));
    const { normal, focus } = randomNormalForm(r);
    const base = Array.from({ length: 6 }, () => randomExpr(r, focus, r.below(3)));
    const exprs = base.flatMap((expr) => relatives(r, expr, base));
    const source = new EventSource(r, withRules(normal, exprs), focus);
    const events = Array.from({ length: 40 }, () => source.next());
    const truth = exprs.map((expr) => events.map((event) => holds(expr, event)));
    const show = (i: number, event: number): string =>
      `seed ${seed}, batch ${n}: ${JSON.stringify(exprs[i])} on ${describe(events[event])}`;
    for (const [i, a] of exprs.entries()) {
      if (neverHolds(a)) {
        proofs++;
        const wrong = truth[i].indexOf(true);
        assert.is(wrong, -1, `never holds: ${show(i, wrong)}`);
      }
      for (const [j, b] of exprs.entries()) {
        if (i !== j && implies(a, b)) {
          proofs++;
          const wrong = events.findIndex((_, e) => truth[i][e] && !truth[j][e]);
          assert.is(wrong, -1, `implies ${JSON.stringify(b)}: ${show(i, wrong)}`);
        }
        if (excludes(a, b)) {
          proofs++;
          const wrong = events.findIndex((_, e) => truth[i][e] && truth[j][e]);
          assert.is(wrong, -1, `excludes ${JSON.stringify(b)}: ${show(i, wrong)}`);
        }
      }
    }
  }
  assert.ok(proofs > 2000, `only ${proofs} proofs`);
});

/** The bundle with a policy whose rules have these conditions, so that events are aimed at them. */
function withRules(normal: NormalForm, exprs: readonly Expr[]): NormalForm {
  const kinds = normal.policies.flatMap(({ rules }) => rules.flatMap((rule) => rule.kinds));
  const rules = exprs.map((when, i) => ({
    name: `r${i}`,
    kinds: kinds.length > 0 ? [...new Set(kinds)] : [1],
    when,
    unless: [],
    action: 'audit' as const,
    errno: 1,
    continue: true,
  }));
  const own = { name: 'own', mode: 'enforce', tier: 'default', order: 1, scope: {}, defaults: {}, rules } as const;
  return { version: 1, policies: [own] };
}

const describe = (event: Event | undefined): string =>
  event === undefined
    ? 'nothing'
    : JSON.stringify([event.kind, ...event.values], (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v));

/** Lints that say that a rule never decides. */
const IDLE = new Set(['L3103', 'L3104', 'L3107']);

test('a rule that is said never to decide, never does', () => {
  let warned = 0;
  for (let n = 0; n < 80; n++) {
    const r = new Random(batchSeed(seed, n));
    const { normal, focus } = randomNormalForm(r);
    const meant = sayable(normal);
    const text = documentsOf(r, meant);
    const { value, diagnostics } = compile([{ path: 'p.yaml', text }], { today: TODAY });
    if (value === null) throw new Error(`BUG: seed ${seed}, batch ${n} does not compile`);
    const starts = value.manifest.rules.map(({ span }) => [span.start, span.end] as const);
    const bytes = (offset: number): number => Buffer.byteLength(text.slice(0, offset));
    const idle = new Map<number, string>();
    for (const { code, span, message } of diagnostics) {
      if (!IDLE.has(code)) continue;
      const at = bytes(span!.start);
      idle.set(
        starts.findIndex(([start, end]) => start <= at && at < end),
        message,
      );
    }
    if (idle.size === 0) continue;
    warned += idle.size;
    const engine = reference(value.normal);
    const source = new EventSource(r, value.normal, focus);
    for (let i = 0; i < 60; i++) {
      const { actual, asIf } = engine.decide(source.next());
      for (const plane of [actual, asIf]) {
        for (const rule of [plane.rule, ...plane.matches]) {
          assert.is(idle.get(rule), undefined, `seed ${seed}, batch ${n}, rule ${rule}: ${idle.get(rule)}`);
        }
      }
    }
  }
  assert.ok(warned > 10, `only ${warned} warnings`);
});

test('many rules that share what they can', () => {
  const rules: string[] = [];
  for (let i = 0; i < 3000; i++) {
    const when = [
      `proc.user != "root" and proc.name = "sh" and file.path startswith "/srv/${i}/"`,
      `file.path within "/data/${i % 50}" and proc.name = "p${i}"`,
      `proc.name in ("a", "b", "c${i}") and file.ext = "x"`,
    ][i % 3];
    rules.push(`{name: r${i}, on: file, when: '${when}', action: deny}`);
  }
  rules.push(`{name: last, on: file, when: 'proc.name = "p1" and file.path = "/data/1/x"', action: kill}`);
  assert.equal(codes(policy(rules)), ['L3103']);
});

test.run();
