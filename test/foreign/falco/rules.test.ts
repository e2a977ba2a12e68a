/** Rule sets of Falco: what items do to one another, which rule matches first, exceptions, and what is said of what is wrong. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { briefly, bundleOf, findingsOf, imported, sourcesOf } from '../support.ts';
import { matching, one, rule } from './support.ts';

const open = (path: string, name = 'cat'): object => ({
  kind: 'file.read',
  proc: { path: `/bin/${name}` },
  file: { path },
});
const saidOf = (text: string, foreign = {}): string[] => {
  const sources = sourcesOf(text);
  return briefly(sources, findingsOf(sources, foreign));
};

test('the first rule that matches decides; with `all` each is noted', () => {
  const sources = sourcesOf(
    rule('a b', 'evt.type=open and fd.name=/x') + rule('c', 'evt.type=open and fd.name startswith /'),
  );
  const events = [open('/x'), open('/y')];
  assert.equal(matching(sources, events), [['a-b'], ['c']]);
  assert.equal(matching(sources, events, { 'falco.rule-matching': 'all' }), [['a-b', 'c'], ['c']]);
});

test('a rule keeps its place when a later file defines it again, and macros are those of the end', () => {
  const first = `- macro: m\n  condition: fd.name=/x\n${rule('a', 'evt.type=open and m')}${rule('b', 'evt.type=open')}`;
  const second = `- macro: m\n  condition: fd.name=/y\n${rule('a', 'evt.type=openat and m and proc.name=cat')}`;
  assert.equal(matching(sourcesOf(first, second), [open('/x'), open('/y'), open('/y', 'ls')]), [['b'], ['a'], ['b']]);
});

test('`override` and `append` change what was defined before', () => {
  const base = `- list: l\n  items: [/a]\n- macro: m\n  condition: fd.name in (l)\n${rule('r', 'evt.type=open and m')}`;
  const events = [open('/a'), open('/b'), open('/c')];
  const more = (text: string): string[][] => matching(sourcesOf(base + text), events);
  assert.equal(more('- list: l\n  items: [/b]\n  override: {items: append}\n'), [['r'], ['r'], []]);
  assert.equal(more('- list: l\n  items: [/b]\n  override: {items: replace}\n'), [[], ['r'], []]);
  assert.equal(more('- macro: m\n  condition: or fd.name=/c\n  append: true\n'), [['r'], [], ['r']]);
  assert.equal(more('- rule: r\n  condition: or evt.type=open and fd.name=/b\n  override: {condition: append}\n'), [
    ['r'],
    ['r'],
    [],
  ]);
  assert.equal(more('- rule: r\n  condition: evt.type=open\n  override: {condition: replace}\n'), [
    ['r'],
    ['r'],
    ['r'],
  ]);
  assert.equal(more('- rule: r\n  enabled: false\n  override: {enabled: replace}\n'), [[], [], []]);
  assert.equal(more('- rule: r\n  enabled: false\n'), [[], [], []]);
});

test('a selection switches rules by name and tag, in order', () => {
  const rules =
    rule('one', 'evt.type=open and fd.name=/a', 'tags: [x]') + rule('other', 'evt.type=open and fd.name=/b');
  const events = [open('/a'), open('/b')];
  const chosen = (steps: string): string[][] => matching(sourcesOf(rules, `rules: ${steps}`), events);
  assert.equal(chosen('[{disable: {rule: "*"}}, {enable: {tag: x}}]'), [['one'], []]);
  assert.equal(chosen('[{disable: {rule: "ot*"}}]'), [['one'], []]);
  assert.equal(saidOf(`rules: [{disable: {rules: x}}]`), ['L5004 rules: a selection has `rule` or `tag`']);
});

test('exceptions, with their operators, lists and appended values', () => {
  const exceptions = [
    'exceptions:',
    '- name: both',
    '  fields: [proc.name, fd.name]',
    '  comps: [=, startswith]',
    '  values:',
    '  - [cat, /a]',
    '- name: names',
    '  fields: proc.name',
    '  values: [ls]',
    '- name: lists',
    '  fields: [proc.name, fd.name]',
    '  comps: [in, in]',
    '  values:',
    '  - [[ps, top], (files)]',
    '- name: none',
    '  fields: [proc.name]',
  ].join('\n');
  const text = `- list: files\n  items: [/p, /q]\n${rule('r', 'evt.type=open', exceptions)}`;
  const more = '- rule: r\n  exceptions:\n  - name: names\n    values: [sed]\n  override: {exceptions: append}\n';
  const events = [open('/ab'), open('/b'), open('/b', 'ls'), open('/q', 'top'), open('/r', 'top'), open('/b', 'sed')];
  assert.equal(matching(sourcesOf(text), events), [[], ['r'], [], [], ['r'], ['r']]);
  assert.equal(matching(sourcesOf(text + more), events), [[], ['r'], [], [], ['r'], []]);
  assert.match(
    imported(sourcesOf(text), 'falco'),
    /unless:\n *- name: both\n *when: 'proc\.name = "cat" and file\.path startswith "\/a"'/,
  );
});

test('what Falco does not load is an error at its place', () => {
  const errors: readonly (readonly [string, string])[] = [
    [rule('r', 'evt.type=open and missing'), 'L5201 missing: undefined macro `missing` used in filter'],
    [rule('r', 'evt.type=open proc.name=x'), 'L5202 p: unexpected token after `open`, expecting `or`, `and`'],
    [
      rule('r', 'evt.type=open and proc.nam=x'),
      'L5202 proc.nam: filter_check called with nonexistent field `proc.nam`',
    ],
    [rule('r', 'evt.type=opn'), 'L5202 opn: unknown event type `opn`'],
    ['- macro:\n  condition: evt.type=open\n', 'L5004 macro: mapping for key `macro` is empty'],
    ['- list: l\n', 'L5005 list: item has no mapping for key `items`'],
    ['- foo\n- list: l\n  items: []\n', 'L5004 foo: an item is a map, found the string `foo`'],
    [
      '- rule: r\n  condition: x\n  append: true\n',
      'L5201 r: rule `r` is changed but no rule by that name already exists',
    ],
    [rule('r', 'evt.type=open').replace('WARNING', 'WARN'), 'L5004 WARN: invalid priority `WARN`'],
    [
      rule('r', 'evt.type=open', 'override: {condition: merge}'),
      'L5004 merge: invalid override operation for `condition`',
    ],
    [
      '- required_engine_version: 9999999\n',
      'L5201 9999999: rules require engine version `9999999`, but what is read here is that of 0.63.0',
    ],
    [
      '- macro: a\n  condition: b\n- macro: b\n  condition: evt.type=open\n' + rule('r', 'a'),
      'L5201 b: undefined macro `b` used in filter',
    ],
  ];
  for (const [text, expected] of errors)
    assert.ok(saidOf(text).includes(expected), `${text}\n${saidOf(text).join('\n')}`);
});

test('what is not carried over is said once, and refused where the user asks for it', () => {
  const text =
    rule('r', 'evt.type=execve and proc.aenv contains A or evt.type=execve and proc.name=x') +
    rule('s', 'evt.type=execve and proc.aenv contains B');
  assert.equal(saidOf(text), [
    'L5203 proc.aenv contains A: events here have no `proc.aenv`',
    'L5204 s: rule `s` can never match: it needs `proc.aenv`',
  ]);
  assert.equal(
    saidOf(text, { 'falco.unknown-fields': 'refuse' }).map((said) => said.slice(0, 5)),
    ['L5006', 'L5204', 'L5006'],
  );
  assert.equal(saidOf(rule('r', 'evt.type=execve and proc.name < 5 or evt.type=open')), [
    'L5210 proc.name < 5: `proc.name <` cannot be said here with this value',
  ]);
});

test('names of addresses are refused with what says the same', () => {
  const [finding] = findingsOf(one('evt.type=connect and fd.sip.name=x.y or evt.type=open'));
  assert.is(finding.message, 'events here have no `fd.sip.name`');
  assert.match(finding.help ?? '', 'a rule on `net.dns` with `net.domain`');
});

test('rules that Falco leaves out, and rules about every event', () => {
  assert.equal(saidOf(rule('r', 'ct.name=x', 'source: aws_cloudtrail')), [
    'L5205 r: rule `r` is left out: unknown source `aws_cloudtrail`',
  ]);
  assert.equal(saidOf(rule('r', 'proc.nobody=x', 'skip-if-unknown-filter: true')), [
    'L5205 r: rule `r` is left out: filter_check called with nonexistent field `proc.nobody`',
  ]);
  const every = [
    'proc.name=x',
    'evt.type!=execve',
    'not evt.type in (execve, open)',
    'evt.type=open or evt.type!=connect',
  ];
  for (const condition of every)
    assert.ok(
      saidOf(rule('r', condition)).some((said) => said.startsWith('L5206 r')),
      condition,
    );
  const some = [
    'evt.type=execve and proc.name!=x',
    'evt.num=0 and proc.name=x',
    'not proc.name=x and evt.type in (execve, open)',
  ];
  for (const condition of some)
    assert.not.ok(
      saidOf(rule('r', condition)).some((said) => said.startsWith('L5206')),
      condition,
    );
});

test('rules of ours have the places of theirs', () => {
  const sources = sourcesOf(rule('a', 'evt.type=execve') + rule('b c', 'evt.type=open'));
  const spans = bundleOf(sources).manifest.rules.map(({ span }) => sources[0].text.slice(span?.start, span?.end));
  assert.equal(spans, ['a', 'b c', 'b c']);
});

test('a tag of YAML is ignored, as Falco does', () => {
  const text = rule('r', 'evt.type=open').replace('a rule', '!= after it');
  assert.equal(saidOf(text), []);
  assert.equal(matching(sourcesOf(text), [open('/x')]), [['r']]);
});

test('unknown keys and names that are near', () => {
  assert.equal(saidOf(rule('r', 'evt.type=open', 'tag: [a]')), ['L5002 tag: unknown key `tag`']);
  assert.equal(saidOf('- macros: m\n  condition: x\n- macro: n\n  condition: evt.type=open\n'), [
    'L5002 macros: the item is no rule, macro or list',
    'L5208 n: macro `n` is not referred to by any rule or macro',
  ]);
});

test('fields of the output become fields of the message', () => {
  const text = one('evt.type=open and fd.name=/x')[0].text.replace(
    'it happened',
    'read %fd.name by %proc.aname[2] at %proc.tty %evt.time',
  );
  assert.match(
    imported(sourcesOf(text), 'falco'),
    /message: read \{file\.path\} by \{proc\.ancestors\[1\]\} at %proc\.tty %evt\.time/,
  );
});

test.run();
