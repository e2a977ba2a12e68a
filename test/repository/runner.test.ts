/** The test runner itself: nothing passes by not running. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { root } from './files.ts';

const HEAD = "import { test } from 'uvu';\nimport * as assert from 'uvu/assert';\n";
const PASS = "test('passes', () => {});\n";
const RUN = 'test.run();\n';

/** Runs test files that consist of these texts. */
const run = (texts: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}) => {
  // Below the project, so that the files find its packages; in a folder that git ignores.
  mkdirSync(join(root, 'dist'), { recursive: true });
  const folder = mkdtempSync(join(root, 'dist', 'runner-'));
  try {
    for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, `${name}.test.ts`), HEAD + text);
    const { status, stdout } = spawnSync(process.execPath, ['tools/test.mjs', '--folder', `dist/${basename(folder)}`], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, CI: '', LICTOR_REQUIRE_KERNEL: '', ...env },
    });
    return { status, stdout, last: stdout.trimEnd().split('\n').at(-1) };
  } finally {
    rmSync(folder, { recursive: true });
  }
};

test('counts what passed', () => {
  const { status, last } = run({ a: PASS + PASS + RUN, b: PASS + RUN });
  assert.is(last, '3 passed, 0 failed, 0 skipped');
  assert.is(status, 0);
});

test('a failure is named, with its message', () => {
  const { status, stdout, last } = run({
    a: `${PASS}test('breaks', () => { assert.is(1, 2, 'one is two'); });\n${RUN}`,
  });
  assert.is(last, '1 passed, 1 failed, 0 skipped');
  assert.is(status, 1);
  assert.match(stdout, /"breaks"/);
  assert.match(stdout, /one is two/);
});

test('a selection without files fails', () => {
  const { status, last } = run({});
  assert.is(last, '0 passed, 0 failed, 0 skipped');
  assert.is(status, 1);
});

for (const [what, text] of Object.entries({
  'a file without tests': RUN,
  'a file that forgets run()': PASS,
  'a file that cannot be loaded': "import './nowhere.ts';\n",
  'a process that ends early': `${PASS}${RUN}process.exit(0);\n`,
  'a rejection that nobody catches': `test('a', async () => {\n  void Promise.reject(new Error('lost'));\n  await new Promise((go) => setTimeout(go, 20));\n});\n${RUN}`,
})) {
  test(`${what} fails`, () => {
    const { status, last } = run({ a: text });
    assert.match(last ?? '', /^\d+ passed, 1 failed, 0 skipped$/);
    assert.is(status, 1);
  });
}

/** A test that needs root, run by somebody who is not. */
const KERNEL = `import { kernelTest } from '../../test/support/kernel.ts';
process.geteuid = () => 1000;
${PASS}kernelTest('guards', ['root'], () => {});
${RUN}`;

test('a test that lacks the kernel is skipped, and says why', () => {
  const { status, stdout, last } = run({ a: KERNEL });
  assert.is(last, '1 passed, 0 failed, 1 skipped');
  assert.is(status, 0);
  assert.match(stdout, /skipped: guards: needs root/);
});

for (const name of ['LICTOR_REQUIRE_KERNEL', 'CI']) {
  test(`where ${name} is set, a test that lacks the kernel fails`, () => {
    const { status, last } = run({ a: KERNEL }, { [name]: name === 'CI' ? 'true' : '1' });
    assert.is(last, '1 passed, 1 failed, 0 skipped');
    assert.is(status, 1);
  });
}

test.run();
