/** `lictor new`: each template under a name of its own checks, tests, and stands beside another of its kind. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lictor, withFiles } from './support.ts';

const listed = lictor(['new'])
  .stdout.trim()
  .split('\n')
  .map((line) => line.split(' ')[0]);

test('templates are listed', () => {
  assert.equal(listed, ['java', 'nginx', 'nodejs', 'postgresql', 'redis']);
});

test('all of them twice, in one build', () => {
  withFiles({}, (directory) => {
    for (const template of listed) {
      for (const more of [
        ['--namespace', 'payments'],
        ['--namespace', 'shop', '--name', `front-${template}`],
      ]) {
        const file = join(directory, `${template}-${more[1]}.yaml`);
        const { code, stderr } = lictor(['new', '--template', template, ...more, '-o', file]);
        assert.is(code, 0, stderr);
      }
      const { code, stdout, stderr } = lictor(['test', '--coverage', '--threshold', '100', '--strict', directory]);
      assert.is(code, 0, `${template}\n${stdout}${stderr}`);
      if (template === listed[0]) {
        const text = readFileSync(join(directory, `${template}-payments.yaml`), 'utf8');
        assert.match(text, `name: payments.${template}.v1`);
        assert.match(text, /namespace: \["?payments"?\]/);
        assert.match(text, 'mode: observe');
      }
      for (const name of ['payments', 'shop']) {
        const file = join(directory, `${template}-${name}.yaml`);
        assert.is(lictor(['check', '--strict', '--naming', file]).code, 0);
      }
      if (template !== listed.at(-1)) continue;
      const again = lictor(['new', '--template', template, '-o', join(directory, `${template}-shop.yaml`)]);
      assert.is(again.code, 1);
      assert.match(again.stderr, 'exists');
    }
  });
});

test('what cannot be written is said', () => {
  for (const [args, said] of [
    [['--template', 'ngin'], 'did you mean `nginx`'],
    [['--template', 'nginx'], '`--output` is missing'],
    [['--template', 'nginx', '--namespace', 'Payments', '-o', 'x.yaml'], 'lower case'],
    [['--template', 'nginx', '-o', 'x.json'], 'ends with .yaml'],
  ] as const) {
    const { code, stderr } = lictor(['new', ...args]);
    assert.is(code, 64);
    assert.match(stderr, said);
  }
});

test.run();
