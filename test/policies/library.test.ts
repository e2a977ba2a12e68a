/** The policies that ship: each rule has a name, a reason and two kinds of cases. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { planAndEmit } from '../../compiler/backend.ts';
import { compile, type Compiled } from '../../compiler/index.ts';
import { renderDiagnostics } from '../../compiler/diagnostics/index.ts';
import { passed, runTests } from '../../cli/testing/run.ts';
import type { Expr, NormalPolicy, NormalRule } from '../../vm/bundle/normal.ts';
import { parseEventLine, type Event } from '../../vm/event/index.ts';
import { holds } from '../../vm/reference/expression.ts';
import { scopeOf } from '../../vm/reference/scope.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'policies');

const shipped = (): Compiled => {
  const paths = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.yaml'));
  const sources = paths.sort().map((path) => ({ path, text: readFileSync(join(FOLDER, path), 'utf8') }));
  const { value, diagnostics } = compile(sources, { today: '2026-11-22', strict: true, naming: true });
  assert.ok(value, renderDiagnostics(diagnostics, sources, { color: false }));
  return value;
};
const compiled = shipped();

/** What has to hold for a rule to match: its scope, the parts of its condition, and that no exception does. */
const predicates = (policy: NormalPolicy, rule: NormalRule, event: Event): readonly boolean[] => [
  scopeOf(policy, event).is !== 'out',
  ...conjuncts(rule.when).map((part) => holds(part, event)),
  ...rule.unless.map(({ when }) => !holds(when, event)),
];
const conjuncts = (expr: Expr): readonly Expr[] => (expr.op === 'and' ? expr.args.flatMap(conjuncts) : [expr]);

const eventOf = (json: unknown): Event => {
  const parsed = parseEventLine(JSON.stringify(json));
  if ('error' in parsed) throw new Error(`${parsed.error}: ${JSON.stringify(json)}`);
  return parsed.event;
};

test('every case passes, and every rule is hit', () => {
  const { cases, coverage } = runTests(compiled);
  assert.equal(
    cases.filter((one) => !passed(one)),
    [],
  );
  assert.equal(
    coverage.filter(({ missed }) => missed.length > 0),
    [],
  );
});

test('all of it together stays within the budget of steps', () => {
  const made = planAndEmit(compiled.normal, {});
  assert.equal('errors' in made ? made.errors : [], []);
});

test('every rule has a case that misses it by one predicate', () => {
  const events = new Map<string, Event[]>();
  for (const { policy, cases } of compiled.tests) {
    events.set(policy, [...(events.get(policy) ?? []), ...cases.map(({ event }) => eventOf(event))]);
  }
  const without = compiled.normal.policies.flatMap((policy) => {
    const own = events.get(policy.name) ?? [];
    return policy.rules
      .filter((rule) => {
        const near = own.filter(({ kind }) => rule.kinds.includes(kind));
        return !near.some((event) => predicates(policy, rule, event).filter((held) => !held).length === 1);
      })
      .map((rule) => `${policy.name}/${rule.name}`);
  });
  assert.equal(without, []);
});

test('every rule that is not for what is ordinary says how grave it is, what it is about, and what happened', () => {
  const subject = /^(mitre:T|trend:TM-)/;
  const incomplete = compiled.manifest.rules
    .filter(({ action }) => action !== 'allow')
    .filter(({ severity, tags, message }) => !severity || !message || !tags.some((tag) => subject.test(tag)))
    .map(({ name }) => name);
  assert.equal(incomplete, []);
});

test('tags are spelt in one way', () => {
  const SPELLINGS =
    /^(mitre:T\d{4}(\.\d{3})?|trend:TM-\d{8}|cis:(docker|kubernetes)-5(\.\d+)+|nist:800-53:[A-Z]{2}-\d+|nist:800-190:4(\.\d+)+)$/;
  const tags = new Set(compiled.manifest.rules.flatMap((rule) => rule.tags));
  assert.equal(
    [...tags].filter((tag) => !SPELLINGS.test(tag)),
    [],
  );
});

test.run();
