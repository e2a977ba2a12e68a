/** Custom rules: Falco's, with an id, an action and fields of their own. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { batchSeed, Random, runSeed } from '../../generators/random.ts';
import { mutated } from '../mutate.ts';
import { parse } from 'yaml';
import {
  briefly,
  bundleOf,
  decide,
  eventOf,
  findingsOf,
  imported,
  sameWhenImported,
  sourcesOf,
  withNames,
} from '../support.ts';

const RULES = `
- list: sensitive
  items: [/etc/shadow, /etc/sudoers]
- macro: open_read
  condition: (evt.type in (open, openat) and evt.is_open_read = true)
- rule: Sensitive file
  id: CR-00000001
  desc: reads of sensitive files
  condition: open_read and fd.name in (sensitive)
  output: "read (command=%proc.cmdline file=%fd.name)"
  priority: info
  tags: [T1555]
  custom_fields: {team: shop, cmdline: "%proc.cmdline"}
  action: terminate
- rule: Shell
  id: CR-00000002
  desc: shells
  condition: evt.type = execve and proc.name = bash
  output: "shell (%proc.cmdline)"
  priority: warning
  action: log
- rule: Every program
  id: CR-00000003
  desc: programs
  condition: evt.type = execve and proc.name in (bash, nc)
  output: "program"
  priority: error
  action: isolate
`;

const inContainer = { container: { id: 'c', name: 'n' } };
const EVENTS = [
  { kind: 'file.read', file: { path: '/etc/shadow' }, proc: { path: '/bin/cat', cmdline: 'cat' } },
  { kind: 'file.read', file: { path: '/etc/hosts' } },
  { kind: 'exec', proc: { path: '/bin/bash' } },
  { kind: 'exec', proc: { path: '/bin/nc' } },
].map((event) => eventOf({ ...event, ...inContainer }));

const decided = (text: string, foreign = {}): string[] => {
  const bundle = bundleOf(sourcesOf(text), foreign);
  return decide(bundle, EVENTS).map((decision) => {
    const { actual } = withNames(bundle, decision) as {
      actual: { action: string; rule: string | null; matches: string[] };
    };
    return [
      actual.action,
      ...(actual.rule === null ? [] : [actual.rule]),
      ...actual.matches.map((name) => `+${name}`),
    ].join(' ');
  });
};
const said = (text: string, foreign = {}): string[] => briefly(sourcesOf(text), findingsOf(sourcesOf(text), foreign));

test('what is logged is noted, and the first that mitigates decides', () => {
  assert.equal(decided(RULES), [
    'stop Sensitive-file',
    'allow',
    'isolate Every-program +Shell',
    'isolate Every-program',
  ]);
  assert.equal(said(RULES), []);
});

test('on Amazon ECS they only log', () => {
  const ecs = { 'trend.platform': 'ecs' };
  assert.equal(decided(RULES, ecs), [
    'allow +Sensitive-file',
    'allow',
    'allow +Shell +Every-program',
    'allow +Every-program',
  ]);
  assert.equal(said(RULES, ecs), [
    'L5502 terminate: `terminate` has no effect on Amazon ECS: what the rule finds is logged',
    'L5502 isolate: `isolate` has no effect on Amazon ECS: what the rule finds is logged',
  ]);
});

test('the id, techniques and constant fields are tags', () => {
  const { tags } = parse(imported(sourcesOf(RULES), 'trend').split('---').at(-1)!).spec.rules[0];
  assert.equal(tags, ['trend:CR-00000001', 'mitre:T1555', 'team=shop']);
});

test('what Trend would refuse is said at its place', () => {
  const about = (from: string, to: string): string[] => said(RULES.replace(from, to));
  assert.equal(about('id: CR-00000002', 'id: CR-00000001'), [
    'L5004 CR-00000001: `CR-00000001` is the id of another rule',
  ]);
  assert.equal(about('CR-00000002', 'CR-000000000000000002'), [
    'L5004 CR-000000000000000002: `CR-000000000000000002` is no id of a custom rule',
  ]);
  assert.equal(about('  id: CR-00000002\n', ''), ['L5005 Shell: the custom rule `Shell` has no `id`']);
  assert.equal(about('action: log', 'action: block'), ['L5004 block: `action: block`']);
  assert.equal(about('"%proc.cmdline"}', '"%user.name"}'), [
    'L5004 "%user.name": `%user.name` is not in the output of the rule',
  ]);
  assert.equal(about('custom_fields: {', 'userDefinedFields: {'), []);
});

test('imported, they decide the same; whatever is written, nothing throws', () => {
  const seed = runSeed();
  console.log(`seed ${seed}`);
  sameWhenImported(sourcesOf(RULES), 'trend', new Random(seed), { count: 200 });
  for (let index = 0; index < 100; index++) {
    const text = JSON.stringify(mutated(new Random(batchSeed(seed, index)), parse(RULES)));
    for (const { code, span } of findingsOf(sourcesOf(text))) assert.ok(span !== null, `${code} in ${text}`);
  }
});

test.run();
