/** `lictor check`: formats, order of documents, limits, standard input. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { golden, lictor, POLICY, withFiles } from './support.ts';

const BROKEN = POLICY.replace('proc.name', 'proc.nam').replace('deny', 'dney');
const WARNED = POLICY.replace('["sh", "bash"]', '').replace("'proc.name in", "'file.path in");

/** The text without the random directory. */
const tidy = (text: string, directory: string): string => text.replaceAll(directory, 'DIR');

for (const format of ['human', 'json', 'sarif', 'github']) {
  test(`errors as ${format}`, () => {
    withFiles({ 'broken.yaml': BROKEN }, (directory) => {
      const { code, stdout } = lictor(['check', directory, '--format', format]);
      assert.is(code, 3);
      golden(
        `check-${format}.txt`,
        tidy(stdout, directory).replace(/("name": "lictor",\s+"version": )"[^"]+"/, '$1"V"'),
      );
    });
  });
}

test('no terminal: one JSON object a line, notes on stderr only', () => {
  withFiles({ 'broken.yaml': BROKEN }, (directory) => {
    const { stdout, stderr } = lictor(['check', directory]);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.ok(lines.length >= 2);
    for (const key of ['code', 'severity', 'message', 'path', 'line', 'column', 'help'])
      assert.ok(key in lines[0], key);
    assert.is(stderr, '');
  });
});

test('nothing wrong: 0, nothing on stdout', () => {
  withFiles({ 'p.yaml': POLICY }, (directory) => {
    const { code, stdout, stderr } = lictor(['check', directory, '--format', 'human']);
    assert.equal([code, stdout, stderr], [0, '', '1 file: no errors\n']);
  });
});

test('names are judged where they are asked for', () => {
  withFiles({ 'p.yaml': POLICY }, (directory) => {
    assert.is(lictor(['check', '--strict', directory]).code, 0);
    const { code, stdout } = lictor(['check', '--strict', '--naming', directory]);
    assert.is(code, 3);
    assert.match(stdout, 'L3113');
  });
});

test('colour only when it is asked for, or on a terminal', () => {
  withFiles({ 'broken.yaml': BROKEN }, (directory) => {
    const escapes = (...args: string[]): boolean =>
      lictor(['check', directory, '--format', 'human', ...args]).stdout.includes('\x1b');
    assert.equal([escapes(), escapes('--color', 'always'), escapes('--color', 'never')], [false, true, false]);
  });
});

test('with and without colour the text is the same', () => {
  withFiles({ 'broken.yaml': BROKEN }, (directory) => {
    const plain = lictor(['check', directory, '--format', 'human']).stdout;
    const coloured = lictor(['check', directory, '--format', 'human', '--color', 'always']).stdout;
    assert.is(coloured.replace(/\x1b\[\d+m/g, ''), plain);
  });
});

test('a warning is 0, with --strict 3', () => {
  withFiles({ 'w.yaml': WARNED }, (directory) => {
    assert.is(lictor(['check', directory, '--format', 'human']).code, 0);
    const { code, stdout } = lictor(['check', directory, '--strict', '--format', 'human']);
    assert.is(code, 3);
    assert.match(stdout, /^error\[L3\d+\]/);
  });
});

test('standard input', () => {
  const { code, stdout } = lictor(['check', '-', '--format', 'human'], { input: BROKEN });
  assert.is(code, 3);
  assert.match(stdout, /<stdin>:\d+:\d+/);
});

test('below a directory: .yaml, .yml and .json, by path bytewise', () => {
  withFiles({ 'b.yml': BROKEN, 'B.json': '{', 'a.txt': BROKEN }, (directory) => {
    mkdirSync(join(directory, 'a'));
    writeFileSync(join(directory, 'a', 'z.yaml'), BROKEN.replace('name: shells', 'name: other'));
    const { stdout } = lictor(['check', directory, '--format', 'json']);
    const paths = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).path as string);
    const files = [...new Set(paths)].map((path) => path.slice(directory.length + 1));
    assert.equal(files, ['B.json', 'a/z.yaml', 'b.yml']);
  });
});

test('a file above the limit is not read', () => {
  withFiles({ 'p.yaml': POLICY }, (directory) => {
    const { code, stdout } = lictor(['check', directory, '--max-source-bytes', '100', '--format', 'human']);
    assert.is(code, 3);
    assert.match(stdout, /has \d+ bytes; a source may have 100/);
  });
});

test('bytes that are not UTF-8', () => {
  withFiles({ 'p.yaml': Buffer.from([...Buffer.from('a: "'), 0xff, 0x22]) }, (directory) => {
    const { code, stdout } = lictor(['check', directory, '--format', 'human']);
    assert.is(code, 3);
    assert.match(stdout, /byte 4 \(0xff\) is not UTF-8/);
  });
});

test('control characters of a file do not reach the terminal', () => {
  withFiles({ 'p.yaml': POLICY.replace('name: shells', 'name: "\\x1b[31m\x1b[2J"') }, (directory) => {
    const { stdout } = lictor(['check', directory, '--format', 'human']);
    assert.not.match(stdout, /\x1b/);
  });
});

test('parameters are set from outside', () => {
  const library = `apiVersion: lictor.dev/v1
kind: Library
metadata: {name: l}
spec:
  parameters: {port: {type: integer}}
---
${POLICY.replace('\'proc.name in ("sh", "bash")\'', "'proc.uid = $port'")}`;
  withFiles({ 'p.yaml': library }, (directory) => {
    assert.is(lictor(['check', directory]).code, 3);
    assert.is(lictor(['check', directory, '--set', 'port=7']).code, 0);
    assert.is(lictor(['check', directory, '--set', 'port=seven']).code, 3);
  });
});

test('the shipped policies and examples have no warning', () => {
  for (const paths of [['policies', 'examples/tuning'], ['examples/web-service'], ['examples/payments']]) {
    const { code, stdout } = lictor(['check', '--strict', ...paths, '--format', 'human']);
    assert.equal([code, stdout], [0, '']);
  }
});

test.run();
