/** The component: what it promises, how it is built, and what becomes of its memory. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Expr } from '../../vm/bundle/normal.ts';
import { encodeRecord } from '../../vm/event/index.ts';
import { ERRORS, RECORD, RING, VERDICT, VERDICT_FLAGS } from '../../vm/spec/index.ts';
import { equals, id, policyOf, programOf } from '../plan/fixtures.ts';
import { listing } from '../vm/listing.ts';
import { dist, newEngine, statusOf, witOf } from './component.ts';

const root = join(import.meta.dirname, '../..');
const EXPORTS = join(import.meta.dirname, 'exports.txt');
const DIGEST = join(import.meta.dirname, 'component.sha256');

const component = readFileSync(join(dist, 'lictor-policy.wasm'));
const TRUE: Expr = { op: 'and', args: [] };
const program = programOf(policyOf([equals('file.path', '/etc/shadow')])).program;
const read = (path: string): Uint8Array =>
  encodeRecord({ kind: 2, time: 1n, values: new Map([[id('file.path'), path]]) });

test('it imports nothing and exports the engine; what its core module exports, with types, is promised', async () => {
  const world = await witOf(component);
  assert.match(world, /^ {2}export lictor:policy\/engine@0\.1\.0;$/m);
  assert.not.match(world, /^\s*import\b/m);
  const core = readFileSync(join(dist, 'component/lictor-policy.core.wasm'));
  assert.ok(new WebAssembly.Instance(new WebAssembly.Module(core)), 'without imports');
  const text = listing(core);
  if (process.env['UPDATE'] === '1') writeFileSync(EXPORTS, text);
  assert.is(text, readFileSync(EXPORTS, 'utf8'));
});

test('it is built the same everywhere: hosts carry its digest', () => {
  const digest = `${createHash('sha256').update(component).digest('hex')}\n`;
  if (process.env['UPDATE'] === '1') writeFileSync(DIGEST, digest);
  assert.is(digest, readFileSync(DIGEST, 'latin1'), 'changed? UPDATE=1, then `npm run generate`');
});

test('built twice it is the same', () => {
  const out = mkdtempSync(join(tmpdir(), 'lictor-component-'));
  try {
    execFileSync(process.execPath, ['tools/build-component.mjs', out], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    assert.ok(readFileSync(join(out, 'lictor-policy.wasm')).equals(component));
    for (const name of ['lictor-policy.js', 'lictor-policy.core.wasm'])
      assert.ok(readFileSync(join(out, 'component', name)).equals(readFileSync(join(dist, 'component', name))), name);
  } finally {
    rmSync(out, { recursive: true });
  }
});

test('its statuses are those of the core module, in their order', () => {
  const wit = readFileSync(join(root, 'vm/component/lictor-policy.wit'), 'utf8');
  const cases = /enum status \{([^}]*)\}/.exec(wit)?.[1].match(/[a-z-]+(?=,$)/gm);
  const wanted = Object.entries(ERRORS).filter(([name]) => name !== 'ok');
  assert.equal(
    cases,
    wanted.map(([name]) => name),
  );
  assert.equal(
    wanted.map(([, { code }]) => code),
    wanted.map((_, i) => -1 - i),
  );
});

test('wrong handles, keys and facts are refused as in the core module', () => {
  const { engine } = newEngine();
  const handle = engine.load(program);
  const facts = encodeRecord({ kind: 0, time: 0n, values: new Map() });
  const calls: readonly (readonly [keyof typeof ERRORS, () => unknown])[] = [
    ['handle', () => engine.unload(handle + 1)],
    ['handle', () => engine.evaluate(handle + 1, read('/'))],
    ['handle', () => engine.evaluateRing(0, read('/'))],
    ['handle', () => engine.cost(0, 2, false)],
    ['handle', () => engine.matches(0, 0)],
    ['handle', () => engine.subjectPut(0, 1n, facts)],
    ['key', () => engine.cost(handle, 255, false)],
    ['key', () => engine.subjectPut(handle, 0n, facts)],
    ['key', () => engine.workloadDrop(handle, 1n)],
    ['key', () => engine.assumed(handle, 0)],
    ['record', () => engine.workloadPut(handle, 1n, new Uint8Array(RECORD.header))],
    ['magic', () => engine.load(new Uint8Array(0))],
    ['ok', () => engine.workloadPut(handle, 1n, facts)],
    ['ok', () => engine.workloadDrop(handle, 1n)],
    ['ok', () => engine.unload(handle)],
    ['handle', () => engine.unload(handle)],
  ];
  for (const [name, call] of calls) assert.is(statusOf(call), ERRORS[name].code, String(call));
});

test('what is not a record is denied, and takes the rest of the span with it', () => {
  const { engine } = newEngine();
  const handle = engine.load(program);
  const span = Buffer.concat([read('/tmp'), Buffer.alloc(13, 7)]);
  const { verdicts, consumed } = engine.evaluate(handle, span);
  assert.is(consumed, span.length);
  assert.is(verdicts.length, 2 * VERDICT.size);
  assert.ok(verdicts[VERDICT.size + VERDICT.flags] & VERDICT_FLAGS.malformed);
  assert.equal(engine.evaluate(handle, new Uint8Array(0)), { verdicts: new Uint8Array(0), consumed: 0 });
});

const ring = (record: Uint8Array, mark: number): Buffer => {
  const header = Buffer.alloc(RING.header);
  header.writeUInt32LE((record.length | mark) >>> 0);
  return Buffer.concat([header, record, Buffer.alloc(-record.length & 7)]);
};

test('discarded records are consumed without a verdict; one that is being written is not', () => {
  const { engine } = newEngine();
  const handle = engine.load(program);
  const [plain, discarded, busy] = [0, RING.discard, RING.busy].map((mark) => ring(read('/etc/shadow'), mark));
  const all = engine.evaluateRing(handle, Buffer.concat([discarded, plain, discarded, plain, discarded]));
  assert.equal([all.verdicts.length, all.consumed], [2 * VERDICT.size, 5 * plain.length]);
  const some = engine.evaluateRing(handle, Buffer.concat([plain, discarded, busy, plain]));
  assert.equal([some.verdicts.length, some.consumed], [VERDICT.size, 2 * plain.length]);
  assert.equal(engine.evaluateRing(handle, busy), { verdicts: new Uint8Array(0), consumed: 0 });
});

test('a batch that ends early says where to go on, and notes can be read of each verdict', () => {
  const { engine } = newEngine();
  const [policy] = policyOf(Array.from({ length: 64 }, () => TRUE)).policies;
  const rules = policy.rules.map((rule) => ({ ...rule, action: 'audit', continue: true }) as const);
  const noting = programOf({ version: 1, policies: [{ ...policy, rules }] }).program;
  const handle = engine.load(noting);
  const record = read('/');
  const span = Buffer.concat(Array.from({ length: 2000 }, () => record));
  let batches = 0;
  for (let at = 0; at < span.length; batches++) {
    const { verdicts, consumed } = engine.evaluate(handle, span.subarray(at));
    assert.is(consumed, (verdicts.length / VERDICT.size) * record.length);
    assert.is(engine.matches(handle, verdicts.length / VERDICT.size - 1).length, 64);
    at += consumed;
  }
  assert.ok(batches > 1, `${batches} batches`);
});

test('100,000 calls leave the memory as it was', () => {
  const { engine, memory } = newEngine();
  const records = Buffer.concat([read('/etc/shadow'), read('/tmp')]);
  const facts = encodeRecord({ kind: 0, time: 0n, values: new Map() });
  const round = (): void => {
    const handle = engine.load(program);
    engine.subjectPut(handle, 7n, facts);
    engine.evaluate(handle, records);
    engine.evaluateRing(handle, ring(records, 0));
    engine.matches(handle, 0);
    engine.assumed(handle, 0);
    statusOf(() => engine.evaluate(handle + 1, records));
    statusOf(() => engine.matches(handle, 1 << 30));
    statusOf(() => engine.load(records));
    engine.unload(handle);
  };
  for (let i = 0; i < 100; i++) round();
  const before = memory.buffer.byteLength;
  for (let i = 0; i < 10_000; i++) round();
  assert.is(memory.buffer.byteLength, before);
});

test.run();
