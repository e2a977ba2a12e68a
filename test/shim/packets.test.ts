/** The packets that answer a query which was held: right sums, and back to who asked. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { refusalOf, resetOf, sendable, sum, targetOf } from '../../shim/enforcers/packets.ts';
import { questionOf } from '../../shim/sensors/queries.ts';
import { layoutOf, QueryPacket } from '../../shim/sensors/index.ts';
import { encodeStruct } from '../../shim/sensors/layout.ts';
import { RECORD } from '../../vm/spec/index.ts';
import { Random, runSeed } from '../generators/random.ts';
import { message } from '../support/dns.ts';

const UDP = 17;
const TCP = 6;
const seed = runSeed();
console.log(`seed ${seed}`);

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** RFC 1071, written otherwise than the code: all words with the sum in its place add up to ones. */
const addsUp = (packet: Uint8Array, transport: number, protocol: number): boolean => {
  const addresses = packet[0] >>> 4 === 4 ? packet.subarray(12, 20) : packet.subarray(8, 40);
  const length = packet.length - transport;
  const pseudo = [...addresses, length >>> 8, length & 255, 0, protocol, ...packet.subarray(transport)];
  if (pseudo.length % 2 === 1) pseudo.push(0);
  let total = 0;
  for (let i = 0; i < pseudo.length; i += 2) total += pseudo[i] * 256 + pseudo[i + 1];
  return total % 0xffff === 0;
};

/** A query as the kernel hands it over. */
const queryOf = (r: Random, version: 4 | 6, protocol: number, body: Uint8Array): QueryPacket => {
  const transport = version === 4 ? 20 : 40;
  const headers = transport + (protocol === UDP ? 8 : 32);
  const packet = Uint8Array.from({ length: headers + body.length }, () => r.below(256));
  packet[0] = version === 4 ? 0x45 : 0x60;
  packet.set(body, headers);
  const query = encodeStruct('query', { protocol, transport, message: headers, length: packet.length, packet });
  const span = new Uint8Array(RECORD.header + layoutOf('query').size);
  viewOf(span).setUint32(RECORD.size, RECORD.header, true);
  span.set(query, RECORD.header);
  return new QueryPacket(span, 0);
};

test('sums of packets of any length add up', () => {
  const r = new Random(seed);
  for (let i = 0; i < 2000; i++)
    for (const version of [4, 6] as const) {
      const query = queryOf(
        r,
        version,
        UDP,
        Uint8Array.from({ length: 1 + r.below(40) }, () => r.below(256)),
      );
      const packet = sendable(query);
      assert.ok(addsUp(packet, query.transport, UDP), `seed ${seed}`);
      assert.ok(viewOf(packet).getUint16(query.transport + 6) !== 0, 'over UDP no sum is a sum of 0');
    }
});

test('a sum of 0 is sent as ones over UDP, and as 0 over TCP', () => {
  for (const [protocol, at, expected] of [
    [UDP, 6, 0xffff],
    [TCP, 16, 0],
  ]) {
    const packet = new Uint8Array(20 + 22);
    packet[0] = 0x45;
    viewOf(packet).setUint16(40, 0xffff - protocol - 22);
    sum(packet, 20, protocol);
    assert.is(viewOf(packet).getUint16(20 + at), expected);
  }
});

for (const version of [4, 6] as const)
  test(`a refusal and a reset go back over IPv${version}, with the question and the number that the client waits for`, () => {
    const r = new Random(seed);
    const [source, target] = version === 4 ? [12, 16] : [8, 24];
    const size = target - source;
    const length = version === 4 ? 2 : 4;
    const asked = message(['a', 'test'], 28, 11);
    for (const protocol of [UDP, TCP]) {
      const query = queryOf(r, version, protocol, asked);
      const { bytes, transport } = query;
      const back = protocol === UDP ? refusalOf(query) : resetOf(query);
      assert.equal(targetOf(back), bytes.slice(source, target));
      assert.equal(back.slice(source, target), bytes.slice(target, target + size));
      assert.is(viewOf(back).getUint16(length), back.length - (version === 4 ? 0 : 40));
      assert.equal(back.slice(transport, transport + 2), bytes.slice(transport + 2, transport + 4));
      assert.ok(addsUp(back, transport, protocol));
      if (protocol === TCP) {
        assert.is(viewOf(back).getUint32(transport + 4), viewOf(bytes).getUint32(transport + 8));
        assert.is(back[transport + 13], 0x14);
        continue;
      }
      const answer = back.subarray(transport + 8);
      assert.equal([...answer.subarray(0, 12)], [0, 7, 0x81, 0x85, 0, 1, 0, 0, 0, 0, 0, 0]);
      assert.equal(answer.slice(12), asked.slice(12, asked.length - 11));
      answer[2] &= 0x7f;
      assert.equal(questionOf(answer), { domain: 'a.test', type: 'AAAA' });
    }
  });

test.run();
