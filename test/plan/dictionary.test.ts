/** Dictionaries: every key is found where it was put, whatever the number of keys; nothing else is. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hash, hashed, highProduct } from '../../compiler/emit/hash.ts';
import { writeDictionary } from '../../compiler/emit/dictionary.ts';
import { Writer } from '../../compiler/emit/writer.ts';
import { DICT, DICT_RECORD } from '../../vm/spec/index.ts';

const test = suite('dictionary');

/** The VM's own look-up is held against this one by every differential test; this one follows the specification. */
function find(bytes: Uint8Array, at: number, key: string): number | null {
  const view = new DataView(bytes.buffer);
  const buckets = view.getUint32(at + DICT.buckets, true);
  hash(key, view.getUint32(at + DICT.seed, true));
  const { place, tag } = hashed;
  const inBucket = (bucket: number): number | null => {
    for (let i = 0; i < 4; i++) {
      const slot = at + DICT.header + bucket * DICT.bucket + i * DICT.slot;
      const record = view.getUint32(slot + 4, true) & ~DICT.overflow;
      if (!record || view.getUint32(slot, true) !== tag) continue;
      const length = view.getUint16(record + DICT_RECORD.length, true);
      const start = record + DICT_RECORD.bytes;
      const text = Buffer.from(bytes.subarray(start, start + length)).toString('latin1');
      if (text === key) return view.getUint32(record, true);
    }
    return null;
  };
  const first = highProduct(place, buckets);
  const found = inBucket(first);
  const overflow = view.getUint32(at + DICT.header + first * DICT.bucket + 4, true) & DICT.overflow;
  if (found !== null || !overflow) return found;
  return inBucket(highProduct((Math.imul(tag, DICT.second) ^ place) >>> 0, buckets));
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
