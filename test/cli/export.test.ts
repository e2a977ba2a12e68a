/** `lictor export`: all of it, or nothing. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lictor, withFiles } from './support.ts';

const policy = (name: string, when: string): string => `apiVersion: lictor.dev/v1
kind: Policy
metadata: {name: ${name}}
spec:
  mode: enforce
  scope: {namespace: [shop]}
  defaults: {exec: deny}
  rules:
    - {name: known, on: exec, when: '${when}', action: allow}
`;
const GOOD = policy('good', 'proc.path = "/bin/a"');
const BAD = policy('bad', 'proc.uid = 0');

test('writes a file for each, and the settings of all; a second time only with --replace', () => {
  withFiles({ 'good.yaml': GOOD }, (directory) => {
    const output = join(directory, 'out');
    const command = ['export', 'kubearmor', join(directory, 'good.yaml'), '-o', output];
    const { code, stdout } = lictor([...command, '--format', 'json']);
    const files = ['good.yaml', 'settings.yaml'].map((name) => join(output, name));
    assert.equal([code, JSON.parse(stdout)], [0, { files, documents: 2 }]);
    assert.match(readFileSync(files[0], 'utf8'), /kind: KubeArmorPolicy/);
    assert.match(readFileSync(files[1], 'utf8'), /defaultFilePosture: block/);
    assert.is(lictor(command).code, 1);
    assert.is(lictor([...command, '--replace']).code, 0);
  });
});

test('writes nothing where a rule cannot be said, and names the rule', () => {
  withFiles({ 'a.yaml': GOOD, 'b.yaml': BAD }, (directory) => {
    const output = join(directory, 'out');
    const { code, stderr } = lictor(['export', 'kubearmor', directory, '-o', output]);
    assert.is(code, 3);
    assert.match(stderr, /L5701/);
    assert.match(stderr, /b\.yaml:9/);
    assert.not(existsSync(output));
  });
});

test('knows its formats', () => {
  assert.is(lictor(['export', 'falco', 'x.yaml', '-o', 'y']).code, 64);
});

test.run();
