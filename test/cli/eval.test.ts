/** `lictor eval`, `explain`, `bench`, `replay`: verdicts in order, malformed lines, engines, streams that end early. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { build } from '../../compiler/build.ts';
import { encodeTraceEntry, encodeTraceHeader } from '../../shim/trace/writer.ts';
import { encodeRecord, parseEventLine } from '../../vm/event/index.ts';
import { golden, lictor, POLICY, PROGRAM, withFiles } from './support.ts';

const { value } = build([{ path: 'p.yaml', text: POLICY }], { today: '2026-11-21' });
if (!value) throw new Error('BUG: the policy has errors');
const BUNDLE = value.file;

const event = (path: string): string => JSON.stringify({ kind: 'exec', proc: { path } });
const SHELL = event('/bin/sh');
const LS = event('/bin/ls');

/** Runs with the bundle at hand; `@` in the arguments is its directory. */
const withBundle = (
  args: readonly string[],
  input = '',
  more: Record<string, string | Uint8Array> = {},
): ReturnType<typeof lictor> =>
  withFiles({ 'p.bundle': BUNDLE, ...more }, (directory) =>
    lictor(
      args.map((arg) => arg.replaceAll('@', directory)),
      { input },
    ),
  );
const evaluate = (input: string, ...args: string[]): ReturnType<typeof lictor> =>
  withBundle(['eval', '-b', '@/p.bundle', ...args], input);

const actions = (stdout: string): string[] =>
  stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => (JSON.parse(line) as { action: string }).action);

for (const engine of ['vm', 'reference', 'both']) {
  test(`one verdict a line, in order, by ${engine}`, () => {
    const { code, stdout, stderr } = evaluate(`${SHELL}\n\n${LS}\r\n${SHELL}`, '--engine', engine);
    assert.equal([code, actions(stdout), stderr], [0, ['deny', 'allow', 'deny'], '']);
  });
}

test('a verdict record has exactly the parts of the contract, in their order', () => {
  golden('eval-json.txt', evaluate(`${SHELL}\n${LS}\n`).stdout);
});

test('verdicts for people', () => {
  golden('eval-human.txt', evaluate(`${SHELL}\n${LS}\n`, '--format', 'human').stdout);
});

test('exactly one event: its effect is the exit code', () => {
  assert.is(evaluate(SHELL).code, 2);
  assert.is(evaluate(LS).code, 0);
  assert.is(evaluate('').code, 0);
});

const MALFORMED: readonly (readonly [line: string, message: RegExp])[] = [
  ['{"kind":"exec"', /^error: line 3: /],
  ['{"kind":"nope"}', /^error: line 3: unknown kind `nope`/],
  ['{"kind":"exec","proc":{"pid":"x"}}', /^error: line 3: /],
  ['[]', /^error: line 3: /],
  ['{"kind":"exec","proc":{"path":"/a"},"proc.path":"/b"}', /^error: line 3: /],
];
for (const [line, message] of MALFORMED) {
  test(`the first malformed line ends it: ${line}`, () => {
    const { code, stdout, stderr } = evaluate(`${SHELL}\n\n${line}\n${LS}\n`);
    assert.equal([code, actions(stdout)], [3, ['deny']]);
    assert.match(stderr, message);
  });
}

test('a line that is not UTF-8, and one without an end', () => {
  withFiles(
    { 'p.bundle': BUNDLE, 'bad.ndjson': Buffer.from([...Buffer.from(`${SHELL}\n"`), 0xff, 0x22, 10]) },
    (directory) => {
      const { code, stdout, stderr } = lictor([
        'eval',
        '-b',
        `${directory}/p.bundle`,
        '--events',
        `${directory}/bad.ndjson`,
      ]);
      assert.equal([code, actions(stdout)], [3, ['deny']]);
      assert.match(stderr, /line 2: not UTF-8/);
    },
  );
  const { code, stderr } = evaluate(`${SHELL}\n{"kind":"${'x'.repeat(3 << 20)}`);
  assert.is(code, 3);
  assert.match(stderr, /line 2: longer than 1\.0 MiB/);
});

test('many events: all of them, in order', () => {
  const input = Array.from({ length: 20_000 }, (_, i) => (i % 3 === 0 ? SHELL : LS)).join('\n');
  const { code, stdout } = evaluate(input, '--engine', 'both');
  const found = actions(stdout);
  assert.is(code, 0);
  assert.is(found.length, 20_000);
  assert.ok(found.every((action, i) => action === (i % 3 === 0 ? 'deny' : 'allow')));
});

test('a slow stream is answered line by line', async () => {
  await withFiles({ 'p.bundle': BUNDLE }, async (directory) => {
    const child = spawn(process.execPath, [...PROGRAM, 'eval', '-b', `${directory}/p.bundle`], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    for (const [line, action] of [
      [SHELL, 'deny'],
      [LS, 'allow'],
    ]) {
      child.stdin.write(`${line}\n`);
      const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
      assert.equal(actions(chunk.toString()), [action]);
    }
    child.stdin.end();
    const [code] = (await once(child, 'exit')) as [number];
    assert.is(code, 0);
  });
});

test('a reader that goes away is no failure', () => {
  withFiles({ 'p.bundle': BUNDLE, 'e.ndjson': `${SHELL}\n`.repeat(50_000) }, (directory) => {
    const program = [process.execPath, ...PROGRAM].map((word) => `'${word}'`).join(' ');
    const script = `${program} eval -b ${directory}/p.bundle --events ${directory}/e.ndjson | head -1; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
    const [first, code] = stdout.trimEnd().split('\n');
    assert.equal(actions(first), ['deny']);
    assert.equal([code, stderr], ['0', '']);
  });
});

test('bundles that are none', () => {
  const cut = Buffer.from(BUNDLE).subarray(0, BUNDLE.length - 9);
  const changed = Buffer.from(BUNDLE);
  changed[changed.length - 20] ^= 1;
  for (const [name, bytes, message] of [
    ['text', Buffer.from('hello'), /not a bundle/],
    ['cut', cut, /truncated/],
    ['changed', changed, /damaged/],
    ['empty', Buffer.alloc(0), /not a bundle/],
  ] as const) {
    const { code, stderr } = withBundle(['eval', '-b', '@/x.bundle'], SHELL, { 'x.bundle': bytes });
    assert.is(code, 3, name);
    assert.match(stderr, message);
  }
});

test('explain: exit code is the effect, the reason is shown', () => {
  const explain = (line: string, ...args: string[]): ReturnType<typeof lictor> =>
    withBundle(['explain', '-b', '@/p.bundle', '--event', line, ...args]);
  const denied = explain(SHELL, '--format', 'human');
  assert.is(denied.code, 2);
  golden('explain-denied.txt', denied.stdout);
  const allowed = explain(LS, '--format', 'human');
  assert.is(allowed.code, 0);
  golden('explain-allowed.txt', allowed.stdout);
  const other = explain('{"kind":"file.read","file":{"path":"/x"}}', '--format', 'human', '--all');
  golden('explain-all.txt', other.stdout);
  const json = JSON.parse(explain(SHELL).stdout) as {
    verdict: { action: string };
    policies: { rules: { matched: boolean }[] }[];
  };
  assert.is(json.verdict.action, 'deny');
  assert.is(json.policies[0].rules[0].matched, true);
  assert.is(explain('{"kind":1}').code, 3);
});

test('bench measures each kind, and names the hottest rules', () => {
  const { code, stdout } = withBundle(['bench', '-b', '@/p.bundle'], `${SHELL}\n${LS}\n`);
  assert.is(code, 0);
  const { kinds, rules } = JSON.parse(stdout) as {
    kinds: { kind: string; events: number; nsPerEvent: number; steps: { most: number } | null; bound: number }[];
    rules: unknown;
  };
  assert.equal([kinds.length, kinds[0].kind, kinds[0].events], [1, 'exec', 2]);
  assert.ok(kinds[0].nsPerEvent > 0);
  if (kinds[0].steps) assert.ok(kinds[0].steps.most <= kinds[0].bound);
  assert.equal(rules, [{ policy: 'shells', rule: 'no-shells', events: 1 }]);
  assert.is(withBundle(['bench', '-b', '@/p.bundle'], '').code, 3);
});

/** A trace in which one process, known by its facts, reads a file and starts a shell. */
function trace(): Uint8Array {
  const of = (json: object): ReturnType<typeof parseEventLine> => parseEventLine(JSON.stringify(json));
  const eventOf = (json: object): Extract<ReturnType<typeof parseEventLine>, { event: unknown }>['event'] => {
    const parsed = of(json);
    if ('error' in parsed) throw new Error(parsed.error);
    return parsed.event;
  };
  const facts = { ...eventOf({ kind: 'exec', proc: { path: '/bin/sh', pid: 7 } }), kind: 0 };
  const header = { time: '2026-11-21T00:00:00Z', host: 'h', kernel: '6.18', command: ['sh'], kinds: ['exec'] };
  return Buffer.concat([
    encodeTraceHeader(header),
    encodeTraceEntry({ type: 'subject', key: 7n, bytes: encodeRecord(facts) }),
    encodeTraceEntry({ type: 'record', key: 0n, bytes: encodeRecord(eventOf({ kind: 'exec' }), { subject: 7n }) }),
    encodeTraceEntry({ type: 'end', key: 7n, bytes: new Uint8Array() }),
    encodeTraceEntry({ type: 'record', key: 0n, bytes: encodeRecord(eventOf({ kind: 'exec' }), { subject: 7n }) }),
  ]);
}

test('replay: facts count while their process lives; eval reads traces too', () => {
  const more = { 't.lictor-trace': trace() };
  const { code, stdout, stderr } = withBundle(
    ['replay', '@/t.lictor-trace', '-b', '@/p.bundle', '--records', 'all', '--engine', 'both'],
    '',
    more,
  );
  assert.equal([code, actions(stdout)], [0, ['deny', 'allow']]);
  assert.is((JSON.parse(stdout.split('\n')[0]) as { event: { proc: { path: string } } }).event.proc.path, '/bin/sh');
  assert.match(stderr, /2 events: 1 allow, 1 deny/);
  assert.equal(actions(withBundle(['replay', '@/t.lictor-trace', '-b', '@/p.bundle'], '', more).stdout), ['deny']);
  assert.equal(actions(withBundle(['eval', '-b', '@/p.bundle', '--events', '@/t.lictor-trace'], '', more).stdout), [
    'deny',
    'allow',
  ]);
});

test('the shipped trace: both engines say the same of every event', () => {
  withFiles({}, (directory) => {
    lictor(['build', 'policies', '-o', `${directory}/base.bundle`]);
    const trace = 'test/traces/build.lictor-trace';
    const { code, stdout } = lictor(['eval', '-b', `${directory}/base.bundle`, '--events', trace, '--engine', 'both']);
    const found = actions(stdout);
    assert.equal([code, found.length], [0, 2048]);
    assert.equal(
      [found.filter((action) => action === 'deny').length, found.filter((action) => action === 'kill').length],
      [7, 3],
    );
  });
});

test('replay: a trace that is none, or cut', () => {
  const cut = trace().subarray(0, -4);
  for (const [bytes, message] of [
    [Buffer.from('nonsense'), /not a trace/],
    [cut, /cut/],
  ] as const) {
    const { code, stderr } = withBundle(['replay', '@/t', '-b', '@/p.bundle'], '', { t: bytes });
    assert.is(code, 3);
    assert.match(stderr, message);
  }
});

test.run();
