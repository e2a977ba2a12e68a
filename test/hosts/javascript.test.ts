/** The TypeScript host beyond the vectors: exchanging bundles, records from values, what it refuses, what it weighs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build as bundleProgram } from 'esbuild';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { build as buildBundle } from '../../compiler/build.ts';
import { readContainer, writeContainer } from '../../vm/bundle/container.ts';
import type { BundleSections } from '../../vm/bundle/layout.ts';
import { pack } from '../../vm/bundle/pack.ts';
import { decodeRecord, fieldId } from '../../vm/event/index.ts';
import { assetPath } from '../../vm/host/index.ts';
import { RING } from '../../vm/spec/record.ts';
import {
  Action,
  Bundle,
  Engine,
  Field,
  Host,
  Kind,
  LictorError,
  NO_RULE,
  Records,
  VerdictFlag,
  VmError,
} from '../../vm/hosts/javascript/index.ts';

const module = readFileSync(assetPath('lictor-vm.wasm'));
const engine = await Engine.compile(module);
const rule = (name: string, path: string): string =>
  `    - {name: ${name}, on: file.read, when: 'file.path = "${path}"', action: deny}`;
/** A bundle of one policy with these rules. */
function bundleOf(...rules: readonly string[]): Uint8Array {
  const head = 'apiVersion: lictor.dev/v1\nkind: Policy\nmetadata: {name: p}\nspec:\n  mode: enforce\n  rules:\n';
  const { value, diagnostics } = buildBundle([{ path: 'p.yaml', text: head + rules.join('\n') }], {
    today: '2026-01-01',
  });
  if (!value) throw new Error(JSON.stringify(diagnostics));
  return value.file;
}
const file = bundleOf(rule('shadow', '/etc/shadow'), rule('key', '/etc/key'));
const other = bundleOf(rule('other', '/etc/passwd'));

const codeOf = async (run: () => unknown): Promise<string> => {
  try {
    await run();
    return 'fine';
  } catch (error) {
    if (error instanceof LictorError || error instanceof VmError) return error.code;
    throw error;
  }
};

const read = (...paths: readonly string[]): Uint8Array => {
  const records = new Records();
  for (const path of paths) records.begin(Kind.fileRead, 1).string(Field.filePath, path).end();
  return records.bytes;
};

/** Names of the rules that decide on reading these files. */
const decided = (host: Host, ...paths: readonly string[]): readonly string[] => {
  const names: string[] = [];
  host.evaluate(read(...paths), (vm, i) => {
    assert.is(vm.flags(i) & VerdictFlag.malformed, 0);
    names.push(host.bundle.ruleName(vm.rule(i)) ?? String(vm.rule(i) === NO_RULE && vm.action(i) === Action.allow));
  });
  return names;
};

test('verdicts have names, in batches that grow', async () => {
  const host = await Host.create(engine, await Bundle.read(file));
  const wanted = ['p/shadow', 'true', 'p/key'];
  assert.equal(decided(host, '/etc/shadow', '/etc/hostname', '/etc/key'), wanted);
  for (const times of [1, 100, 1000, 3000, 9000, 2]) {
    const paths = Array.from({ length: times }, () => ['/etc/shadow', '/etc/hostname', '/etc/key']).flat();
    assert.equal(decided(host, ...paths).join(), Array.from({ length: times }, () => wanted).join());
  }
  assert.equal(decided(host), []);
  const elsewhere = await Host.create(Engine.of(engine.module), host.bundle);
  assert.equal(decided(elsewhere, '/etc/key'), ['p/key']);
  assert.is(host.bundle.policyName(0), 'p');
  assert.is(host.bundle.ruleName(NO_RULE), undefined);
});

test('a span of a ring buffer has a verdict for each record that was not discarded, up to one that is being written', async () => {
  const host = await Host.create(engine, await Bundle.read(file));
  const ring = (flags: number, path: string): Buffer => {
    const record = read(path);
    const head = Buffer.alloc(RING.header);
    head.writeUInt32LE((record.length | flags) >>> 0);
    return Buffer.concat([head, record]);
  };
  const span = [
    ring(0, '/etc/key'),
    ring(RING.discard, '/etc/key'),
    ring(0, '/etc/shadow'),
    ring(RING.busy, '/etc/key'),
  ];
  const names: unknown[] = [];
  assert.is(
    host.evaluateRing(Buffer.concat(span), (vm, i) => names.push(host.bundle.ruleName(vm.rule(i)))),
    2,
  );
  assert.equal(names, ['p/key', 'p/shadow']);
});

test('bundles are exchanged between batches, with their facts, or the old one stays', async () => {
  const [one, two] = [await Bundle.read(file), await Bundle.read(other)];
  const host = await Host.create(engine, one);
  const facts = new Records().begin(Kind.facts, 1).string(Field.procPath, '/bin/cat').end().bytes;
  for (let i = 0; i < 200; i++) {
    const prepared: unknown[] = [];
    host.exchange(i % 2 === 0 ? two : one, (vm) => {
      vm.putSubject(7n, facts);
      prepared.push(vm);
    });
    assert.is(prepared.length, 1);
    assert.equal(decided(host, '/etc/passwd', '/etc/key'), i % 2 === 0 ? ['p/other', 'true'] : ['true', 'p/key']);
  }
  const broken = await Bundle.read(forged({ program: Uint8Array.of(1, 2, 3) }));
  assert.is(await codeOf(() => host.exchange(broken)), 'magic');
  const failed = new Error('the facts could not be read');
  assert.throws(() =>
    host.exchange(two, () => {
      throw failed;
    }),
  );
  assert.is(host.bundle, one);
  assert.equal(decided(host, '/etc/passwd', '/etc/key'), ['true', 'p/key']);
  const inside = [() => host.exchange(two), () => host.evaluate(read('/etc/key'), () => {})];
  for (const call of inside) assert.is(await codeOf(() => host.evaluate(read('/x'), call)), 'busy');
  assert.equal(decided(host, '/etc/key'), ['p/key']);
});

test('facts that make the memory grow leave the verdicts of a batch where they can be read', async () => {
  const host = await Host.create(engine, await Bundle.read(file));
  const facts = new Records()
    .begin(Kind.facts)
    .string(Field.procPath, `/${'x'.repeat(4000)}`)
    .end().bytes;
  let key = 1n;
  const names: unknown[] = [];
  host.evaluate(read('/etc/key', '/etc/shadow'), (vm, i) => {
    for (let n = 0; n < 2000; n++) host.putSubject(key++, facts);
    names.push(host.bundle.ruleName(vm.rule(i)));
  });
  assert.equal(names, ['p/key', 'p/shadow']);
});

/** The file with other sections, whose digests are good. */
function forged(change: Partial<BundleSections>): Uint8Array {
  const read = readContainer(file);
  if ('error' in read) throw new Error(read.error);
  return writeContainer({ ...read.sections, ...change });
}

test('what is not sound is refused, with a code', async () => {
  const tampered = Uint8Array.from(module);
  tampered[tampered.length - 1] ^= 1;
  assert.is(await codeOf(() => Engine.compile(tampered)), 'module');
  const empty = Engine.of(new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)));
  assert.is(await codeOf(async () => Host.create(empty, await Bundle.read(file))), 'interface');
  for (const at of [3, 20, 300, file.length - 1]) {
    const changed = Uint8Array.from(file);
    changed[at] ^= 1;
    assert.is(await codeOf(() => Bundle.read(changed)), 'bundle');
  }
  const span = { source: 0, start: 0, end: 0, line: 1, column: 1 };
  const sound = { name: 'x', version: '', kinds: [], fields: [], policies: [], rules: [] };
  const unsound = [
    null,
    [],
    { ...sound, rules: 1 },
    { ...sound, policies: [{ name: 1, span }] },
    {
      ...sound,
      rules: [{ name: 'r', policy: 0, action: 'deny', severity: null, tags: [], message: null, log: '', when: '' }],
    },
  ];
  const manifest = (value: unknown): Uint8Array => forged({ manifest: pack(value) });
  assert.is(await codeOf(() => Bundle.read(manifest(sound))), 'fine');
  for (const value of unsound) assert.is(await codeOf(() => Bundle.read(manifest(value))), 'bundle');
});

test('a bundle is not changed by who changes the bytes that it was read from', async () => {
  const bytes = Uint8Array.from(file);
  const reading = Bundle.read(bytes);
  bytes.fill(0);
  assert.equal((await reading).digest, (await Bundle.read(file)).digest);
});

test('records say what was written, whatever it is', () => {
  const text = fc.string({ unit: 'binary', maxLength: 60 }).map((value) => Buffer.from(value).toString());
  const latin1 = (value: string): string => Buffer.from(value).toString('latin1');
  fc.assert(
    fc.property(
      text,
      fc.array(text, { maxLength: 5 }),
      fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
      fc.boolean(),
      (path, args, pid, tty) => {
        const { bytes } = new Records()
          .begin(Kind.exec)
          .time(1n)
          .subject(2n ** 64n - 1n)
          .workload(9n)
          .string(Field.procPath, path)
          .list(Field.procArgs, args)
          .number(Field.procPid, pid)
          .bool(Field.procInteractive, tty)
          .flags(Field.procCaps, ['chown', 'checkpoint_restore'])
          .address(Field.netRemoteIp, Uint8Array.of(10, 0, 0, 1))
          .end();
        const record = decodeRecord(bytes);
        if ('error' in record) throw new Error(record.error);
        const value = (name: string): unknown => record.event.values.get(fieldId(name));
        assert.equal(
          [record.subject, record.workload, record.event.time, record.size],
          [2n ** 64n - 1n, 9n, 1n, bytes.length],
        );
        assert.equal([value('proc.path'), value('proc.pid'), value('proc.interactive')], [latin1(path), pid, tty]);
        assert.equal(value('proc.args'), args.map(latin1));
        assert.is(value('proc.caps'), 1n | (1n << 40n));
        assert.is(value('net.remote_ip'), '\0\0\0\0\0\0\0\0\0\0\xff\xff\x0a\0\0\x01');
      },
    ),
    { numRuns: 200 },
  );
});

test('many records stand one behind the other; what does not fit one is not written', async () => {
  const records = new Records();
  for (let i = 0; i < 5000; i++)
    records
      .begin(Kind.fileRead, 1)
      .string(Field.filePath, `/srv/${'x'.repeat(100)}/${i}`)
      .end();
  const before = records.bytes.length;
  const long = 'é'.repeat(2049);
  const refused: readonly ((record: Records) => Records)[] = [
    (r) => r.string(Field.filePath, long).end(),
    (r) => r.string(Field.filePath, 'a').string(Field.filePath, 'b').end(),
    (r) => r.string(Field.filePath, 'a').number(Field.procPid, 1).number(Field.procPpid, 1).end(),
    (r) => r.flags(Field.fileFlags, ['none']).end(),
    (r) => r.address(Field.netRemoteIp, new Uint8Array(5)).end(),
  ];
  for (const write of refused) assert.is(await codeOf(() => write(records.begin(Kind.fileRead, 2))), 'record');
  assert.is(records.bytes.length, before);
  const cut = records.clear().begin(Kind.exec).string(Field.procCmdline, 'x'.repeat(100_000)).end();
  const record = decodeRecord(cut.bytes);
  assert.ok('event' in record && (record.event.values.get(fieldId('proc.cmdline')) as string).length === 16384);
  assert.equal(record.event.values.get(fieldId('event.truncated')), ['proc.cmdline']);
});

/** Bytes of a program that takes these names from the host, as an application's bundler makes it. */
async function weight(...names: readonly string[]): Promise<{ readonly minified: number; readonly zipped: number }> {
  const { outputFiles } = await bundleProgram({
    stdin: { contents: `export { ${names.join(', ')} } from './vm.js'`, resolveDir: join(assetPath('.')) },
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
  });
  return { minified: outputFiles[0].contents.length, zipped: gzipSync(outputFiles[0].contents, { level: 9 }).length };
}

test('a program that decides takes 14 KB of it, 5.5 KB over the wire; one that writes records too 22 and 8.2', async () => {
  const deciding = await weight('Engine', 'Bundle', 'Host', 'Action');
  const all = await weight('Engine', 'Bundle', 'Host', 'Action', 'Records', 'Kind', 'Field', 'VerdictFlag', 'VmError');
  assert.ok(deciding.minified <= 14_000 && deciding.zipped <= 5_500, JSON.stringify(deciding));
  assert.ok(all.minified <= 22_000 && all.zipped <= 8_200, JSON.stringify(all));
});

test.run();
