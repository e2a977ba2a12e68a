import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Event, Value } from '../../vm/event/event.ts';
import { decodeRecord, encodeRecord, fieldId, joinFacts, RecordWriter } from '../../vm/event/index.ts';
import { FIELDS } from '../../vm/spec/fields.ts';
import { RECORD, SLOT } from '../../vm/spec/record.ts';
import { event } from './arbitrary.ts';

const make = (values: Record<string, Value>, kind = 1): Event => ({
  kind,
  time: undefined,
  values: new Map(Object.entries(values).map(([name, value]) => [fieldId(name), value])),
});

const decoded = (bytes: Uint8Array, offset = 0) => {
  const record = decodeRecord(bytes, offset);
  if ('error' in record) throw new Error(record.error);
  return record;
};

const key = fc.bigInt(0n, 2n ** 64n - 1n);

test('decoding gives back what was encoded', () => {
  fc.assert(
    fc.property(event, key, key, key, fc.nat(16), (sample, subject, workload, token, offset) => {
      const record = encodeRecord(sample, { subject, workload, token });
      const bytes = new Uint8Array(offset + record.length + 8).fill(0xaa);
      bytes.set(record, offset);
      const back = decoded(bytes, offset);
      assert.equal([...back.event.values].sort(), [...sample.values].sort());
      assert.equal([back.event.kind, back.event.time], [sample.kind, sample.time]);
      assert.equal([back.subject, back.workload, back.token, back.size], [subject, workload, token, record.length]);
    }),
    { numRuns: 300 },
  );
});

test('a record that was changed anywhere is read or refused, never a crash', () => {
  const byte = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }));
  fc.assert(
    fc.property(event, fc.array(byte, { minLength: 1, maxLength: 6 }), fc.nat(40), (sample, changes, cut) => {
      const record = encodeRecord(sample);
      for (const [at, to] of changes) record[at % record.length] = to;
      const result = decodeRecord(record.subarray(0, record.length - cut));
      assert.ok('error' in result || result.size <= record.length);
    }),
    { numRuns: 2000 },
  );
});

test('random bytes with a plausible head are read or refused, never a crash', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 0, maxLength: 512 }), fc.nat(8), (bytes, slots) => {
      if (bytes.length >= RECORD.header) {
        const view = new DataView(bytes.buffer, bytes.byteOffset);
        view.setUint32(RECORD.size, bytes.length & ~7, true);
        bytes[RECORD.kind] = 1;
        bytes[RECORD.version] = 1;
        view.setUint16(RECORD.slots, slots, true);
        view.setUint32(RECORD.reserved, 0, true);
        for (let i = 0; i < slots; i++) {
          const at = RECORD.header + i * RECORD.slot;
          if (at + RECORD.slot > bytes.length) break;
          view.setUint16(at, FIELDS[bytes[at] % FIELDS.length].id, true);
          view.setUint16(at + SLOT.reserved, 0, true);
          view.setUint32(at + SLOT.length, bytes[at + SLOT.length] % 64, true);
          view.setBigUint64(at + SLOT.value, BigInt(bytes[at + SLOT.value]), true);
        }
      }
      decodeRecord(bytes);
    }),
    { numRuns: 3000 },
  );
});

const broken = (change: (view: DataView) => void): string => {
  const record = encodeRecord(make({ 'proc.path': '/bin/sh', 'proc.args': ['sh', '-c'], 'proc.uid': 0n }));
  change(new DataView(record.buffer));
  const result = decodeRecord(record);
  return 'error' in result ? result.error : 'fine';
};
const slot = (i: number, part: number) => RECORD.header + i * RECORD.slot + part;

test('each thing that can be wrong is named', () => {
  assert.is(
    broken(() => {}),
    'fine',
  );
  const cases: [change: (view: DataView) => void, message: RegExp][] = [
    [(v) => v.setUint32(RECORD.size, v.byteLength + 8, true), /it says \d+ bytes, \d+ are there/],
    [(v) => v.setUint32(RECORD.size, v.byteLength - 4, true), /not a multiple of 8/],
    [(v) => v.setUint32(RECORD.size, 0, true), /slots do not fit/],
    [(v) => v.setUint32(RECORD.size, 1 << 20, true), /above the limit/],
    [(v) => v.setUint8(RECORD.kind, 200), /unknown kind 200/],
    [(v) => v.setUint8(RECORD.version, 2), /version 2/],
    [(v) => v.setUint16(RECORD.slots, 97, true), /97 slots/],
    [(v) => v.setUint16(RECORD.slots, 90, true), /slots do not fit/],
    [(v) => v.setUint32(RECORD.reserved, 1, true), /reserved/],
    [(v) => v.setUint32(RECORD.time + 4, 0x80000000, true), /63 bits/],
    [(v) => v.setUint16(slot(0, SLOT.field), 127, true), /unknown field 127/],
    [(v) => v.setUint16(slot(0, SLOT.field), fieldId('event.kind'), true), /unknown field/],
    [(v) => v.setUint16(slot(0, SLOT.reserved), 1, true), /reserved/],
    [(v) => v.setUint16(slot(1, SLOT.field), fieldId('proc.path'), true), /`proc.path` stands twice/],
    [(v) => v.setUint32(slot(0, SLOT.length), 5000, true), /longer than 4096/],
    [(v) => v.setUint32(slot(0, SLOT.length), 200, true), /outside/],
    [(v) => v.setUint32(slot(0, SLOT.value), 0, true), /outside/],
    [(v) => v.setUint32(slot(0, SLOT.value + 4), 1, true), /outside/],
    [(v) => v.setUint32(slot(1, SLOT.length), 3, true), /do not fill/],
    [(v) => v.setUint32(slot(1, SLOT.length), 16, true), /do not fill/],
    [(v) => v.setUint32(v.getUint32(slot(1, SLOT.value), true), 0xffffffff, true), /do not fill/],
    [(v) => v.setUint32(v.getUint32(slot(1, SLOT.value), true) + 4, 0xffffffff, true), /do not fill/],
    [(v) => v.setUint32(slot(2, SLOT.length), 4, true), /length of `proc.uid` is not 8/],
  ];
  for (const [change, message] of cases) assert.match(broken(change), message);
  assert.match((decodeRecord(new Uint8Array(47)) as { error: string }).error, /47 bytes/);
  assert.match((decodeRecord(new Uint8Array(48), 60) as { error: string }).error, /-12 bytes/);
});

test('empty slots are skipped, unknown flag bits dropped, booleans and maps checked', () => {
  const record = encodeRecord(make({ 'proc.uid': 1n, 'proc.interactive': true, 'file.flags': 0n }));
  const view = new DataView(record.buffer);
  view.setUint16(slot(0, SLOT.field), 0, true);
  view.setBigUint64(slot(2, SLOT.value), 2n ** 63n + 2n, true);
  assert.equal([...decoded(record).event.values.values()], [true, 2n]);
  view.setBigUint64(slot(1, SLOT.value), 2n, true);
  assert.match((decodeRecord(record) as { error: string }).error, /neither 0 nor 1/);
  const odd = encodeRecord(make({ 'k8s.labels': ['app'] }));
  assert.match((decodeRecord(odd) as { error: string }).error, /key without a value/);
  const twice = encodeRecord(make({ 'k8s.labels': ['app', 'x', 'app', 'y'] }));
  assert.match((decodeRecord(twice) as { error: string }).error, /key twice/);
});

const text = (s: string) => Buffer.from(s, 'latin1');

test('the writer writes records one after the other', () => {
  const bytes = new Uint8Array(1024);
  const writer = new RecordWriter(bytes);
  writer.begin(10, 4);
  writer.time(7, 1);
  writer.subject(0xffffffff, 2);
  writer.address(fieldId('net.remote_ip'), Uint8Array.of(0, 10, 1, 2, 3), 1, 4);
  writer.int(fieldId('net.remote_port'), 443);
  writer.int(fieldId('proc.uid'), -2);
  assert.is(writer.end(), writer.position);
  const first = writer.position;
  writer.begin(1, 3);
  writer.beginList(fieldId('proc.args'));
  writer.element(text('xxsh'), 2, 2);
  writer.element(text(''), 0, 0);
  writer.endList();
  writer.string(fieldId('proc.path'), text('/bin/sh'), 0, 7);
  writer.bool(fieldId('proc.interactive'), true);
  const second = writer.end();
  const one = decoded(bytes);
  assert.is(one.event.time, 2n ** 32n + 7n);
  assert.is(one.subject, 2n ** 33n + 2n ** 32n - 1n);
  assert.equal([...one.event.values.values()], ['\0\0\0\0\0\0\0\0\0\0\xff\xff\n\x01\x02\x03', 443n, -2n]);
  const two = decoded(bytes, first);
  assert.is(two.size, second);
  assert.equal([...two.event.values.values()], [['sh', ''], '/bin/sh', true]);
});

test('the writer does not deliver what is not whole', () => {
  const bytes = new Uint8Array(512);
  const writer = new RecordWriter(bytes);
  const path = fieldId('proc.path');
  const attempts: (() => void)[] = [
    () => writer.string(path, text('x'.repeat(600)), 0, 600),
    () => (writer.string(path, text('x'), 0, 1), writer.string(path, text('x'), 0, 1)),
    () => [1, 2, 3].forEach((n) => writer.int(fieldId('proc.pid') + n, n)),
    () => writer.beginList(fieldId('proc.args')),
    () => writer.element(text('x'), 0, 1),
    () => writer.endList(),
    () => writer.begin(1, 97),
    () => writer.begin(1, 30),
  ];
  for (const attempt of attempts) {
    writer.begin(1, 2);
    attempt();
    assert.is(writer.end(), -1);
    assert.is(writer.position, 0);
  }
  assert.is(writer.end(), -1);
  const large = new RecordWriter(new Uint8Array(20000));
  large.begin(1, 2);
  large.string(path, text('x'.repeat(4097)), 0, 4097);
  assert.is(large.end(), -1);
});

test('the writer cuts lists and command lines and says so', () => {
  const bytes = new Uint8Array(65536);
  const writer = new RecordWriter(bytes);
  writer.begin(1, 3);
  writer.beginList(fieldId('proc.args'));
  for (let i = 0; i < 5; i++) writer.element(text('a'.repeat(4000)), 0, 4000);
  writer.endList();
  writer.string(fieldId('proc.pcmdline'), text('b'.repeat(20000)), 0, 20000);
  writer.end();
  const { values } = decoded(bytes).event;
  assert.equal(
    (values.get(fieldId('proc.args')) as string[]).map((a) => a.length),
    [4000, 4000, 4000, 4000, 360],
  );
  assert.is((values.get(fieldId('proc.pcmdline')) as string).length, 16384);
  assert.equal(values.get(fieldId('event.truncated')), ['proc.cmdline', 'proc.pcmdline', 'proc.args']);
  writer.begin(1, 2);
  writer.markCut(fieldId('proc.cmdline'));
  writer.string(fieldId('proc.cmdline'), text('sh'), 0, 2);
  const at = writer.position;
  writer.end();
  assert.equal(decoded(bytes, at).event.values.get(fieldId('event.truncated')), ['proc.cmdline']);
  writer.begin(1, 2);
  writer.beginList(fieldId('k8s.labels'));
  writer.element(text('a'.repeat(20000)), 0, 20000);
  writer.endList();
  assert.is(writer.end(), -1);
});

test('the writer can be given other bytes', () => {
  const writer = new RecordWriter(new Uint8Array(0));
  writer.begin(1, 1);
  assert.is(writer.end(), -1);
  const bytes = new Uint8Array(64);
  writer.target(bytes);
  writer.begin(18, 1);
  writer.recordFlags(2);
  writer.token(5, 0);
  writer.long(fieldId('proc.pid'), 0xffffffff, 0x7fffffff);
  assert.is(writer.end(), 64);
  const { event: got, flags, token } = decoded(bytes);
  assert.equal([got.values.get(fieldId('proc.pid')), flags, token], [2n ** 63n - 1n, 2, 5n]);
});

test('values of the event win over facts', () => {
  const subject = make({ 'proc.name': 'stored', 'proc.uid': 1n }, 0);
  const joined = joinFacts(make({ 'proc.name': 'inline' }), subject, make({ 'container.id': 'c' }, 0));
  assert.equal(joined.values, make({ 'proc.name': 'inline', 'proc.uid': 1n, 'container.id': 'c' }).values);
});

test.run();
