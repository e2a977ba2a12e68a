/** `lictor fmt`, `build`, `inspect`, `schema`: files in, files out. */
import { chmodSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { golden, lictor, POLICY, withFiles } from './support.ts';

const LOOSE = `# a comment
kind: Policy
apiVersion: lictor.dev/v1
metadata: {name: shells}
spec:
    rules:
    - {name: no-shells, on: [exec], when: "proc.name   =  'sh'", action: deny}
    mode: enforce
`.replace(`'sh'`, '\\"sh\\"');

test('fmt rewrites, says what it rewrote, keeps comments and permissions, and has nothing to do the second time', () => {
  withFiles({ 'loose.yaml': LOOSE }, (directory) => {
    const path = join(directory, 'loose.yaml');
    chmodSync(path, 0o640);
    const first = lictor(['fmt', directory]);
    assert.equal([first.code, first.stdout], [0, `${path}\n`]);
    const text = readFileSync(path, 'utf8');
    golden('fmt.yaml', text);
    assert.match(text, '# a comment');
    assert.is(statSync(path).mode & 0o777, 0o640);
    const second = lictor(['fmt', directory]);
    assert.equal([second.code, second.stdout], [0, '']);
    assert.is(readFileSync(path, 'utf8'), text);
    assert.equal(readdirSync(directory), ['loose.yaml']);
  });
});

test('fmt --check changes nothing and finds', () => {
  withFiles({ 'loose.yaml': LOOSE }, (directory) => {
    const { code, stdout } = lictor(['fmt', '--check', directory]);
    assert.equal([code, stdout], [3, `${join(directory, 'loose.yaml')}\n`]);
    assert.is(readFileSync(join(directory, 'loose.yaml'), 'utf8'), LOOSE);
  });
});

test('fmt leaves a file with errors as it is, and formats the others', () => {
  withFiles({ 'a.yaml': 'a: [', 'b.yaml': LOOSE }, (directory) => {
    const { code, stdout, stderr } = lictor(['fmt', directory]);
    assert.equal([code, stdout], [3, `${join(directory, 'b.yaml')}\n`]);
    assert.match(stderr, /a\.yaml:1:/);
    assert.is(readFileSync(join(directory, 'a.yaml'), 'utf8'), 'a: [');
  });
});

test('fmt of standard input', () => {
  const { code, stdout } = lictor(['fmt', '-'], { input: LOOSE });
  assert.is(code, 0);
  golden('fmt.yaml', stdout);
});

test('the shipped documents are formatted', () => {
  assert.is(lictor(['fmt', '--check', 'policies', 'examples']).code, 0);
});

test('build: the same sources give the same bytes, the file appears whole', () => {
  withFiles({ 'p.yaml': POLICY }, (directory) => {
    const [source, one, two] = ['p.yaml', '1.bundle', '2.bundle'].map((name) => join(directory, name));
    const { code, stdout } = lictor(['build', source, '-o', one]);
    assert.is(code, 0);
    const facts = JSON.parse(stdout) as { policies: number; rules: number; bytes: number; cost: { exec: number } };
    assert.equal([facts.policies, facts.rules, facts.bytes], [1, 1, statSync(one).size]);
    assert.ok(facts.cost.exec > 0);
    lictor(['build', source, '-o', two]);
    assert.equal(readFileSync(one), readFileSync(two));
    assert.equal(readdirSync(directory).sort(), ['1.bundle', '2.bundle', 'p.yaml']);
  });
});

test('build for people', () => {
  withFiles({ 'p.yaml': POLICY }, (directory) => {
    const { stdout } = lictor(['build', 'p.yaml', '-o', 'p.bundle', '--format', 'human'], { cwd: directory });
    assert.match(
      stdout,
      /^p\.bundle: 1 policy, 1 rule, [\d.]+ KiB, 0 warnings\nsha256 [0-9a-f]{64}\n\nKIND +RULES +STEPS AT MOST +UNKNOWN WORKLOAD\nexec +1 +[\d,]+ +[\d,]+\n$/,
    );
  });
});

test('build with errors writes nothing and keeps an older bundle', () => {
  withFiles({ 'p.yaml': POLICY.replace('deny', 'dney'), 'p.bundle': 'old' }, (directory) => {
    const { code, stdout, stderr } = lictor(['build', join(directory, 'p.yaml'), '-o', join(directory, 'p.bundle')]);
    assert.equal([code, stdout], [3, '']);
    assert.match(stderr, /did you mean `deny`\?/);
    assert.is(readFileSync(join(directory, 'p.bundle'), 'utf8'), 'old');
  });
});

test('build within a budget', () => {
  withFiles({ 'p.yaml': POLICY }, (directory) => {
    const { code, stderr } = lictor([
      'build',
      join(directory, 'p.yaml'),
      '-o',
      join(directory, 'p.bundle'),
      '--budget',
      '10',
    ]);
    assert.is(code, 3);
    assert.match(stderr, /more than the budget of 10/);
  });
});

test('rules without a plan within the budget of steps are named; with --allow-slow their cost is told', () => {
  const slow = POLICY.replace(/when: .*/, 'when: any(proc.args, contains proc.cmdline)');
  withFiles({ 'p.yaml': slow }, (directory) => {
    const bundle = join(directory, 'p.bundle');
    const args = ['build', join(directory, 'p.yaml'), '-o', bundle];
    const refused = lictor(args);
    assert.is(refused.code, 3);
    assert.match(refused.stderr, /error\[L4001\]: `exec` events could take \d+ steps, more than the budget of \d+/);
    assert.match(refused.stderr, /when: any\(proc\.args, contains proc\.cmdline\)/);
    assert.match(refused.stderr, /help: .*selective condition.*`--allow-slow`/);
    const { code, stdout } = lictor([...args, '--allow-slow']);
    assert.is(code, 0);
    const { cost } = JSON.parse(stdout) as { cost: { exec: number } };
    const shown = lictor(['inspect', bundle, '--format', 'human']).stdout;
    assert.match(shown, new RegExp(`exec +1 +${cost.exec.toLocaleString('en')}`));
  });
});

test('inspect shows policies, sections and bounds', () => {
  withFiles({ 'p.yaml': POLICY }, (directory) => {
    const bundle = join(directory, 'p.bundle');
    lictor(['build', join(directory, 'p.yaml'), '-o', bundle]);
    const { code, stdout } = lictor(['inspect', bundle, '--format', 'human']);
    assert.is(code, 0);
    for (const part of [
      /^SECTION +SIZE +SHA-256$/m,
      /^program /m,
      /^shells +default +1000 +enforce +1$/m,
      /^exec +1 +[\d,]+ +[\d,]+$/m,
    ]) {
      assert.match(stdout, part);
    }
    const json = JSON.parse(lictor(['inspect', bundle]).stdout) as {
      manifest: { rules: unknown[] };
      sections: { name: string }[];
    };
    assert.is(json.manifest.rules.length, 1);
    assert.equal(
      json.sections.map(({ name }) => name),
      ['manifest', 'program', 'normal', 'sources', 'cover'],
    );
  });
});

test('inspect shows the program: a listing, a graph, where rules went', () => {
  withFiles({ 'p.yaml': POLICY }, (directory) => {
    const bundle = join(directory, 'p.bundle');
    lictor(['build', join(directory, 'p.yaml'), '-o', bundle]);
    const inspect = (...args: string[]): string => lictor(['inspect', bundle, ...args]).stdout;
    assert.match(inspect('--asm'), /^exec {2}at most \d+ steps$/m);
    assert.match(inspect('--dot'), /^digraph /);
    golden('inspect-rules.txt', inspect('--rules', '--format', 'human'));
    assert.is((JSON.parse(inspect('--rules')) as unknown[]).length, 1);
    assert.is(lictor(['inspect', bundle, '--asm', '--dot']).code, 64);
  });
});

test('schema prints one schema, or all', () => {
  const one = JSON.parse(lictor(['schema', 'Policy']).stdout) as { properties: object };
  assert.ok('spec' in one.properties);
  const all = JSON.parse(lictor(['schema']).stdout) as object;
  assert.equal(Object.keys(all), ['Policy', 'Library', 'Exception', 'Overlay', 'PolicyTest', 'Bundle']);
});

test.run();
