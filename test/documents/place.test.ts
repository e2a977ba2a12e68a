/** From offsets in a scalar's value to the places where its text is written. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import fc from 'fast-check';
import { runSeed } from '../generators/random.ts';
import { Document, Scalar, parseDocument, stringify } from 'yaml';
import { alignScalar } from '../../compiler/document/place.ts';
import { readYaml } from '../../compiler/document/yaml.ts';
import type { LocatedScalar } from '../../compiler/document/located.ts';
import { positions, manifestSpans } from '../../compiler/source/positions.ts';

const test = suite('places');

/** The scalar of `when: …`. */
function scalarOf(text: string): LocatedScalar {
  const { value, diagnostics } = readYaml({ path: 'a', text }, 0);
  assert.equal(diagnostics, [], text);
  const [root] = value.roots;
  if (root.is !== 'map' || root.entries[0].value.is !== 'scalar') throw new Error(`BUG: no scalar in ${text}`);
  return root.entries[0].value;
}

/** What is written where a part of the value stands. */
function written(text: string, part: string): string {
  const scalar = scalarOf(text);
  const at = scalar.text.indexOf(part);
  assert.ok(at >= 0, `${part} is not in ${JSON.stringify(scalar.text)}`);
  const { start, end } = scalar.place(at, at + part.length);
  return text.slice(start, end);
}

test('plain, quoted and escaped', () => {
  assert.is(written('when: a = b\n', 'b'), 'b');
  assert.is(written("when: 'it''s here'\n", 'here'), 'here');
  assert.is(written("when: 'it''s here'\n", "it's"), "it''s");
  assert.is(written('when: "a\\u0041\\x42\\n\\"here\\""\n', 'here'), 'here');
  assert.is(written('when: "a\\u0041\\x42\\n\\"here\\""\n', 'AB\n'), '\\u0041\\x42\\n');
  assert.is(written('when: "\\U0001F600 here"\n', '😀'), '\\U0001F600');
  assert.is(written('when: "😀 here"\n', 'here'), 'here');
});

test('folded over lines', () => {
  for (const text of [
    'when: one\n  two\n\n\n  here\n  three\n',
    "when: 'one  \n  two\t\n\n  here\n\n three'\n",
    'when: "one\\  \n  two \\\n   here\n  three"\n',
    'when: >\n  one\n  two\n\n  here\n    more\n\n  three\n\n',
    'when: >2-\n    one\n  here\n',
    'when: |\n  one\n\n    two\n  here\n',
    'when: |+  # a comment\n\n  one\n  here\n\n\n',
    'when: >-\r\n  one\r\n  here\r\n',
    "when: 'one\r\n  here'\r\n",
  ]) {
    assert.is(written(text, 'here'), 'here', JSON.stringify(text));
  }
});

test('random texts in every style', () => {
  const seed = runSeed();
  console.log(`seed ${seed}`);
  const piece = fc.constantFrom(
    'a',
    'bc',
    ' ',
    '  ',
    '\n',
    '\n\n',
    "'",
    '"',
    '\\',
    '\t',
    '#',
    ': ',
    'é',
    '😀',
    '\u0007',
    '-',
    '{',
  );
  const style = fc.constantFrom('PLAIN', 'QUOTE_SINGLE', 'QUOTE_DOUBLE', 'BLOCK_FOLDED', 'BLOCK_LITERAL');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), style, fc.constantFrom(0, 20, 40), (pieces, type, lineWidth) => {
      const value = pieces.join('');
      const node = new Scalar(value);
      node.type = type;
      const text = new Document({ when: node }).toString({ lineWidth, minContentWidth: 5 });
      // The library prints some texts so that it reads others, or none, or folds a line within a surrogate pair.
      const read = parseDocument(text);
      fc.pre(!/[\u0007\p{Cs}]/u.test(text) && read.errors.length === 0 && read.get('when') === value);
      const scalar = scalarOf(text);
      assert.is(scalar.text, value);
      const whole = scalar.place(0, 0);
      let last = -1;
      for (let i = 0; i < value.length; i++) {
        const { start, end } = scalar.place(i, i + 1);
        assert.ok(start >= last && start <= end, `${JSON.stringify(text)} at ${i}`);
        // A letter stands for itself, unless it is escaped.
        if (/[a-z{]/.test(value[i])) assert.is(text[start], value[i], `${JSON.stringify(text)} at ${i}`);
        last = start;
      }
      assert.ok(whole.start <= last || value === '');
    }),
    { seed, numRuns: 2000 },
  );
});

test('a text that does not explain its value has no places', () => {
  assert.is(alignScalar('abc', 'abd'), null);
  assert.is(alignScalar('>\n  abc', 'abd'), null);
  assert.is(alignScalar('|', 'a'), null);
});

test('lines, columns and bytes', () => {
  const at = positions('ab\nü😀x\r\n');
  assert.equal([0, 2, 3, 4, 6, 7].map(at), [
    { line: 1, column: 1, byte: 0 },
    { line: 1, column: 3, byte: 2 },
    { line: 2, column: 1, byte: 3 },
    { line: 2, column: 2, byte: 5 },
    { line: 2, column: 3, byte: 9 },
    { line: 2, column: 4, byte: 10 },
  ]);
  const place = manifestSpans([
    { path: 'a', text: '' },
    { path: 'b', text: 'é = 1' },
  ]);
  assert.equal(place({ source: 1, start: 2, end: 5 }), { source: 1, start: 3, end: 6, line: 1, column: 3 });
});

test('what the library prints is read as it was', () => {
  assert.is(scalarOf(stringify({ when: 'a\n b' })).text, 'a\n b');
});

test.run();
