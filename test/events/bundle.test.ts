import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { Packr } from 'msgpackr';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readBundle, writeBundle, type BundleParts } from '../../vm/bundle/index.ts';
import { KeptElements, pack } from '../../vm/bundle/pack.ts';
import { unpack } from '../../vm/bundle/unpack.ts';
import type { Expr } from '../../vm/bundle/normal.ts';

const span = { source: 0, start: 0, end: 4, line: 1, column: 1 };
const when: Expr = {
  op: 'compare',
  cmp: '=',
  left: { is: 'field', field: 2 },
  right: { is: 'string', value: '/bin/\xff' },
};
const parts: BundleParts = {
  manifest: {
    format: 1,
    name: 'shop',
    version: '1',
    labels: JSON.parse('{"team":"a","__proto__":"b"}') as Record<string, string>,
    policies: [{ name: 'p', description: null, annotations: {}, mode: 'enforce', tier: 'default', order: 1000, span }],
    rules: [
      {
        name: 'r',
        policy: 0,
        action: 'deny',
        errno: 'EPERM',
        continue: false,
        kinds: ['exec'],
        severity: null,
        tags: [],
        message: null,
        log: 'audit',
        when: 'proc.path = "/bin/\\xff"',
        unless: [],
        span,
      },
    ],
    sources: ['p.yaml'],
    kinds: ['exec'],
    fields: ['proc.path'],
    cost: { exec: 12 },
    unknownCost: { exec: 34 },
  },
  normal: {
    version: 1,
    policies: [
      {
        name: 'p',
        mode: 'enforce',
        tier: 'default',
        order: 1000,
        scope: { labels: JSON.parse('{"__proto__":["*"]}') as Record<string, string[]> },
        defaults: { 1: 'deny' },
        rules: [{ name: 'r', kinds: [1], when, unless: [], action: 'deny', errno: 1, continue: false }],
      },
    ],
  },
  program: Uint8Array.of(1, 2, 3, 4, 5),
  sources: [{ path: 'p.yaml', text: 'é' }],
  cover: Uint8Array.of(6, 7),
};

const error = (bytes: Uint8Array): string => {
  const result = readBundle(bytes);
  return 'error' in result ? result.error : 'fine';
};

test('what was written is read', () => {
  const file = writeBundle(parts);
  const result = readBundle(file);
  if ('error' in result) throw new Error(result.error);
  const { digest, program, cover, ...rest } = result.bundle;
  assert.equal([...program], [1, 2, 3, 4, 5]);
  assert.equal([...cover], [6, 7]);
  for (const { byteOffset } of [program, cover]) assert.is((byteOffset - file.byteOffset) % 8, 0);
  assert.is(digest, createHash('sha256').update(file).digest('hex'));
  assert.equal(rest, { manifest: parts.manifest, normal: parts.normal, sources: parts.sources });
  assert.is(JSON.stringify(rest.normal.policies[0].scope), '{"labels":{"__proto__":["*"]}}');
});

test('a bundle of the first format has no cover', () => {
  const file = Buffer.from(writeBundle({ ...parts, cover: new Uint8Array(0) }));
  const [table, entry] = [16, 56];
  const first = Buffer.concat([file.subarray(0, table + 4 * entry), file.subarray(table + 5 * entry)]);
  first.writeUInt32LE(1, 8);
  first.writeUInt32LE(4, 12);
  for (let i = 0; i < 4; i++) {
    const at = table + i * entry + 8;
    first.writeBigUInt64LE(first.readBigUInt64LE(at) - BigInt(entry), at);
  }
  const result = readBundle(first);
  if ('error' in result) throw new Error(result.error);
  assert.equal(result.bundle.normal, parts.normal);
  assert.is(result.bundle.cover.length, 0);
});

test('the same parts give the same bytes, in whatever order their members stand', () => {
  const reversed = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(reversed);
    if (value instanceof Uint8Array || typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, member]) => [key, reversed(member)]),
    );
  };
  assert.equal(writeBundle(reversed(parts) as BundleParts), writeBundle(parts));
  assert.equal(pack({ a: undefined, b: 1 }), pack({ b: 1 }));
});

test('MessagePack gives back JSON values', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      const back = unpack(pack(value));
      // -0 is 0 in JSON, and the order of members has no meaning.
      assert.ok('value' in back);
      assert.equal(JSON.parse(JSON.stringify(back.value)), JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('what claims to be long, is no text or no plain value, is refused', () => {
  const why = (...bytes: number[]): string => {
    const read = unpack(Uint8Array.from(bytes));
    return 'error' in read ? read.error : 'fine';
  };
  assert.is(why(0xdd, 0xff, 0xff, 0xff, 0xff, 0xdd, 0xff, 0xff, 0xff, 0xff), 'it is truncated');
  assert.is(why(0xdb, 0xff, 0xff, 0xff, 0xff, 0x41), 'it is truncated');
  assert.is(why(0x81, 0xa5, 0x41), 'it is truncated');
  assert.is(why(), 'it is truncated');
  assert.is(why(0xc0, 0xc0), 'bytes behind the value');
  assert.is(why(0xa2, 0xc3, 0x28), 'a text that is not UTF-8');
  assert.is(why(0x81, 0x01, 0x01), 'a key that is no text');
  for (const head of [0xc1, 0xc4, 0xc7, 0xd4, 0xd8]) assert.match(why(head, 0, 0), /no plain value begins with/);
});

test('what nobody packed is a value or an error, and what another writer packed is read alike', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const read = unpack(bytes);
      assert.ok('value' in read || read.error.length > 0);
    }),
    { numRuns: 2000 },
  );
  const other = new Packr({ useRecords: false });
  const numbers = fc.oneof(fc.maxSafeInteger(), fc.double({ noNaN: true }), fc.integer());
  const values = fc.array(fc.oneof(numbers, fc.string({ unit: 'binary', maxLength: 40 }), fc.boolean()), {
    maxLength: 40,
  });
  fc.assert(
    fc.property(values, (list) => assert.equal(unpack(other.pack({ list })), { value: { list } })),
    { numRuns: 300 },
  );
});

test('long lists are packed in parts: the bytes are those of the whole, whatever was kept of other lists', () => {
  const whole = new Packr({ useRecords: false, variableMapSize: true });
  const known = Array.from({ length: 300 }, (_, i) => ({ a: i, b: [`element ${i}`] }));
  const pieces = fc.array(
    fc.tuple(fc.nat(299), fc.oneof(fc.nat(20), fc.nat(200))).map(([at, n]) => known.slice(at, at + n)),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(fc.array(pieces, { minLength: 1, maxLength: 4 }), (builds) => {
      const kept = new KeptElements();
      for (const build of builds) {
        const list = build.flat();
        const value = { first: [{ inside: list, z: 1 }], list, other: null };
        const expected = whole.pack(value);
        assert.is(Buffer.compare(pack(value), expected), 0);
        assert.is(Buffer.compare(pack(value, kept), expected), 0);
      }
    }),
    { numRuns: 50 },
  );
  const long = Array.from({ length: 70_000 }, (_, i) => i);
  assert.is(Buffer.compare(pack(long), whole.pack(long)), 0);
});

test('every byte counts: a changed or a missing one is refused', () => {
  const file = writeBundle(parts);
  for (let at = 0; at < file.length; at += 3) {
    const changed = Uint8Array.from(file);
    changed[at] ^= 1 + (at % 255);
    assert.is.not(error(changed), 'fine', `byte ${at}`);
  }
  for (let length = 0; length < file.length; length += 7) assert.is.not(error(file.subarray(0, length)), 'fine');
});

test('each thing that can be wrong is named', () => {
  const changed = (change: (file: Buffer) => void): string => {
    const file = Buffer.from(writeBundle(parts));
    change(file);
    return error(file);
  };
  assert.is(error(new Uint8Array(0)), 'not a bundle');
  assert.is(error(Buffer.from('apiVersion: lictor.dev/v1')), 'not a bundle');
  assert.is(error(writeBundle(parts).subarray(0, 12)), 'the bundle is truncated');
  assert.is(error(writeBundle(parts).subarray(0, 40)), 'the bundle is truncated');
  assert.is(error(writeBundle(parts).subarray(0, -1)), 'the bundle is truncated');
  assert.is(error(Buffer.concat([writeBundle(parts), Buffer.alloc(8)])), 'the bundle is damaged: bytes behind its end');
  assert.is(
    changed((f) => f.writeUInt32LE(3, 8)),
    'the bundle has format 3, this version of lictor reads formats up to 2',
  );
  assert.is(
    changed((f) => f.writeUInt32LE(4, 12)),
    'the bundle is damaged: 4 sections',
  );
  assert.is(
    changed((f) => f.writeUInt32LE(0, 16 + 8)),
    'the bundle is damaged: the section `manifest` is not where it should be',
  );
  assert.is(
    changed((f) => f.writeBigUInt64LE(2n ** 64n - 1n, 16 + 16)),
    'the bundle is truncated',
  );
  assert.is(
    changed((f) => f.writeUInt8(f[300] ^ 1, 300)),
    'the bundle is damaged: the section `manifest` does not have its digest',
  );
});

test('a file with good digests and parts of another shape is refused', () => {
  const forged = (change: object): string => error(writeBundle({ ...parts, ...change }));
  assert.match(forged({ manifest: { ...parts.manifest, rules: 1 } }), /section `manifest` at `rules`/);
  assert.match(forged({ sources: [{ path: 1 }] }), /section `sources` at `0.path`/);
  const rule = parts.normal.policies[0].rules[0];
  const normal = (change: object) => ({
    normal: { version: 1, policies: [{ ...parts.normal.policies[0], rules: [{ ...rule, ...change }] }] },
  });
  assert.match(forged(normal({ kinds: [99] })), /`policies.0.rules.0.kinds.0`: unknown number/);
  assert.match(forged(normal({ when: { op: 'exists', field: { field: 127 } } })), /unknown number/);
  assert.match(forged(normal({ name: 'other' })), /its manifest and its rules disagree/);
  assert.ok('error' in unpack(new Uint8Array(100000).fill(0x91)));
});

test.run();
