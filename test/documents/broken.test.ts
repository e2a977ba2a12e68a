/** Broken documents and everything that is said of them, in one golden text. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CATALOGUE, renderDiagnostics } from '../../compiler/diagnostics/index.ts';
import { compile } from '../../compiler/index.ts';
import { casesOf, matchesGolden, sourcesOf, TODAY } from './support.ts';

const test = suite('broken documents');
const cases = casesOf('broken.txt').map(({ title, text }) => {
  const sources = sourcesOf(text);
  return { title, text, sources, ...compile(sources, { today: TODAY }) };
});

test('each finding, with its place and help', () => {
  const texts = cases.map(({ title, sources, diagnostics }) => {
    return `=== ${title}\n${renderDiagnostics(diagnostics, sources, { color: false })}\n`;
  });
  matchesGolden('broken.txt', texts.join('\n'));
});

test('each case is an error, and no finding is said twice', () => {
  for (const { title, value, diagnostics } of cases) {
    assert.is(value, null, title);
    const said = diagnostics.map(({ code, span, message }) => `${code} ${span?.start} ${message}`);
    assert.is(new Set(said).size, said.length, title);
  }
});

test('messages are lower case, without a final period, and places lie in their source', () => {
  for (const { title, text, diagnostics } of cases) {
    for (const { message, help, span } of diagnostics) {
      assert.ok(!/^[A-Z][a-z]/.test(message) && !message.endsWith('.'), `${title}: ${message}`);
      assert.ok(help === null || (!/^[A-Z][a-z]/.test(help) && !help.endsWith('.')), `${title}: ${help}`);
      assert.ok(span === null || (span.start <= span.end && span.end <= text.length), title);
    }
  }
});

/** Codes that need more than one broken document, and where they are tested. */
const ELSEWHERE = new Set(['L1001', 'L1002', 'L1004', 'L1009', 'L1306']);

test('each code of documents occurs', () => {
  const said = new Set(cases.flatMap(({ diagnostics }) => diagnostics.map(({ code }) => code)));
  const silent = Object.keys(CATALOGUE).filter((code) => code.startsWith('L1') && !said.has(code));
  assert.equal(
    silent.filter((code) => !ELSEWHERE.has(code)),
    [],
  );
});

test.run();
