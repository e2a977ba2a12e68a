/** Files that are none of a policy, places that cannot be written: a code, a place, and nothing half done. */
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lictor, POLICY, withFiles } from './support.ts';

const KUBEARMOR = `apiVersion: security.kubearmor.com/v1
kind: KubeArmorPolicy
metadata: {name: p, namespace: shop}
spec: {process: {matchPaths: [{path: /bin/a}]}, action: Block}
`;
const HEAD = 'apiVersion: security.kubearmor.com/v1\nkind: KubeArmorPolicy\n';
const SCOPED = POLICY.replace('spec:\n', 'spec:\n  scope: {namespace: [shop]}\n').replace(
  'proc.name in ("sh", "bash")',
  'proc.path = "/bin/sh"',
);

const aliases = Array.from({ length: 11 }, (_, n) => `a${n + 1}: &a${n + 1} [${`*a${n},`.repeat(9)}]\n`).join('');
const blocks = Array.from({ length: 3000 }, (_, n) => `${' '.repeat(n)}a:\n`).join('');

const FILES: readonly (readonly [what: string, content: string | Uint8Array, said: RegExp])[] = [
  ['nothing', '', /no policy of KubeArmor in these files/],
  ['a binary file', Uint8Array.from({ length: 4096 }, (_, n) => n), /error\[L1002\].*\n {2}\S+:2:118/],
  ['the character NUL', `${HEAD}metadata: {name: "a\0b"}\n`, /error\[L1003\].*\n {2}\S+:3:20/],
  ['no UTF-8', Buffer.from(`${HEAD}metadata: {name: \xff}\n`, 'latin1'), /error\[L1002\].*\n {2}\S+:3:18/],
  ['one key twice', `${KUBEARMOR}spec: {}\n`, /error\[L1007\].*\n {2}\S+:5:1/],
  ['lists 10,000 deep', `a: ${'['.repeat(10_000)}${']'.repeat(10_000)}\n`, /error\[L1004\]/],
  ['maps 10,000 deep', `${'{a: '.repeat(10_000)}1${'}'.repeat(10_000)}\n`, /error\[L1004\]/],
  ['maps 3,000 deep, by indentation', blocks, /error\[L1004\].*\n {2}\S+:100:100/],
  ['aliases of aliases', `a0: &a0 [x]\n${aliases}`, /error\[L1009\]/],
  ['more bytes than a source may have', `${HEAD}# ${'x'.repeat(8_400_000)}\n`, /error\[L1001\]/],
];
for (const [what, content, said] of FILES) {
  test(`import: ${what}`, () => {
    withFiles({ 'p.yaml': content }, (directory) => {
      const output = join(directory, 'out');
      const { code, stderr } = lictor(['import', 'kubearmor', join(directory, 'p.yaml'), '-o', output]);
      assert.is(code, 3, stderr);
      assert.match(stderr, said);
      assert.ok(stderr.length < 10_000);
      assert.not(existsSync(output));
    });
  });
}

/** Each that writes, in a directory with one policy of each sort. */
const WRITERS: readonly (readonly [name: string, argv: (directory: string, output: string) => readonly string[]])[] = [
  ['import', (directory, output) => ['import', 'kubearmor', join(directory, 'theirs.yaml'), '-o', output]],
  ['export', (directory, output) => ['export', 'kubearmor', join(directory, 'ours.yaml'), '-o', output]],
  ['new', (_, output) => ['new', '--template', 'nginx', '-o', join(output, 'theirs.yaml')]],
];
const SOURCES = { 'theirs.yaml': KUBEARMOR, 'ours.yaml': SCOPED };

for (const [name, argv] of WRITERS) {
  test(`${name}: the directory is a file`, () => {
    withFiles(SOURCES, (directory) => {
      for (const output of [join(directory, 'ours.yaml'), join(directory, 'ours.yaml', 'below')]) {
        const { code, stderr } = lictor(argv(directory, output));
        assert.is(code, 1);
        assert.match(stderr, /^error: cannot write `[^`]+`: a part of the path is not a directory$/m);
      }
      assert.is(readFileSync(join(directory, 'ours.yaml'), 'utf8'), SCOPED);
      assert.equal(readdirSync(directory).sort(), Object.keys(SOURCES).sort());
    });
  });
}

test('import: where one file cannot be written, none is', () => {
  withFiles({ 'a.yaml': KUBEARMOR, 'b.yaml': KUBEARMOR.replace('name: p', 'name: q') }, (directory) => {
    for (const spoil of [
      (path: string): void => mkdirSync(path),
      (path: string): void => symlinkSync('/dev/full', path),
    ]) {
      const output = join(directory, `out-${readdirSync(directory).length}`);
      mkdirSync(output);
      writeFileSync(join(output, 'a.yaml'), 'old');
      spoil(join(output, 'b.yaml'));
      const paths = ['a.yaml', 'b.yaml'].map((name) => join(directory, name));
      const { code, stderr } = lictor(['import', 'kubearmor', ...paths, '-o', output, '--replace']);
      assert.is(code, 1);
      assert.match(stderr, /cannot write `[^`]+b\.yaml`/);
      assert.is(readFileSync(join(output, 'a.yaml'), 'utf8'), 'old');
      assert.equal(readdirSync(output).sort(), ['a.yaml', 'b.yaml']);
    }
  });
});

test('links that lead to each other are named', () => {
  withFiles({ 'good.yaml': KUBEARMOR }, (directory) => {
    const link = join(directory, 'link.yaml');
    symlinkSync('link.yaml', link);
    symlinkSync('.', join(directory, 'self'));
    for (const path of [link, directory]) {
      for (const argv of [
        ['check', path],
        ['import', 'kubearmor', path, '-o', join(directory, 'out')],
      ]) {
        const { code, stderr } = lictor(argv);
        assert.equal(
          [code, stderr.split('\n')[0]],
          [1, `error: cannot read \`${link}\`: its symbolic links lead to each other`],
        );
      }
    }
  });
});

test('import and export to standard output: documents, and nothing else', () => {
  withFiles({ 'a.yaml': KUBEARMOR, 'b.yaml': KUBEARMOR.replace('name: p', 'name: q') }, (directory) => {
    const made = lictor(['import', 'kubearmor', directory, '-o', '-', '--format', 'json'], { cwd: directory });
    assert.equal([made.code, made.stdout.match(/^kind: Policy$/gm)?.length], [0, 2]);
    assert.equal(readdirSync(directory).sort(), ['a.yaml', 'b.yaml']);
    assert.is(lictor(['check', '-'], { input: made.stdout }).code, 0);
    const back = lictor(['export', 'kubearmor', '-', '-o', '-'], { input: made.stdout });
    assert.equal([back.code, back.stdout.match(/^kind: KubeArmorPolicy$/gm)?.length], [0, 2]);
    const again = lictor(['import', 'kubearmor', '-', '-o', join(directory, 'out')], { input: back.stdout });
    assert.equal([again.code, readdirSync(join(directory, 'out'))], [0, ['stdin.yaml']]);
  });
});

test.run();
