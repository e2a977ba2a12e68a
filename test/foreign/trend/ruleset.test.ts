/** Rulesets: which pods, which rules, what happens; and what of Trend's other documents is said. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  briefly,
  bundleOf,
  decide,
  eventOf,
  findingsOf,
  imported,
  sourcesOf,
  withNames,
  type Settings,
} from '../support.ts';
import { LIBRARY } from './library.ts';

const exec = (path: string, app?: string): object => ({
  kind: 'exec',
  proc: { path },
  container: { id: 'c1', name: 'c', image: 'i' },
  k8s: { pod: 'p', namespace: 'n', ...(app !== undefined && { labels: { app, tier: 'web' } }) },
});

/** Action, policy and rule, and what was noted. */
function decided(texts: readonly string[], events: readonly object[], foreign: Settings = {}): string[] {
  const bundle = bundleOf(sourcesOf(LIBRARY, ...texts), foreign);
  return decide(bundle, events.map(eventOf)).map((decision) => {
    const { actual } = withNames(bundle, decision) as {
      actual: { action: string; policy: string | null; rule: string | null; matches: string[] };
    };
    const by = actual.rule === null ? '' : ` ${actual.policy}/${actual.rule}`;
    return `${actual.action}${by}${actual.matches.map((name) => ` +${name.slice(-1)}`).join('')}`;
  });
}
const said = (texts: readonly string[], foreign: Settings = {}): string[] => {
  const sources = sourcesOf(LIBRARY, ...texts);
  return briefly(sources, findingsOf(sources, foreign));
};

const ruleset = (rules: readonly object[], more: object = {}): string =>
  JSON.stringify({ name: 'set', rules, ...more });
const rule = (n: number, mitigation?: string, more: object = {}): object => ({
  ruleID: `TM-0000000${n}`,
  ...(mitigation !== undefined && { mitigation }),
  ...more,
});

test('a ruleset logs, isolates, terminates; logging comes first and goes on', () => {
  const text = ruleset([rule(1, 'isolate'), rule(2, 'terminate'), rule(3)]);
  assert.equal(decided([text], [exec('/one'), exec('/two'), exec('/three'), exec('/four')]), [
    'stop set/TM-00000002 +3',
    'stop set/TM-00000002',
    'allow +3',
    'allow',
  ]);
});

test('a rule that is not enabled does not count', () => {
  assert.equal(decided([ruleset([rule(1, 'terminate', { enabled: false })])], [exec('/one')]), ['allow']);
});

test('without labels a ruleset is for all containers, with labels for pods that have all of them', () => {
  const labels = [
    { key: 'app', value: 'a*' },
    { key: 'app', value: 'b' },
    { key: 'tier', value: 'web' },
  ];
  const text = ruleset([rule(1, 'terminate')], { labels });
  const events = ['a*', 'b', 'ab'].map((app) => exec('/one', app));
  assert.equal(decided([text], [...events, exec('/one')]), [
    'stop set/TM-00000001',
    'stop set/TM-00000001',
    'allow',
    'allow',
  ]);
  assert.equal(said([text]), ['L5501 "labels": a pod must have all these labels']);
  const host = { ...exec('/one'), container: undefined, k8s: undefined };
  assert.equal(decided([ruleset([rule(1, 'terminate')])], [exec('/one'), host]), ['stop set/TM-00000001', 'allow']);
});

test('on Amazon ECS everything is logged, and labels have no effect, which is said', () => {
  const text = ruleset([rule(1, 'terminate'), rule(2, 'isolate')], { labels: [{ key: 'app', value: 'a' }] });
  const ecs = { 'trend.platform': 'ecs' };
  assert.equal(decided([text], [exec('/one', 'other')], ecs), ['allow +1 +2']);
  assert.equal(said([text], ecs), [
    'L5502 "terminate": `terminate` has no effect on Amazon ECS: what the rule finds is logged',
    'L5502 "isolate": `isolate` has no effect on Amazon ECS: what the rule finds is logged',
    'L5503 "labels": labels have no effect on Amazon ECS',
  ]);
});

test('a ruleset that terminates does so before another one isolates', () => {
  const texts = [ruleset([rule(1, 'isolate'), rule(3)]), JSON.stringify({ name: 'b', rules: [rule(2, 'terminate')] })];
  assert.equal(decided(texts, [exec('/one'), exec('/three')]), ['stop b/TM-00000002 +3', 'allow +3']);
  const alone = [texts[0], JSON.stringify({ name: 'b', rules: [rule(2, 'isolate')] })];
  assert.equal(decided(alone, [exec('/one')]), ['isolate set/TM-00000001 +3']);
});

test('resources, pages of the API and Terraform have the same rulesets', () => {
  const resource = `
apiVersion: container-security.trendmicro.com/v1alpha1
kind: RuntimeRuleset
metadata: {name: trend-sample, labels: {app.kubernetes.io/name: init}}
spec:
  definition:
    labels: [{key: app, value: nginx}]
    rules:
      - {ruleID: TM-00000001, mitigation: log}
      - {ruleID: TM-00000002, mitigation: terminate}
`;
  assert.equal(decided([resource], [exec('/one', 'nginx'), exec('/one')]), [
    'stop trend-sample/TM-00000002 +1',
    'allow',
  ]);
  assert.equal(said([resource]), []);
  const older = resource.replace('container-security.', 'visionone.');
  assert.equal(decided([older], [exec('/two', 'nginx')]), ['stop trend-sample/TM-00000002']);
  const body = { name: 'set', description: 'd', rules: [{ id: 'TM-00000001', mitigation: 'terminate' }] };
  for (const text of [
    JSON.stringify([body]),
    JSON.stringify({ rulesets: [body] }),
    JSON.stringify({ items: [body] }),
    JSON.stringify({ resource: { visionone_container_ruleset: { example: body } } }),
  ]) {
    assert.equal(decided([text], [exec('/one')]), ['stop set/TM-00000001'], text);
    assert.equal(said([text]), [], text);
  }
});

test('what policies of clusters say is named', () => {
  const cluster = `
apiVersion: container-security.trendmicro.com/v1alpha1
kind: ClusterPolicy
metadata: {name: cluster}
spec:
  xdrEnabled: true
  rules:
    - {type: hostNetwork, action: log, mitigation: log}
    - {type: privileged, action: block, mitigation: terminate}
  exceptions:
    - {type: imageName, properties: {operator: equals, values: [x]}}
`;
  assert.equal(
    said([ruleset([rule(1)]), cluster]).map((line) => line.replace(/^(L\d+) .*?: /, '$1 ')),
    [
      'L5003 rules judge pods and images, not what containers do: `hostNetwork`, `privileged`',
      'L5003 exceptions judge pods and images, not what containers do: `imageName`',
    ],
  );
  const policy = JSON.stringify({ name: 'p', runtime: { rulesets: [{ id: 'set-2fx' }, { id: 'gone-1' }] } });
  const other = JSON.stringify({ name: 'other', rules: [rule(2)] });
  assert.equal(said([ruleset([rule(1)]), policy, other]), [
    'L5504 "gone-1": the ruleset `gone-1` is not among these documents',
    'L5504 "other": no policy has the ruleset `other`; it counts here all the same',
  ]);
});

test('settings of the chart: namespaces without rules, and what is hidden in records', () => {
  const values = `
visionOne: {exclusion: {namespaces: [kube-system, n]}}
scout: {falco: {sanitizer_output: {enabled: true, patterns: {proc.pcmdline: '--token (\\S+)', fd.sip: x, evt.num: y, proc.args: "it's", k8s.pod.name: '('}}}}
`;
  assert.equal(decided([ruleset([rule(1, 'terminate')]), values], [exec('/one')]), ['allow']);
  assert.equal(
    said([values]).map((line) => line.replace(/: .*/, '')),
    ['L5505 proc.pcmdline', 'L5505 fd.sip', 'L5505 evt.num', 'L5505 proc.args', 'L5505 k8s.pod.name'],
  );
  assert.equal(
    findingsOf(sourcesOf(LIBRARY, values)).map(({ help }) => help),
    [
      "--redact 'proc.pcmdline=--token (\\S+)'",
      "--redact 'net.remote_ip=x' --redact 'net.local_ip=x'",
      null,
      "--redact 'proc.cmdline=it'\\''s'",
      '--redact k8s.pod=REGEX, with another expression: a `(` without its `)`',
    ],
  );
});

test('what is wrong is said at its place', () => {
  const about = (...rules: readonly object[]): string[] => said([ruleset(rules)]);
  assert.equal(about(rule(9)), ['L1203 "TM-00000009": there is no library rule `TM-00000009`']);
  assert.equal(about({ ruleID: 'TM-1' }), ['L5004 "TM-1": `TM-1` is no id of a predefined rule']);
  assert.equal(about(rule(1), rule(1, 'isolate')), ['L5004 "TM-00000001": `TM-00000001` is in the ruleset already']);
  assert.equal(about(rule(1, 'block')), ['L5004 "block": `mitigation: block`']);
  assert.equal(about(rule(1), { mitigation: 'log', id: '' }), ['L5005 "mitigation": the rule has no `ruleID`']);
  assert.equal(about({ ...rule(1), enable: true }), ['L5002 "enable": unknown key `enable`']);
  assert.equal(said([ruleset([rule(1)], { name: 'my rules' })]), [
    'L5004 "my rules": `my rules` is no name of a ruleset',
  ]);
  assert.equal(said([ruleset([rule(1)], { name: undefined })]), ['L5005 "rules": the ruleset has no `name`']);
  assert.equal(said([ruleset([rule(1)], { labels: [{ key: 'a' }] })]), ['L5005 "key": the label has no `value`']);
  const empty = 'apiVersion: container-security.trendmicro.com/v1alpha1\nkind: RuntimeRuleset\nmetadata: {name: x}\n';
  assert.equal(said([empty]), ['L5005 apiVersion: the resource has no `spec.definition`']);
});

test('an imported ruleset uses the library', () => {
  const text = ruleset([rule(1, 'isolate'), rule(2, 'log', { enabled: false })], { description: 'for the shop' });
  assert.is(
    imported(sourcesOf(text), 'trend'),
    `# imported
apiVersion: lictor.dev/v1
kind: Policy
metadata:
  name: set
  description: for the shop
spec:
  mode: enforce
  scope:
    host: false
  rules:
    - use: TM-00000002
      enabled: false
    - use: TM-00000001
      action: isolate
`,
  );
});

test('the example of the README is imported as it says', () => {
  const readme = readFileSync(join(import.meta.dirname, '../../../compiler/foreign/trend/README.md'), 'utf8');
  const [, theirs] = /```yaml\n(apiVersion: container-security.*?)```/s.exec(readme)!;
  const [, ours] = /```yaml\n# ruleset.yaml[^\n]*\n(.*?)```/s.exec(readme)!;
  assert.is(imported(sourcesOf(theirs), 'trend'), `# imported\n${ours}`);
});

test.run();
