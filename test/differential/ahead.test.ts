/** A program larger than what is decided event by event: batches are looked ahead in, and nothing may come of that but time. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { familyOf } from '../../bench/families/index.ts';
import { encode } from '../../bench/measure/records.ts';
import { planAndEmit } from '../../compiler/backend.ts';
import { encodeRecord } from '../../vm/event/index.ts';
import { createVm, type Vm, type VmBundle } from '../../vm/host/index.ts';
import { RECORD, RING, VERDICT } from '../../vm/spec/index.ts';
import { batchSeed, Random } from '../generators/random.ts';

const test = suite('looking ahead');
const SEED = 11;
const RULES = 40_000;
const EVENTS = 3000;
/** Programs above this size are looked ahead for: see vm/assembly/batch.ts. */
const SMALL = 1 << 22;

const family = familyOf('a').make(RULES, SEED);
const made = planAndEmit(family.normal, { allowSlow: true });
if ('errors' in made) throw new Error('BUG: no plan');
const { program } = made;

/** Records, some of which are broken somewhere in their header or their slots; their sizes stay, so that the others are read. */
const records = (r: Random): Uint8Array[] => {
  const { bytes, starts } = encode(family.events(EVENTS));
  return Array.from({ length: EVENTS }, (_, i) => {
    const record = bytes.slice(starts[i], starts[i + 1]);
    if (r.chance(0.1)) record[RECORD.kind + r.below(RECORD.header + 2 * RECORD.slot - RECORD.kind)] = r.below(256);
    // the second slot as the first: a field that stands there twice
    if (r.chance(0.05)) record.copyWithin(RECORD.header + RECORD.slot, RECORD.header, RECORD.header + RECORD.slot);
    return record;
  });
};

const load = (counting: boolean): { vm: Vm; bundle: VmBundle } => {
  const vm = createVm({ counting });
  return { vm, bundle: vm.load(program) };
};

const verdict = (bundle: VmBundle, i: number): string =>
  [bundle.action(i), bundle.flags(i), bundle.errno(i), bundle.rule(i), bundle.policy(i), bundle.asIfRule(i)].join(' ');

/** The verdicts of records one by one, and the steps of all. */
const oneByOne = (vm: Vm, bundle: VmBundle, all: readonly Uint8Array[]): { verdicts: string[]; steps: number } => {
  vm.takeSteps();
  const verdicts = all.map((record) => {
    bundle.input(record.length).set(record);
    assert.is(bundle.evaluate(record.length), 1);
    return verdict(bundle, 0);
  });
  return { verdicts, steps: vm.takeSteps() };
};

test('the program is large enough', () => assert.ok(program.length > SMALL));

test('a batch decides as its records one by one, and in as many steps', () => {
  for (const counting of [false, true]) {
    const { vm, bundle } = load(counting);
    const all = records(new Random(batchSeed(SEED, 1)));
    const { verdicts, steps } = oneByOne(vm, bundle, all);
    const bytes = Buffer.concat(all);
    bundle.input(bytes.length).set(bytes);
    assert.is(bundle.evaluate(bytes.length), EVENTS);
    assert.is(vm.takeSteps(), steps);
    assert.equal(
      verdicts.map((_, i) => verdict(bundle, i)),
      verdicts,
    );
    assert.ok(new Set(verdicts).size > 1000, 'rules decide');
    assert.ok(
      verdicts.some((text) => text.startsWith('2 32')),
      'some records are not well formed',
    );
  }
});

test('a ring decides as its records one by one', () => {
  const { vm, bundle } = load(false);
  const all = records(new Random(batchSeed(SEED, 2)));
  const { verdicts } = oneByOne(vm, bundle, all);
  const span = Buffer.concat(
    all.flatMap((record, i) => {
      const header = Buffer.alloc(RING.header);
      header.writeUInt32LE(record.length);
      const discarded = Buffer.from(header);
      discarded.writeUInt32LE((record.length | RING.discard) >>> 0);
      return i % 7 === 0 ? [discarded, record, header, record] : [header, record];
    }),
  );
  bundle.input(span.length).set(span);
  assert.is(bundle.evaluateRing(span.length), EVENTS);
  assert.equal(
    verdicts.map((_, i) => verdict(bundle, i)),
    verdicts,
  );
});

test('verdicts that are written over records are those of the records', () => {
  const { vm, bundle } = load(false);
  const all = records(new Random(batchSeed(SEED, 3)));
  const { verdicts } = oneByOne(vm, bundle, all);
  const bytes = Buffer.concat(all);
  const pointer = vm.allocate(program.length + bytes.length);
  const memory = new Uint8Array(vm.raw.memory.buffer);
  memory.set(program, pointer);
  const handle = vm.raw.load(pointer, program.length);
  assert.ok(handle > 0);
  const at = pointer + program.length;
  memory.set(bytes, at);
  assert.is(vm.raw.evaluate(handle, at, bytes.length, at, EVENTS), EVENTS);
  const view = new DataView(vm.raw.memory.buffer, at);
  for (const [i, text] of verdicts.entries()) {
    assert.is(view.getUint32(i * VERDICT.size + VERDICT.rule, true), Number(text.split(' ')[3]), `event ${i}`);
  }
});

test('facts that are put behind a batch are classified by their own texts', () => {
  const { bundle } = load(false);
  const [first, second] = family.events(EVENTS).filter(({ event }) => event.values.size === 2);
  const bytes = Buffer.concat([first, second].map(({ event }) => encodeRecord(event)));
  bundle.input(bytes.length).set(bytes);
  assert.is(bundle.evaluate(bytes.length), 2);
  const expected = [0, 1].map((i) => verdict(bundle, i));
  for (const [i, { event }] of [first, second].entries()) {
    bundle.putSubject(1n, encodeRecord({ kind: 0, time: undefined, values: event.values }));
    const asked = encodeRecord({ ...event, values: new Map() }, { subject: 1n });
    bundle.input(asked.length).set(asked);
    bundle.evaluate(asked.length);
    assert.is(verdict(bundle, 0), expected[i]);
  }
});

test.run();
