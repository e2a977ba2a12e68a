/** Dictionaries: every key is found where it was put, whatever the number of keys; nothing else is. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hash, mix } from '../../compiler/emit/hash.ts';
import { writeDictionary } from '../../compiler/emit/dictionary.ts';
import { Writer } from '../../compiler/emit/writer.ts';
import { DICT } from '../../vm/spec/index.ts';

const test = suite('dictionary');

/** A probe as the VM does it, written once more. */
function find(bytes: Uint8Array, at: number, key: string): number | null {
  const view = new DataView(bytes.buffer);
  const mask = view.getUint32(at, true);
  const h = hash(key, view.getUint32(at + DICT.seed, true));
  for (const bucket of [h & mask, mix(h) & mask]) {
    for (let i = 0; i < 4; i++) {
      const slot = at + DICT.header + bucket * DICT.bucket + i * DICT.slot;
      const record = view.getUint32(slot + 4, true);
      if (!record || view.getUint32(slot, true) !== h) continue;
      const length = view.getUint32(record + 4, true);
      const text = Buffer.from(bytes.subarray(record + 8, record + 8 + length)).toString('latin1');
      if (text === key) return view.getUint32(record, true);
    }
  }
  return null;
}

const build = (keys: readonly string[]): { bytes: Uint8Array; at: number } => {
  const w = new Writer();
  w.reserve(64);
  const at = writeDictionary(
    w,
    keys.map((key, i) => [key, i] as const),
  );
  return { bytes: w.finish(), at };
};

test('keys of any bytes', () => {
  const key = fc.uint8Array({ maxLength: 20 }).map((b) => Buffer.from(b).toString('latin1'));
  fc.assert(
    fc.property(fc.uniqueArray(key, { maxLength: 60 }), key, (keys, other) => {
      const { bytes, at } = build(keys);
      keys.forEach((k, i) => assert.is(find(bytes, at, k), i));
      if (!keys.includes(other)) assert.is(find(bytes, at, other), null);
    }),
    { numRuns: 300, verbose: 1 },
  );
});

test('50,000 keys, and as many that are not there', () => {
  const keys = Array.from({ length: 50_000 }, (_, i) => `/usr/lib/x86_64-linux-gnu/lib${i}.so`);
  const { bytes, at } = build(keys);
  keys.forEach((k, i) => assert.is(find(bytes, at, k), i));
  for (let i = 0; i < 50_000; i++) assert.is(find(bytes, at, `/opt/${i}`), null);
});

test('an empty dictionary holds nothing', () => {
  const { bytes, at } = build([]);
  assert.is(find(bytes, at, ''), null);
});

test.run();
