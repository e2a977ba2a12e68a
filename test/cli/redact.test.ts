/** `--redact`: what is written of events by `eval`, `explain`, `replay` and `run`; decisions are those of the whole event. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { build } from '../../compiler/build.ts';
import { encodeTraceEntry, encodeTraceHeader } from '../../shim/trace/writer.ts';
import { encodeRecord, parseEventLine } from '../../vm/event/index.ts';
import { kernelTest } from '../support/kernel.ts';
import { lictor, withFiles } from './support.ts';

/** Its rule needs the secret, and its message has it in every form. */
const POLICY = `apiVersion: lictor.dev/v1
kind: Policy
metadata: {name: tokens}
spec:
  mode: enforce
  rules:
    - name: no-token
      on: exec
      when: 'proc.args[2] = "s3cret"'
      action: deny
      message: "{proc.name}: {proc.cmdline} ({proc.args[2]})"
`;
const { value } = build([{ path: 'p.yaml', text: POLICY }], { today: '2026-11-22' });
if (!value) throw new Error('BUG: the policy has errors');
const BUNDLE = value.file;

const ARGS = ['curl', '--token', 's3cret', 'x'];
const EVENT = JSON.stringify({ kind: 'exec', proc: { path: '/bin/curl', args: ARGS, pid: 7 } });
const REDACT = ['--redact', 'proc.cmdline=--token [^ ]+', '--redact', 'proc.name=^cu'];

interface Shown {
  readonly action: string;
  readonly message: string;
  readonly event: { readonly proc: { readonly path: string; readonly args: readonly string[] } };
}
const firstOf = (text: string): Shown =>
  JSON.parse(text.split('\n').find((line) => line.startsWith('{')) ?? 'null') as Shown;

for (const engine of ['vm', 'reference', 'both']) {
  test(`eval by ${engine}: the decision is that of the whole event`, () => {
    withFiles({ 'p.bundle': BUNDLE }, (directory) => {
      const args = ['eval', '-b', join(directory, 'p.bundle'), '--engine', engine];
      const whole = lictor(args, { input: EVENT });
      const { code, stdout } = lictor([...args, ...REDACT], { input: EVENT });
      assert.equal([whole.code, code], [2, 2]);
      assert.is(firstOf(whole.stdout).message, 'curl: curl --token s3cret x (s3cret)');
      assert.equal(firstOf(stdout), { ...firstOf(whole.stdout), message: '***rl: curl *** *** x (***)' });
      const human = lictor([...args, ...REDACT, '--format', 'human'], { input: EVENT }).stdout;
      assert.match(human, /^deny .*\/bin\/\*\*\*rl .*\*\*\*rl: curl \*\*\* \*\*\* x/);
      assert.not.match(human, /s3cret/);
    });
  });
}

test('explain: what tests found is hidden, and they gave what the whole event gives', () => {
  withFiles({ 'p.bundle': BUNDLE }, (directory) => {
    const explain = (event: string, ...more: readonly string[]): string => {
      const { code, stdout } = lictor(['explain', '-b', join(directory, 'p.bundle'), '--event', event, ...more]);
      return `${code} ${stdout}`;
    };
    const missed = EVENT.replace('s3cret', 'hunter2');
    assert.match(explain(missed), /proc\.args\[2\] is \\"hunter2\\"/);
    for (const format of ['human', 'json']) {
      const text = explain(missed, ...REDACT, '--format', format);
      assert.match(text, /^0 [^]*proc\.args\[2\] is \\?"\*\*\*\\?"/);
      assert.not.match(text, /hunter2/);
    }
    assert.match(explain(EVENT, ...REDACT), /^2 .*"message":"\*\*\*rl: curl \*\*\* \*\*\* x \(\*\*\*\)"/);
  });
});

test('replay: records, their events, and the command that was recorded', () => {
  const parsed = parseEventLine(EVENT);
  if ('error' in parsed) throw new Error(parsed.error);
  const header = { time: '2026-11-22T00:00:00Z', host: 'h', kernel: '6.18', command: ARGS, kinds: ['exec'] };
  const trace = Buffer.concat([
    encodeTraceHeader(header),
    encodeTraceEntry({ type: 'record', key: 0n, bytes: encodeRecord(parsed.event) }),
  ]);
  withFiles({ 'p.bundle': BUNDLE, 't.lictor-trace': trace }, (directory) => {
    const args = ['replay', join(directory, 't.lictor-trace'), '-b', join(directory, 'p.bundle')];
    assert.match(lictor(args).stderr, /^curl --token s3cret x, recorded/);
    const { code, stdout, stderr } = lictor([...args, ...REDACT]);
    const { action, message, event } = firstOf(stdout);
    assert.equal(
      [code, action, message, event.proc.path, event.proc.args],
      [0, 'deny', '***rl: curl *** *** x (***)', '/bin/***rl', ['curl', '***', '***', 'x']],
    );
    assert.match(stderr, /^curl \*\*\* \*\*\* x, recorded/);
    assert.not.match(stdout + stderr, /s3cret/);
  });
});

kernelTest('run: records on stderr and in a file', ['root', 'bpf', 'cgroup', 'fanotify', 'seccomp'], () => {
  withFiles({ 'p.yaml': POLICY }, (directory) => {
    const events = join(directory, 'events.ndjson');
    const flags = [
      '-p',
      join(directory, 'p.yaml'),
      '--redact',
      'proc.cmdline=s3[a-z]+',
      '--redact',
      'proc.pcmdline=s3[a-z]+',
    ];
    const command = ['--', '/bin/sh', '-c', '/bin/echo --token s3cret x; echo $?'];
    const run = lictor(['run', ...flags, '--events', events, ...command]);
    assert.equal([run.code, run.stdout.split('\n').at(-2)], [0, '126']);
    const text = readFileSync(events, 'utf8');
    const record = text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Shown)
      .find(({ event }) => event.proc.path.endsWith('/echo'));
    assert.is(record?.action, 'deny');
    assert.equal(record?.event.proc.args, ['/bin/echo', '--token', '***', 'x']);
    assert.match(record?.message ?? '', /echo: \/bin\/echo --token \*\*\* x \(\*\*\*\)$/);
    assert.not.match(text, /s3cret/);
    const lines = lictor(['run', ...flags, ...command]).stderr.match(/^lictor: deny .*/gm);
    assert.equal([lines?.length, lines?.join().includes('s3cret')], [1, false]);
  });
});

test('fields and expressions are checked before anything is read', () => {
  const wrong: readonly (readonly [given: string, message: RegExp])[] = [
    ['proc.cmdlin=x', /unknown field `proc.cmdlin`\n {2}help: did you mean `proc.cmdline`\?/],
    ['zzzzzzzz=x', /unknown field `zzzzzzzz`/],
    ['proc.pid=1', /`proc.pid` is not written as text/],
    ['event.kind=exec', /`event.kind` is not written as text/],
    ['proc.path', /expected FIELD=REGEX/],
    ['=x', /expected FIELD=REGEX/],
    ['proc.path=', /the expression is empty/],
    ['proc.path=(', /a `\(` without its `\)`/],
    ['proc.path=(?=a)', /look-around, which RE2 does not have/],
    ['proc.path=\\p{L}', /classes of Unicode are not supported/],
  ];
  for (const [given, message] of wrong) {
    for (const args of [['eval'], ['explain', '--event={}'], ['replay', 'gone'], ['run', '-b', 'gone']]) {
      const rest = args[0] === 'run' ? ['--', 'true'] : ['-b', 'gone'];
      const { code, stderr } = lictor([...args.slice(0, args[0] === 'run' ? 3 : 2), '--redact', given, ...rest]);
      assert.is(code, 64, `${args[0]} ${given}: ${stderr}`);
      assert.match(stderr, message);
    }
  }
  assert.is(lictor(['record', '-o', 'x', '--redact', 'proc.path=x', '--', 'true']).code, 64);
});

test.run();
