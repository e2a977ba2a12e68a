/** `lictor test`: results in every format, coverage, and what counts as a failure. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mismatches } from '../../cli/testing/expectation.ts';
import { golden, lictor, POLICY, PROGRAM, withFiles } from './support.ts';

const tests = (expect: string): string => `${POLICY}---
apiVersion: lictor.dev/v1
kind: PolicyTest
metadata: {name: "shells-1"}
spec:
  policy: shells
  cases:
    - name: a shell <is> "denied"
      event: {kind: exec, proc: {path: /bin/sh}}
      expect: ${expect}
    - name: ls is not
      event: {kind: exec, proc: {path: /bin/ls}}
      expect: {action: allow, rule: null}
`;
const GOOD = tests('{action: deny, rule: no-shells, severity: high}');
const BAD = tests('{action: kill, message: x}');
/** Would decide if policies were tested together. */
const OTHER = POLICY.replace('name: shells', 'name: all')
  .replace(/when: .*/, 'when: "true"')
  .replace('mode: enforce', 'mode: enforce\n  tier: admin');

const run = (text: string, ...args: string[]): ReturnType<typeof lictor> =>
  withFiles({ 'p.yaml': text }, (directory) => {
    const { code, stdout, stderr } = lictor(['test', directory, ...args]);
    const tidy = (of: string): string => of.replaceAll(directory, 'DIR');
    return { code, stdout: tidy(stdout), stderr: tidy(stderr) };
  });

for (const format of ['human', 'json', 'junit']) {
  test(`passing and failing cases as ${format}`, () => {
    const good = run(GOOD, '--format', format, '--coverage');
    const bad = run(BAD, '--format', format);
    assert.equal([good.code, bad.code], [0, 3]);
    golden(`test-${format}.txt`, `${good.stdout}\n${bad.stdout}`);
  });
}

test('each policy is tested on its own', () => {
  assert.is(run(`${OTHER}---\n${GOOD}`).code, 0);
});

test('no test is a failure', () => {
  const { code, stderr } = run(POLICY);
  assert.is(code, 3);
  assert.match(stderr, /no test found/);
});

test('coverage below the threshold is a failure', () => {
  const two = GOOD.replace(
    '    - name: no-shells',
    "    - {name: more, on: exec, when: 'proc.uid = 7', action: deny}\n    - name: no-shells",
  );
  assert.is(run(two, '--coverage', '--threshold', '50').code, 0);
  const { code, stdout, stderr } = run(two, '--coverage', '--threshold', '51', '--format', 'human');
  assert.is(code, 3);
  assert.match(stdout, /^shells +1\/2 +50 % {2}more$/m);
  assert.match(stderr, /50\.0 % of the rules hit, 51 % wanted/);
});

test('errors in policies and malformed events are failures', () => {
  assert.is(run(GOOD.replace('proc.name in', 'proc.nam in')).code, 3);
  const { code, stdout } = run(
    GOOD.replace('kind: exec, proc: {path: /bin/ls}', 'kind: exec, proc: {pid: x}'),
    '--format',
    'human',
  );
  assert.is(code, 3);
  assert.match(stdout, /the event is malformed: /);
});

test('a policy that is off has no verdicts', () => {
  const { code, stdout } = run(GOOD.replace('mode: enforce', 'mode: off'), '--format', 'human');
  assert.is(code, 3);
  assert.match(stdout, /the policy `shells` is off/);
});

test('what is expected of a record', () => {
  const record = {
    action: 'deny',
    would: null,
    tags: ['a', 'b'],
    matches: [{ policy: 'p', rule: 'r', severity: null }],
  };
  const parts = (expected: object): string[] => mismatches(expected, record).map(({ part }) => part);
  assert.equal(parts({ action: 'deny', would: null, tags: ['a', 'b'] }), []);
  assert.equal(parts({ matches: [{ rule: 'r' }] }), []);
  assert.equal(parts({ matches: [{ rule: 'x' }] }), ['matches[0].rule']);
  assert.equal(parts({ matches: [] }), ['matches']);
  assert.equal(parts({ tags: ['b', 'a'], action: 'allow' }), ['tags', 'action']);
  assert.equal(parts({ would: { action: 'deny' } }), ['would']);
});

test('--watch runs again when a file changes', async () => {
  await withFiles({ 'p.yaml': BAD }, async (directory) => {
    const child = spawn(process.execPath, [...PROGRAM, 'test', '--watch', directory], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    try {
      let notes = '';
      child.stderr.setEncoding('utf8');
      for await (const chunk of child.stderr) {
        const waited = notes.includes('waiting for changes');
        notes += chunk as string;
        if (!waited && notes.includes('waiting for changes')) writeFileSync(join(directory, 'p.yaml'), GOOD);
        if (notes.includes('2 cases, 0 failed')) break;
      }
      assert.match(notes, /2 cases, 1 failed[^]*waiting for changes[^]*2 cases, 0 failed/);
    } finally {
      child.kill();
    }
  });
});

test('build --watch builds again when a file changes, not when the bundle beside it does', async () => {
  await withFiles({ 'p.yaml': POLICY }, async (directory) => {
    const output = join(directory, 'p.bundle');
    const child = spawn(
      process.execPath,
      [...PROGRAM, 'build', '--watch', '--format', 'json', '-o', output, directory],
      {
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    try {
      let printed = '';
      child.stdout.setEncoding('utf8');
      for await (const chunk of child.stdout) {
        printed += chunk as string;
        if (printed.split('\n').length === 2) {
          // Time for what the first bundle could have woken.
          await new Promise((resolve) => setTimeout(resolve, 500));
          writeFileSync(join(directory, 'p.yaml'), POLICY.replace('no-shells', 'none'));
        }
        if (printed.split('\n').length === 3) break;
      }
      const [first, second] = printed.trimEnd().split('\n');
      assert.is.not(JSON.parse(first).sha256, JSON.parse(second).sha256);
      assert.is(JSON.parse(second).sha256, createHash('sha256').update(readFileSync(output)).digest('hex'));
    } finally {
      child.kill();
    }
  });
});

test('every shipped rule is hit by a shipped case', () => {
  assert.is(lictor(['test', '--coverage', '--threshold', '100', 'policies']).code, 0);
  assert.is(lictor(['test', '--coverage', '--threshold', '100', 'examples/web-service', 'examples/payments']).code, 0);
});

test.run();
