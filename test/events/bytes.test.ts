import { isIP } from 'node:net';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseAddress } from '../../vm/event/address.ts';
import { byteString, fromUtf8, utf8, writeBytes } from '../../vm/event/bytes.ts';

const ascii = fc.uint8Array({ maxLength: 60, max: 127 });
const bytes = fc.oneof(fc.uint8Array({ maxLength: 60 }), ascii);

test('bytes become characters and bytes again, as in Latin-1', () => {
  fc.assert(
    fc.property(bytes, fc.nat(5), (all, start) => {
      const from = Math.min(start, all.length);
      const text = byteString(all, from);
      assert.is(text, Buffer.from(all.subarray(from)).toString('latin1'));
      const back = new Uint8Array(text.length);
      assert.is(writeBytes(text, back), text.length);
      assert.equal(back, all.slice(from));
    }),
  );
  // a mark that decoders drop, and the character that stands for what they cannot read
  for (const sample of ['\ufeff' + 'a'.repeat(30), '\ufffd' + 'a'.repeat(30)]) {
    assert.is(byteString(Buffer.from(sample)), Buffer.from(sample).toString('latin1'));
  }
});

test('texts become their UTF-8 bytes, and back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (text) => {
      assert.is(utf8(text), Buffer.from(text, 'utf8').toString('latin1'));
      assert.is(fromUtf8(utf8(text)), text);
    }),
  );
});

test("addresses are those that Node knows, and none of another's forms", () => {
  const group = fc.oneof(
    fc.constantFrom('', '0', '1', 'fFfF', '00a', '12345', 'g', '1.2.3.4', '1.2.3.256', '01.2.3.4'),
  );
  const written = fc.oneof(
    fc.array(group, { minLength: 1, maxLength: 10 }).map((groups) => groups.join(':')),
    fc
      .tuple(fc.array(group, { maxLength: 8 }), fc.array(group, { maxLength: 8 }))
      .map((s) => s.map((g) => g.join(':')).join('::')),
    fc.array(fc.constantFrom('0', '1', '00', '255', '256', '', 'a'), { maxLength: 5 }).map((parts) => parts.join('.')),
    fc.ipV4(),
    fc.ipV6(),
  );
  fc.assert(
    fc.property(written, (text) => {
      assert.is(parseAddress(text) !== undefined, isIP(text) !== 0, text);
      assert.ok([16, undefined].includes(parseAddress(text)?.length));
    }),
    { numRuns: 3000 },
  );
});

test.run();
