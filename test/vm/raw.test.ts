/** The raw interface: handles, statuses, spans, several bundles, facts, notes, rings. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Expr, NormalForm } from '../../vm/bundle/normal.ts';
import { encodeRecord } from '../../vm/event/index.ts';
import { createVm, VmError } from '../../vm/host/index.ts';
import { ERRORS, PROGRAM, VERDICT_FLAGS } from '../../vm/spec/index.ts';
import { equals, id, policyOf, programOf } from '../plan/fixtures.ts';

const test = suite('raw interface');
const TRUE: Expr = { op: 'and', args: [] };

const program = programOf(policyOf([equals('file.path', '/etc/shadow')])).program;
const read = (path: string, keys?: { subject?: bigint; workload?: bigint }): Uint8Array =>
  encodeRecord({ kind: 2, time: 1n, values: new Map([[id('file.path'), path]]) }, keys);

const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof VmError) return error.code;
    throw error;
  }
  return 'none';
};
const changed = (at: number, value: number): Uint8Array => {
  const copy = program.slice();
  new DataView(copy.buffer).setUint32(at, value, true);
  return copy;
};

test('the version of the interface is 1', () => assert.is(createVm().raw.abi_version(), 1));

test('programs that are none are refused with a code that says why', () => {
  const vm = createVm();
  assert.is(
    codeOf(() => vm.load(new Uint8Array(0))),
    'magic',
  );
  assert.is(
    codeOf(() => vm.load(changed(PROGRAM.magicAt, 1))),
    'magic',
  );
  assert.is(
    codeOf(() => vm.load(changed(PROGRAM.versionAt, PROGRAM.version + 1))),
    'version',
  );
  assert.is(
    codeOf(() => vm.load(program.slice(0, -8))),
    'bounds',
  );
  assert.is(
    codeOf(() => vm.load(changed(PROGRAM.entriesAt, 0xfffffff0))),
    'bounds',
  );
  assert.is(
    codeOf(() => vm.load(changed(PROGRAM.kindCountAt, 5000))),
    'bounds',
  );
});

test('a program that states less than it can take is refused', () => {
  const view = new DataView(program.buffer, program.byteOffset);
  const row = view.getUint32(PROGRAM.kindsAt, true) + 2 * 32 + 16;
  assert.is(
    codeOf(() => createVm().load(changed(row, view.getUint32(row, true) - 1))),
    'cost',
  );
});

test('handles that are not loaded are errors, not traps', () => {
  const { raw } = createVm();
  for (const handle of [-1, 0, 1, 64, 65, 2 ** 31 - 1]) {
    assert.is(raw.unload(handle), ERRORS.handle.code);
    assert.is(raw.cost(handle, 1, 0), ERRORS.handle.code);
    assert.is(raw.evaluate(handle, 0, 0, 0, 0), ERRORS.handle.code);
    assert.is(raw.subject_drop(handle, 1n), ERRORS.handle.code);
    assert.is(raw.matches(handle, 0, 0, 0), ERRORS.handle.code);
  }
});

test('spans outside the memory are errors', () => {
  const vm = createVm();
  vm.load(program);
  const { raw } = vm;
  assert.is(raw.load(0xfffffff8, 64), ERRORS.span.code);
  assert.is(raw.evaluate(1, 0xffffff00, 0x1000, 0, 0), ERRORS.span.code);
  assert.is(raw.evaluate(1, 0, 48, 0, 1), ERRORS.span.code);
  assert.is(raw.subject_put(1, 5n, 0xffffff00, 48), ERRORS.span.code);
});

test('64 bundles at once, and no more; a handle that is given back is free again', () => {
  const vm = createVm();
  const bundles = Array.from({ length: 64 }, () => vm.load(program));
  assert.is(
    codeOf(() => vm.load(program)),
    'memory',
  );
  bundles[10].unload();
  vm.load(program);
  assert.is(
    codeOf(() => vm.load(program)),
    'memory',
  );
});

test('bundles in one machine do not see each other', () => {
  const vm = createVm();
  const [a, b] = [program, programOf(policyOf([equals('file.path', '/other')])).program].map((p) => vm.load(p));
  const record = read('/etc/shadow');
  const actions = [a, b, a].map((bundle) => {
    bundle.input(record.length).set(record);
    bundle.evaluate(record.length);
    return bundle.decision(0).actual.action;
  });
  assert.equal(actions, ['deny', 'allow', 'deny']);
});

test('loading and unloading gives all memory back', () => {
  const vm = createVm();
  vm.load(program).unload();
  const before = vm.raw.memory.buffer.byteLength;
  for (let i = 0; i < 500; i++) {
    const bundle = vm.load(program);
    for (let key = 1n; key < 20n; key++) bundle.putSubject(key, read('/x'));
    bundle.unload();
  }
  assert.is(vm.raw.memory.buffer.byteLength, before);
});

test('facts come and go in any order; inline values win over the subject, the subject over the workload', () => {
  const bundle = createVm().load(program);
  const decide = (record: Uint8Array): string => {
    bundle.input(record.length).set(record);
    bundle.evaluate(record.length);
    return bundle.decision(0).actual.action;
  };
  const bare = (subject: bigint, workload: bigint): Uint8Array =>
    encodeRecord({ kind: 2, time: 1n, values: new Map() }, { subject, workload });
  for (let key = 1n; key <= 3000n; key++) bundle.putSubject(key, read(key % 3n ? '/a' : '/etc/shadow'));
  bundle.putWorkload(7n, read('/etc/shadow'));
  for (let key = 1n; key <= 3000n; key++) if (key % 2n) bundle.dropSubject(key);
  for (let key = 1n; key <= 3000n; key++) {
    assert.is(decide(bare(key, 0n)), key % 6n === 0n ? 'deny' : 'allow', `subject ${key}`);
  }
  assert.is(decide(bare(0n, 7n)), 'deny');
  assert.is(decide(bare(2n, 7n)), 'allow');
  assert.is(decide(read('/b', { subject: 6n, workload: 7n })), 'allow');
  bundle.putSubject(6n, read('/a'));
  assert.is(decide(bare(6n, 0n)), 'allow');
  assert.is(
    codeOf(() => bundle.putSubject(0n, read('/a'))),
    'key',
  );
  assert.is(
    codeOf(() => bundle.putSubject(9n, read('/a').slice(0, 20))),
    'record',
  );
});

const noting: NormalForm = {
  ...policyOf([]),
  policies: [
    {
      ...policyOf([]).policies[0],
      rules: Array.from({ length: 300 }, (_, i) => ({
        name: `n${i}`,
        kinds: [2],
        when: TRUE,
        unless: [],
        action: 'audit' as const,
        errno: 1,
        continue: true,
      })),
    },
  ],
};

test('a batch whose notes are full ends early and goes on behind the last verdict', () => {
  const bundle = createVm().load(programOf(noting, { allowSlow: true }).program);
  const record = read('/x');
  const bytes = Buffer.concat(Array.from({ length: 200 }, () => record));
  bundle.input(bytes.length).set(bytes);
  let done = 0;
  let batches = 0;
  while (done < 200) {
    const n = bundle.evaluate(bytes.length, done * record.length);
    assert.ok(n > 0);
    for (let i = 0; i < n; i++) assert.is(bundle.decision(i).actual.matches.length, 300);
    done += n;
    batches++;
  }
  assert.is(done, 200);
  assert.ok(batches > 1);
});

test('a record that is not well formed is denied and says so', () => {
  const bundle = createVm().load(program);
  const record = read('/x');
  record[5] = 9;
  bundle.input(record.length).set(record);
  assert.is(bundle.evaluate(record.length), 1);
  assert.is(bundle.flags(0) & VERDICT_FLAGS.malformed, VERDICT_FLAGS.malformed);
  assert.is(bundle.decision(0).actual.action, 'deny');
});

test('a ring span: busy records end it, discarded ones have no verdict', () => {
  const bundle = createVm().load(program);
  const part = (flag: number): Uint8Array => {
    const record = read('/etc/shadow');
    const framed = Buffer.alloc(8 + record.length);
    framed.writeUInt32LE((record.length | flag) >>> 0, 0);
    framed.set(record, 8);
    return framed;
  };
  const span = Buffer.concat([part(0), part(0x40000000), part(0), part(0x80000000), part(0)]);
  bundle.input(span.length).set(span);
  assert.is(bundle.evaluateRing(span.length), 2);
});

test.run();
