/** The reader of the ring against a producer in memory: order, wrapping, records in the making, room. */
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RECORD, RING } from '../../vm/spec/record.ts';
import { Ring } from '../../shim/kernel/ring.ts';

const PAGE = 4096;
const SIZE = 4096;

/** What the kernel does: reserve (busy), fill, commit or discard; data lie twice in a row. */
class Producer {
  readonly own = new ArrayBuffer(PAGE);
  readonly shared = new ArrayBuffer(PAGE + 2 * SIZE);
  readonly #head = new BigUint64Array(this.shared, 0, 1);
  readonly #tail = new BigUint64Array(this.own, 0, 1);
  readonly #data = new Uint8Array(this.shared, PAGE);

  constructor(start: bigint) {
    this.#head[0] = this.#tail[0] = start;
  }

  ring(): Ring {
    return new Ring(-1, SIZE, PAGE, this.own, this.shared, () => {});
  }

  /** @returns a function that commits, or null where there is no room */
  reserve(body: Uint8Array): ((discard: boolean) => void) | null {
    const whole = RING.header + ((body.length + 7) & ~7);
    if (Number(this.#head[0] - this.#tail[0]) + whole > SIZE) return null;
    const at = Number(this.#head[0] % BigInt(SIZE));
    this.#word(at, RING.busy + body.length);
    for (const [i, byte] of body.entries()) this.#byte(at + RING.header + i, byte);
    this.#head[0] += BigInt(whole);
    return (discard) => this.#word(at, (discard ? RING.discard : 0) + body.length);
  }

  #word(at: number, value: number): void {
    for (let i = 0; i < 4; i++) this.#byte(at + i, Math.floor(value / 2 ** (8 * i)) & 255);
  }

  #byte(at: number, value: number): void {
    this.#data[at % SIZE] = value;
    this.#data[(at % SIZE) + SIZE] = value;
  }
}

const bodies = (span: Uint8Array): Uint8Array[] => {
  const view = new DataView(span.buffer, span.byteOffset, span.byteLength);
  const found: Uint8Array[] = [];
  for (let at = 0; at < span.length;) {
    const header = view.getUint32(at, true);
    assert.is(header & RING.busy, 0, 'a busy record is never copied');
    const length = header & ~RING.discard;
    if ((header & RING.discard) === 0) found.push(span.slice(at + RING.header, at + RING.header + length));
    at += RING.header + ((length + 7) & ~7);
    assert.ok(at <= span.length, 'a record is never split');
  }
  return found;
};

test('spans hold every committed record once, in order, whatever the room and the start', () => {
  const step = fc.record({
    length: fc.integer({ min: 0, max: 900 }),
    discard: fc.boolean(),
    late: fc.boolean(),
    room: fc.integer({ min: 1000, max: 6000 }),
  });
  const start = fc.bigInt({ min: 0n, max: (1n << 34n) / 8n }).map((n) => n * 8n);
  fc.assert(
    fc.property(start, fc.array(step, { maxLength: 60 }), (from, steps) => {
      const producer = new Producer(from);
      const ring = producer.ring();
      const sent: Uint8Array[] = [];
      const got: Uint8Array[] = [];
      let open: (() => void) | null = null;
      const drain = (room: number): void => {
        const into = new Uint8Array(room);
        got.push(...bodies(into.slice(0, ring.drain(into))));
      };
      for (const [i, { length, discard, late, room }] of steps.entries()) {
        const body = new Uint8Array(length).fill(i + 1);
        const commit = producer.reserve(body);
        if (commit) {
          if (!discard) sent.push(body);
          if (late && !open) open = () => commit(discard);
          else commit(discard);
        }
        if (i % 3 === 0) drain(room);
        if (i % 5 === 0) {
          open?.();
          open = null;
        }
      }
      open?.();
      for (let left = steps.length + 1; left > 0; left--) drain(SIZE);
      assert.equal(got, sent);
      assert.is(ring.pending(), 0);
    }),
    { numRuns: 300 },
  );
});

test('a record in the making ends the span, and those behind it wait', () => {
  const producer = new Producer(0n);
  const ring = producer.ring();
  producer.reserve(Uint8Array.of(1))!(false);
  const commit = producer.reserve(Uint8Array.of(2))!;
  producer.reserve(Uint8Array.of(3))!(false);
  const into = new Uint8Array(SIZE);
  assert.is(ring.drain(into), 16);
  assert.is(ring.drain(into), 0);
  commit(false);
  assert.is(ring.drain(into), 32);
});

test('a record of a stop kind ends the span', () => {
  const producer = new Producer(0n);
  const ring = producer.ring();
  const record = (kind: number): Uint8Array => {
    const bytes = new Uint8Array(RECORD.header);
    bytes[RECORD.kind] = kind;
    return bytes;
  };
  for (const kind of [2, 1, 2, 2]) producer.reserve(record(kind))!(false);
  const into = new Uint8Array(SIZE);
  const whole = RING.header + RECORD.header;
  assert.is(ring.drain(into, 1 << 1), 2 * whole);
  assert.is(ring.drain(into, 1 << 1), 2 * whole);
});

test('an area smaller than the next record is a bug, said aloud', () => {
  const producer = new Producer(0n);
  const ring = producer.ring();
  producer.reserve(new Uint8Array(100))!(false);
  assert.throws(() => ring.drain(new Uint8Array(64)), /BUG/);
});

test.run();
