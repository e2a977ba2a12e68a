/** Offsets to lines, columns and bytes: against counting by hand, on texts that cross the table's stride. */
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { positions } from '../../compiler/source/positions.ts';

/** The same by hand: everything before the offset is looked at. */
function counted(text: string, offset: number): { line: number; column: number; byte: number } {
  const before = text.slice(0, offset);
  const lines = before.split('\n');
  return { line: lines.length, column: [...lines[lines.length - 1]].length + 1, byte: Buffer.byteLength(before) };
}

test('positions are those that counting gives', () => {
  const piece = fc.constantFrom('a', 'é', '漢', '😀', '\n', '\r\n', 'x'.repeat(700), '😀'.repeat(300));
  const texts = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(texts, fc.double({ min: 0, max: 1, noNaN: true }), (text, part) => {
      let offset = Math.floor(part * text.length);
      // Spans start and end between characters.
      if (/[\udc00-\udfff]/.test(text[offset] ?? '')) offset--;
      assert.equal(positions(text)(offset), counted(text, offset));
    }),
    { numRuns: 500 },
  );
});

test('the ends of texts of whole strides', () => {
  for (const text of ['', 'x'.repeat(1024), `${'x'.repeat(1023)}\n`, '😀'.repeat(1024)]) {
    assert.equal(positions(text)(text.length), counted(text, text.length));
  }
});

test('a document on one line: each of its many places is found at once', () => {
  const text = 'é'.repeat(4_000_000);
  const at = positions(text);
  for (let offset = 0; offset < text.length; offset += 100) assert.is(at(offset).byte, 2 * offset);
});

test.run();
