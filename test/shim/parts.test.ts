import { test } from 'uvu';
import * as assert from 'uvu/assert';
import fc from 'fast-check';
import { storageMajors } from '../../shim/enforcers/devices.ts';
import { Descriptors } from '../../shim/enforcers/descriptors.ts';
import { interpreterArgs, stageAfter } from '../../shim/enforcers/exec-stages.ts';
import { needsOf } from '../../shim/enforcers/needs.ts';
import { SocketAddress } from '../../shim/enforcers/socket-address.ts';
import { TextReader } from '../../shim/enforcers/text-reader.ts';
import { ERRNO } from '../../shim/kernel/kernel.ts';
import { parseNetworks } from '../../shim/run/networks.ts';
import { readTrace } from '../../shim/trace/reader.ts';
import { encodeTraceEntry, encodeTraceHeader } from '../../shim/trace/writer.ts';
import { workloadFacts } from '../../shim/workloads/facts.ts';
import { recordLine } from '../../shim/sinks/lines.ts';
import type { LiveRecord } from '../../shim/sinks/sink.ts';
import { bundleOf } from './build.ts';
import { FakeKernel } from './fake-kernel.ts';
import { policy } from './workload.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

test('addresses are read in the 128-bit form', () => {
  const address = new SocketAddress();
  const parse = (text: string, unspecified: 'none' | 'ipv4' = 'ipv4'): SocketAddress => {
    const bytes = Buffer.from(text, 'hex');
    address.bytes.set(bytes);
    address.parse(bytes.length, unspecified);
    return address;
  };
  assert.is(parse('02000050c0a80001' + '00'.repeat(8)).family, 'ip');
  assert.equal([hex(address.ip), address.port], ['00000000000000000000ffffc0a80001', 80]);
  parse('02000050' + '00'.repeat(12));
  assert.is(hex(address.peer), '00000000000000000000ffff7f000001');
  parse('0a000050' + '00'.repeat(24));
  assert.equal([hex(address.ip), hex(address.peer)], ['00'.repeat(16), '00'.repeat(15) + '01']);
  assert.is(parse('0000').family, 'none');
  assert.is(parse('00000050' + '01'.repeat(12)).family, 'ip');
  assert.is(parse('00000050' + '01'.repeat(12), 'none').family, 'none');
  assert.is(parse('1000' + '00'.repeat(10)).family, 'other');
  parse('0100' + hex(Buffer.from('/run/x\0rest')));
  assert.equal([address.family, address.path], ['unix', '/run/x']);
  parse('010000' + hex(Buffer.from('name')));
  assert.equal([address.family, address.path], ['unix', '@name']);
});

test('any bytes are an address or none', () => {
  const address = new SocketAddress();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 128 }), (bytes) => {
      address.bytes.set(bytes);
      address.parse(bytes.length, 'ipv4');
      assert.ok(['ip', 'unix', 'other', 'none'].includes(address.family));
    }),
  );
});

test('arguments of an interpreter are those that the kernel makes', () => {
  const args = (head: string): string =>
    Buffer.from(interpreterArgs(Buffer.from(head), Buffer.from('./run'), Buffer.from('run\0a\0b\0'))).toString();
  assert.is(args('#!/bin/sh\necho'), '/bin/sh\0./run\0a\0b\0');
  assert.is(args('#!  /usr/bin/env  node -x  \n'), '/usr/bin/env\0node -x\0./run\0a\0b\0');
  assert.is(args('#!/bin/sh'), '/bin/sh\0./run\0a\0b\0');
  assert.is(args('#!/bin/sh -x  '), '/bin/sh\0-x  \0./run\0a\0b\0');
  assert.is(args('#!/bin/sh -x \0\n'), '/bin/sh\0-x \0./run\0a\0b\0');
  assert.is(args(`#!/bin/sh ${'x'.repeat(300)}`), `/bin/sh\0${'x'.repeat(245)}\0./run\0a\0b\0`);
  assert.equal(
    ['#!x', '\x7fELF', 'MZ', '#', ''].map((head) => stageAfter(Buffer.from(head, 'latin1'))),
    ['interpreter', 'loader', 'object', 'object', 'object'],
  );
});

test('strings of another process end at their zero, at unmapped memory or are too long', () => {
  const kernel = new FakeKernel();
  const reader = new TextReader(kernel);
  kernel.memory.set(4090, Buffer.from('abc\0xy'));
  kernel.memory.set(8192, Buffer.from('no end'));
  kernel.memory.set(65536, Buffer.alloc(8192, 97));
  assert.is(reader.path(1, 4090), 3);
  assert.is(reader.path(1, 8192), -1);
  assert.is(reader.path(1, 65536), -1);
  assert.is(reader.path(1, 1), -1);
  const pointers = Buffer.alloc(512);
  pointers.writeBigUInt64LE(4090n, 0);
  pointers.writeBigUInt64LE(4092n, 8);
  kernel.memory.set(1 << 20, pointers);
  const list = (limit: number): [string, boolean] => {
    const { strings, cut } = reader.list(1, 1 << 20, limit);
    return [Buffer.from(strings).toString(), cut];
  };
  assert.equal(list(100), ['abc\0c\0', false]);
  assert.equal(list(5), ['abc\0c', true]);
});

test('a descriptor is taken from the thread that asks, not from one that had its number before', () => {
  let opened = 0;
  const gone = new Set<number>();
  const open = new Set<number>();
  const kernel = Object.assign(new FakeKernel(), {
    threadfdOpen: () => {
      open.add(++opened);
      return opened;
    },
    pidfdTake: (pidfd: number, fd: number) => (gone.has(pidfd) ? -ERRNO.ESRCH : 1000 * pidfd + fd),
    close: (pidfd: number) => void open.delete(pidfd),
  });
  const descriptors = new Descriptors(kernel);
  assert.equal([descriptors.duplicate(7, 7, 3), descriptors.duplicate(7, 7, 4)], [1003, 1004]);
  gone.add(1);
  assert.is(descriptors.duplicate(8, 7, 3), 2003, 'the thread is gone, its number another one’s');
  assert.is(descriptors.duplicate(7, 7 + 64, 3), 3003, 'another thread in its place');
  assert.is(descriptors.duplicate(8, 7, 3), 4003);
  assert.equal([...open], [4], 'what is not kept is closed');
  gone.add(4).add(5);
  assert.is(descriptors.duplicate(8, 7, 3), -ERRNO.ESRCH);
  descriptors.close();
  assert.equal([...open], []);
});

test('a trace is read as it was written, and anything else is refused', () => {
  const header = { time: 'now', host: 'h', kernel: '6', command: ['x'], kinds: ['exec'] };
  const entries = [
    { type: 'workload', key: 1n, bytes: new Uint8Array([1, 2, 3]) },
    { type: 'end', key: 2n ** 63n, bytes: new Uint8Array(0) },
    { type: 'record', key: 0n, bytes: new Uint8Array(16) },
  ] as const;
  const bytes = Buffer.concat([encodeTraceHeader(header), ...entries.map(encodeTraceEntry)]);
  const read = readTrace(bytes);
  if ('error' in read) throw new Error(read.error);
  assert.equal(read.header, header);
  assert.equal(
    read.entries.map(({ type, key, bytes }) => [type, key, [...bytes]]),
    entries.map(({ type, key, bytes }) => [type, key, [...bytes]]),
  );
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, value) => {
      const changed = Uint8Array.from(bytes);
      changed[at] = value;
      readTrace(changed);
      readTrace(bytes.subarray(0, at));
    }),
  );
  assert.equal(readTrace(Buffer.from('something else')), { error: 'not a trace' });
});

test('a workload’s facts come from short names, fields and labels', () => {
  const facts = workloadFacts({ namespace: 'payments', app: 'api', 'k8s.pod': 'p', 'label:image': 'x' }, 'h');
  if ('error' in facts) throw new Error(facts.error);
  assert.equal([...facts.values.values()], ['h', 'payments', 'p', ['app', 'api', 'image', 'x']]);
  assert.ok('error' in workloadFacts({ 'proc.name': 'x' }, 'h'));
  assert.ok('error' in workloadFacts({ 'container.privileged': 'true' }, 'h'));
});

test('networks are counted in the 128-bit form', () => {
  assert.equal(parseNetworks(['10.0.0.0/8', '::1', '10.1.2.3']), {
    networks: [
      { address: Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 0, 0, 0]), bits: 104 },
      { address: Uint8Array.from([...Array(15).fill(0), 1]), bits: 128 },
      { address: Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 1, 2, 3]), bits: 128 },
    ],
  });
  assert.equal(parseNetworks(['10.0.0.0/99']), { error: '`10.0.0.0/99` is not a network' });
});

test('a bundle needs only what its kinds and fields ask for', () => {
  const text = policy(`- {name: a, on: [exec, file.create, file.map_exec], when: 'proc.uid = 0', action: deny}`);
  assert.equal(needsOf(bundleOf(text).manifest, new Set(['deny'])), {
    ...{ exec: true, bound: [], reads: false, writes: false, connect: false, bind: false, send: false },
    ...{ create: true, delete: false, rename: false, link: false },
    ...{ listen: false, accept: false, queries: false, tree: true, attr: false, renames: false },
    ...{
      invoked: false,
      identity: true,
      environment: false,
      streams: false,
      descriptor: false,
      wanted: [],
      programLayer: false,
      objectLayer: false,
      strings: false,
      isolation: false,
      unasked: [],
      observed: ['file.map_exec'],
    },
  });
});

test('a line shows what a process chose without letting it reach the terminal', () => {
  const record = {
    ...{ action: 'deny', effect: 'deny', policy: 'p', rule: 'r', default: false, message: 'a\u001b[2Jb', would: null },
    ...{ degraded: null, event: { kind: 'file.read', proc: { path: '/bin/x', pid: 4 }, file: { path: '/a\nb' } } },
  } as unknown as LiveRecord;
  assert.is(
    recordLine(record, (_, text) => text),
    'lictor: deny file.read /a\\x0ab by /bin/x [4] (p/r) “a\\x1b[2Jb”',
  );
});

test('character devices that hold file systems are known by their drivers', () => {
  const devices =
    'Character devices:\n  1 mem\n 21 sg\n248 bsg\n241 nvme-generic\n  9 st\n\nBlock devices:\n  7 loop\n 21 sg\n';
  assert.equal(storageMajors(devices), [21, 248, 241]);
  assert.equal(storageMajors(''), []);
});

test.run();
