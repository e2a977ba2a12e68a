/** Inputs that are meant to hurt: each ends in a located finding, never in an exception. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import fc from 'fast-check';
import { runSeed } from '../generators/random.ts';
import { compile, decodeSource, format } from '../../compiler/index.ts';
import { parseYaml, readYaml } from '../../compiler/document/yaml.ts';
import { LIMITS } from '../../vm/spec/limits.ts';
import { codes, document, findings, policy, sourcesOf, TODAY } from './support.ts';

const test = suite('hostile documents');
const RULE = '{name: r, on: exec, when: "true", action: deny}';
const DEEP = 10_000;

test('deep nesting', () => {
  for (const text of [
    '['.repeat(DEEP),
    '['.repeat(DEEP) + ']'.repeat(DEEP),
    '{a: '.repeat(DEEP),
    '- '.repeat(DEEP),
    '? '.repeat(DEEP),
  ]) {
    assert.equal(codes(text), ['L1004'], text.slice(0, 8));
    assert.equal(codes(policy([RULE]) + `\n---\nx:\n ${text}`), ['L1004']);
    assert.is(format({ path: 'a', text }).value, null);
  }
  const lines = Array.from({ length: 3000 }, (_, i) => `${' '.repeat(i)}a:\n`).join('');
  assert.equal(codes(lines), ['L1004']);
  const [found] = findings(`x: ${'['.repeat(DEEP)}`);
  assert.is(found.span!.start, 3 + LIMITS.documentDepth.value - 2);
});

test('deep nesting of an expression', () => {
  const when = `${'('.repeat(DEEP)}true${')'.repeat(DEEP)}`;
  assert.equal(codes(policy([`{name: r, on: exec, when: "${when}", action: deny}`])), ['L2007']);
});

test('alias bombs', () => {
  const lines = Array.from(
    { length: 30 },
    (_, i) => `  l${i + 1}: &l${i + 1} [${Array(10).fill(`*l${i}`).join(', ')}]`,
  );
  const bomb = `x:\n  l0: &l0 [a]\n${lines.join('\n')}\n`;
  assert.ok(codes(bomb).includes('L1009'));
  const inParameter = document('Library', 'l', `\n  parameters: {p: {type: list, default: a}}\n  ${bomb}`);
  assert.ok(codes(inParameter).includes('L1009'));
  assert.is(codes(inParameter).filter((code) => code === 'L1009').length, 1, 'said once');
});

test('aliases of ordinary size are values', () => {
  const text = policy([
    '{name: r, on: exec, when: &c "proc.uid = 0", action: deny}',
    '{name: s, on: cap, when: *c, action: deny}',
  ]);
  const { value } = compile(sourcesOf(text), { today: TODAY });
  assert.equal(value!.normal.policies[0].rules[0].when, value!.normal.policies[0].rules[1].when);
});

test('sizes', () => {
  const text = policy([RULE]);
  assert.equal(codes(text, { maxSourceBytes: 10 }), ['L1001']);
  assert.equal(codes(text, { maxSourceBytes: text.length }), []);
  assert.equal(codes(`# ${'é'.repeat(10)}\n`, { maxSourceBytes: 22 }), ['L1001'], 'bytes, not characters');
  assert.equal(codes('#'.repeat(LIMITS.sourceBytes.value + 1)), ['L1001']);
  assert.equal(codes(['#'.repeat(100), policy([RULE])], { maxSourceBytes: 20 }), ['L1001', 'L1001'], 'one a source');
});

test('characters that no text holds', () => {
  for (const [text, message] of [
    ['a: b\0', 'the character U+0000 may not stand in YAML'],
    ['a: "\u001b[31m"', 'the character U+001B may not stand in YAML'],
    ['a: \ud800', 'the character U+D800 may not stand in YAML'],
    ['&\u00a0 x', 'an anchor with a blank in its name'],
  ]) {
    assert.equal(
      findings(text)
        .slice(0, 1)
        .map((found) => [found.code, found.message]),
      [['L1003', message]],
    );
    assert.is(format({ path: 'a', text }).value, null);
  }
});

test('more values than bytes suggest', () => {
  const { value, diagnostics } = parseYaml({ path: 'a', text: `[${'a,'.repeat(1000)}` }, 0, 1000);
  assert.equal([value, diagnostics.map(({ code }) => code)], [null, ['L1001']]);
});

test('bytes that are not UTF-8', () => {
  const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
  for (const [text, at, hex] of [
    ['abc\xff', 3, 'ff'],
    ['\x80', 0, '80'],
    ['a\xc3', 1, 'c3'],
    ['a\xc3\xa9\xe2\x82', 3, 'e2'],
    ['\xed\xa0\x80', 0, 'ed'],
    ['\xc0\xaf', 0, 'c0'],
    ['\xf5\x80\x80\x80', 0, 'f5'],
    ['\xef\xbf\xbd ok \xfe', 7, 'fe'],
  ] as const) {
    const { value, diagnostics } = decodeSource('a.yaml', bytes(text), { source: 3 });
    assert.is(diagnostics.length, 1, text);
    assert.is(diagnostics[0].code, 'L1002');
    assert.is(diagnostics[0].message, `byte ${at} (0x${hex}) is not UTF-8`);
    assert.is(diagnostics[0].span!.source, 3);
    assert.is(value.text[diagnostics[0].span!.start], '\ufffd');
  }
  const good = decodeSource('a.yaml', Buffer.from('\ufeffkey: \ufffd€😀\n'));
  assert.equal(good, { value: { path: 'a.yaml', text: 'key: \ufffd€😀\n' }, diagnostics: [] });
  assert.is(decodeSource('a', new Uint8Array(10), { maxSourceBytes: 9 }).diagnostics[0].code, 'L1001');
});

test('names that objects have', () => {
  const text = policy(
    [`{name: constructor, on: exec, when: 'true', action: deny, __proto__: x, toString: y}`],
    '__proto__',
  );
  assert.equal(codes(text), ['L1104', 'L1104']);
  const library = document('Library', 'l', `{lists: {__proto__: [a], constructor: [b]}}`);
  const rule = `{name: r, on: exec, when: 'proc.name in __proto__ or proc.name in constructor', action: deny}`;
  assert.equal(codes([policy([rule]), library]), []);
  assert.equal(codes(policy([`{name: r, on: exec, when: 'proc.name in toString', action: deny}`])), ['L2102']);
  assert.equal(codes(policy([RULE]), { set: { __proto__x: '1', toString: '2' } }), ['L1205', 'L1205']);
});

test('a carriage return alone hides nothing', () => {
  for (const text of ['\n    - #\r[', `${policy([RULE])}# see below\rmetadata: {name: other}\n`]) {
    const { diagnostics } = format({ path: 'a.yaml', text });
    assert.equal(
      diagnostics.map(({ code, message }) => [code, message]),
      [['L1003', 'the character U+000D may not stand in YAML']],
    );
    assert.equal(codes(text), ['L1003']);
  }
  assert.equal(codes(policy([RULE]).replaceAll('\n', '\r\n')), []);
});

/** Pieces of documents, joined at random: near enough to the form to get far into the reader. */
const PIECES = [
  ...'[]{}:,-?|>&*!%@`"\'#~ \n\t',
  ...[
    '\r\n',
    '\n  ',
    '\n    - ',
    '---\n',
    '...\n',
    '%YAML 1.2\n',
    '&a ',
    '*a',
    '!!str ',
    '<<: ',
    '"\\u00',
    '>-\n',
    '|2\n',
    '\u0000',
    '\ud83d\ude00',
  ],
  ...[
    'apiVersion: lictor.dev/v1\n',
    'kind: Policy\n',
    'kind: Library\n',
    'metadata: {name: p}\n',
    'spec:\n',
    'spec: {',
  ],
  ...[
    'mode: enforce',
    'rules:',
    'name: r',
    'on: exec',
    'when: ',
    'action: deny',
    'lists: ',
    'macros: ',
    'defaults: ',
    'scope: ',
  ],
  ...['true', 'null', '1.5', '0x10', 'proc.name = "a"', '(', ')', ' and ', ' in ', '$p', 'exec'],
];

test('anything at all: no exception, and places in the text', () => {
  const seed = runSeed();
  console.log(`seed ${seed}`);
  const text = fc.oneof(
    fc.array(fc.constantFrom(...PIECES), { maxLength: 60 }).map((parts) => parts.join('')),
    fc.string({ unit: 'binary', maxLength: 80 }),
    fc.array(fc.constantFrom(...PIECES), { maxLength: 20 }).map((parts) => policy([`${RULE}${parts.join('')}`])),
  );
  fc.assert(
    fc.property(text, (given) => {
      const { diagnostics } = compile(sourcesOf(given), { today: TODAY });
      for (const { span } of diagnostics) {
        if (span !== null) assert.ok(0 <= span.start && span.start <= span.end && span.end <= given.length);
      }
      readYaml({ path: 'a', text: given }, 0);
      const formatted = format({ path: 'a', text: given });
      assert.is(formatted.value === null, formatted.diagnostics.length > 0);
    }),
    { seed, numRuns: 1500 },
  );
});

test.run();
