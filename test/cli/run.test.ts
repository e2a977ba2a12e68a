/** `lictor run`, `record`, `doctor` on the real kernel: codes, streams, records. Each workload is this test's own. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kernelTest, type Need } from '../support/kernel.ts';
import { lictor, POLICY, withFiles } from './support.ts';

const KERNEL: readonly Need[] = ['root', 'bpf', 'cgroup', 'fanotify', 'seccomp'];

interface Record_ {
  readonly action: string;
  readonly effect: string;
  readonly rule: string | null;
  readonly would: { readonly rule: string } | null;
  readonly event: { readonly kind: string; readonly proc: { readonly path: string } };
  readonly mechanism: string;
  readonly seq: number;
}
const recordsOf = (text: string): Record_[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record_);

/** Runs under a policy whose rule is about `cat`, so that shells can be used. */
const CAT = POLICY.replace('("sh", "bash")', '("cat")').replaceAll('shells', 'cats');
const guarded = (
  policy: string,
  args: readonly string[],
  command: readonly string[],
  input = '',
): ReturnType<typeof lictor> =>
  withFiles({ 'p.yaml': policy }, (directory) =>
    lictor(['run', '-p', join(directory, 'p.yaml'), ...args, '--', ...command], { input }),
  );

kernelTest('streams are the workload’s own, its exit code is passed on', KERNEL, () => {
  const { code, stdout, stderr } = guarded(
    CAT,
    [],
    ['/bin/sh', '-c', 'read line; echo "$line"; echo note >&2; exit 7'],
    'hello\n',
  );
  assert.equal([code, stdout, stderr], [7, 'hello\n', 'note\n']);
});

kernelTest('a signal is 128 and its number', KERNEL, () => {
  assert.is(guarded(CAT, [], ['/bin/sh', '-c', 'kill -TERM $$']).code, 143);
});

kernelTest('a denied program: the workload sees EPERM, a readable line goes to stderr', KERNEL, () => {
  const { code, stdout, stderr } = guarded(CAT, [], ['/bin/sh', '-c', 'cat /dev/null; echo $?']);
  assert.equal([code, stdout], [0, '126\n']);
  assert.match(stderr, /^lictor: deny exec \S*\/cat by \S+ \[\d+\] \(cats\/no-cats\)/m);
});

kernelTest('records as NDJSON, on stderr and in a file', KERNEL, () => {
  const { stderr } = guarded(CAT, ['--format', 'json'], ['/bin/sh', '-c', 'cat /dev/null; :']);
  const [record] = recordsOf(stderr);
  assert.equal(
    [record.action, record.rule, record.event.kind, record.mechanism, record.seq],
    ['deny', 'no-cats', 'exec', 'fanotify', 1],
  );
  assert.match(record.event.proc.path, /\/cat$/);
  withFiles({ 'p.yaml': CAT }, (directory) => {
    const events = join(directory, 'events.ndjson');
    const run = lictor([
      'run',
      '-p',
      join(directory, 'p.yaml'),
      '--events',
      events,
      '--',
      '/bin/sh',
      '-c',
      'cat /dev/null; :',
    ]);
    assert.equal([run.code, run.stderr.includes('lictor')], [0, false]);
    assert.is(recordsOf(readFileSync(events, 'utf8'))[0].rule, 'no-cats');
  });
});

kernelTest('a workload whose records find no room is ended', KERNEL, () => {
  const script = 'cat /dev/null; sleep 20; echo went on';
  const { code, stdout, stderr } = guarded(CAT, ['--events', '/dev/full'], ['/bin/sh', '-c', script]);
  assert.equal([code, stdout], [125, '']);
  assert.match(stderr, /^error: cannot write records to `\/dev\/full`: ENOSPC/m);
  const late = guarded(CAT, ['--events', '/dev/full'], ['/bin/sh', '-c', 'exec cat /dev/null']);
  assert.is(late.code, 125, 'also where it ended before that was known');
});

kernelTest('an observed policy changes nothing and says what it would do', KERNEL, () => {
  const { code, stdout, stderr } = guarded(
    CAT.replace('enforce', 'observe'),
    ['--format', 'json'],
    ['/bin/sh', '-c', 'echo x | cat'],
  );
  assert.equal([code, stdout], [0, 'x\n']);
  const [record] = recordsOf(stderr);
  assert.equal([record.action, record.effect, record.would?.rule], ['allow', 'allow', 'no-cats']);
});

kernelTest('a scope that the workload is in, and one that it is not in', KERNEL, () => {
  const scoped = CAT.replace('  rules:', '  scope: {namespace: [payments]}\n  rules:');
  const of = (namespace: string): string =>
    guarded(scoped, ['--scope', `namespace=${namespace}`], ['/bin/sh', '-c', 'cat /dev/null; echo $?']).stdout;
  assert.equal([of('payments'), of('web')], ['126\n', '0\n']);
});

kernelTest('record writes a trace that replay decides', KERNEL, () => {
  withFiles({ 'p.yaml': CAT }, (directory) => {
    const [policy, bundle, trace] = ['p.yaml', 'p.bundle', 't.lictor-trace'].map((name) => join(directory, name));
    const { code, stdout } = lictor(['record', '-o', trace, '--', '/bin/sh', '-c', 'echo x | cat; exit 3']);
    assert.equal([code, stdout], [3, 'x\n']);
    lictor(['build', policy, '-o', bundle]);
    const [record] = recordsOf(lictor(['replay', trace, '-b', bundle, '--engine', 'both']).stdout);
    assert.equal([record.action, record.rule], ['deny', 'no-cats']);
  });
});

kernelTest('doctor says how each rule would be enforced', KERNEL, () => {
  withFiles({ 'p.yaml': CAT }, (directory) => {
    const bundle = join(directory, 'p.bundle');
    lictor(['build', join(directory, 'p.yaml'), '-o', bundle]);
    const { code, stdout } = lictor(['doctor', '-b', bundle]);
    const report = JSON.parse(stdout) as {
      canRun: boolean;
      rules: { rule: string; timing: string; enforced: boolean }[];
    };
    assert.equal([code, report.canRun], [0, true]);
    assert.equal(
      report.rules.map(({ rule, timing, enforced }) => [rule, timing, enforced]),
      [['no-cats', 'synchronous', true]],
    );
    assert.match(
      lictor(['doctor', '-b', bundle, '--format', 'human']).stdout,
      /^✔ {2}no-cats +exec +deny +fanotify +synchronous$/m,
    );
  });
});

kernelTest('a program that is not there is 127, as in a shell', KERNEL, () => {
  const { code, stderr } = guarded(CAT, [], ['/nowhere/at-all']);
  assert.equal([code, stderr], [127, 'lictor: cannot execute `/nowhere/at-all`: no such file\n']);
});

test('whatever keeps a workload from being guarded is 125', () => {
  withFiles({ 'bad.yaml': POLICY.replace('deny', 'dney'), 'x.bundle': 'x' }, (directory) => {
    for (const args of [
      ['-p', join(directory, 'bad.yaml')],
      ['-p', join(directory, 'missing.yaml')],
      ['-b', join(directory, 'x.bundle')],
    ]) {
      const { code, stdout } = lictor(['run', ...args, '--', '/bin/echo', 'started']);
      assert.equal([code, stdout], [125, ''], args.join(' '));
    }
  });
});

test.run();
