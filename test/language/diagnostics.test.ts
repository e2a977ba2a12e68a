/** Diagnostics: the catalogue, places, and what people see. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  CATALOGUE,
  diagnose,
  lineIndex,
  nearest,
  positionOf,
  renderDiagnostics,
  type CatalogueEntry,
  type DiagnosticCode,
} from '../../compiler/diagnostics/index.ts';

const PLAIN = { color: false };
const source = (text: string) => ({ path: 'policy.yaml', text });
const render = (text: string, start: number, end: number) =>
  renderDiagnostics([diagnose('L2006', 'wrong', { source: 0, start, end }, 'write it right')], [source(text)], PLAIN);

test('every code has a title and a page', () => {
  for (const [code, entry] of Object.entries(CATALOGUE) as [DiagnosticCode, CatalogueEntry][]) {
    assert.match(code, /^L[1-5]\d{3}$/);
    assert.ok(entry.title.length > 2 && !entry.title.endsWith('.'), code);
    assert.ok(entry.text.length > 20, code);
    assert.is(diagnose(code, 'x', null).severity, entry.severity);
  }
});

test('a frame shows the place between its neighbours', () => {
  const text = 'one: 1\r\ntwo: "x"\r\nthree: 3\r\nfour: 4\r\n';
  assert.is(
    render(text, text.indexOf('"x"'), text.indexOf('"x"') + 3),
    [
      'error[L2006]: wrong',
      '  policy.yaml:2:6',
      '  1 | one: 1',
      '> 2 | two: "x"',
      '    |      ^^^',
      '  3 | three: 3',
      '  help: write it right',
    ].join('\n'),
  );
});

test('long lines, long spans and large sources are cut', () => {
  const long = `${'a'.repeat(100_000)}HERE${'b'.repeat(100_000)}`;
  const shown = render(long, 100_000, 100_004);
  assert.match(shown, 'aHEREb');
  assert.ok(shown.length < 500);
  const many = 'line\n'.repeat(1_500_000);
  assert.ok(render(many, 0, many.length).length < 1000);
  assert.match(render(many, many.length, many.length), 'policy.yaml:1500001:1');
});

test('a source cannot write to the terminal', () => {
  const text = 'a\x1b[31m\u202eb\x00\x07 = "\u2028"';
  const shown = renderDiagnostics(
    [
      diagnose('L2006', `\`${text}\``, { source: 0, start: 0, end: 5 }, text, [
        { message: text, span: { source: 0, start: 0, end: 1 } },
      ]),
    ],
    [source(text)],
    PLAIN,
  );

  assert.not.match(shown, /[\x00-\x09\x0b-\x1f\u202e\u2028]/);
});

test('colours only where they are asked for', () => {
  const one = [diagnose('L3001', 'odd', { source: 0, start: 0, end: 1 })];

  assert.not.match(renderDiagnostics(one, [source('x')], PLAIN), /\x1b/);

  assert.match(renderDiagnostics(one, [source('x')], { color: true }), /\x1b\[/);
});

test('any span of any source can be shown', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(40), fc.nat(40), (text, start, length) => {
      render(text, Math.min(start, text.length), Math.min(start + length, text.length));
      const { line, column } = positionOf(source(text), start);
      const before = text.slice(0, start).split('\n');
      assert.equal([line, column], [before.length, before.at(-1)!.length + 1]);
      assert.is(lineIndex(source(text)).lines, text.split('\n').length);
    }),
    { numRuns: 1000 },
  );
});

test('the nearest name', () => {
  const names = ['proc.name', 'proc.pname', 'file.path', 'net.remote_ip'];
  assert.is(nearest('proc.nam', names), 'proc.name');
  assert.is(nearest('porc.name', names), 'proc.name');
  assert.is(nearest('PROC.NAME', names), 'proc.name');
  assert.is(nearest('file.pth', names), 'file.path');
  assert.is(nearest('zzz', names), null);
  assert.is(nearest('x'.repeat(1000), names), null);
  assert.is(nearest('', names), null);
});

test.run();
