/** What the suites of `npm run test:compat` print is read right, and compared right. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compare, type Result } from '../../tools/compat/compare.ts';
import { SUITES } from '../../tools/compat/suites.ts';
import { steps } from '../../tools/compat/suite.ts';
import { withSummary } from '../../tools/compat/summary.ts';

const read = (name: string, output: string, files: Readonly<Record<string, string>> = {}): Record<string, string> => {
  const folder = mkdtempSync(join(tmpdir(), 'lictor-test-'));
  try {
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
    const suite = SUITES.find((one) => one.name === name);
    if (!suite) throw new Error(`no suite ${name}`);
    return Object.fromEntries(suite.outcomes(folder, output));
  } finally {
    rmSync(folder, { recursive: true });
  }
};

test('lines of unittest, with what tests print in between, and the files of a run', () =>
  assert.equal(
    read(
      'python',
      `test_one (test.test_os.A.test_one) ... ok
test_two (test.test_os.A.test_two)
What it does. ... skipped 'no such thing'
test_three (ctypes.test.B.test_three) ... a warning
ok
test_four (test.test_os.A.test_four) ... FAIL
0:00:03 load avg: 1.00 [1/2] test_os failed (1 failure)
0:00:04 load avg: 1.00 [2/2/1] test_x passed
`,
    ),
    {
      'test.test_os.A.test_one': 'ok',
      'test.test_os.A.test_two': 'skipped',
      'ctypes.test.B.test_three': 'ok',
      'test.test_os.A.test_four': 'FAIL',
      test_os: 'failed',
      test_x: 'passed',
    },
  ));

test('TAP, a file a script, with remarks and scripts that give up', () =>
  assert.equal(
    read('git', '', {
      't1.sh.tap': 'noise\nok 1 - first\nnot ok 2 - second # known breakage\nok 3 # skip third (missing X)\n1..3\n',
      't2.sh.tap': '1..0 # SKIP no server\n',
      other: 'ok 1 - of nobody\n',
    }),
    {
      't1.sh 1': 'ok 1 - first',
      't1.sh 2': 'not ok 2 - second # known breakage',
      't1.sh 3': 'ok 3 # skip third (missing X)',
      't2.sh as a whole': '1..0 # SKIP no server',
    },
  ));

test('lines of Automake, of Redis and of pg_regress', () => {
  assert.equal(read('coreutils', 'PASS: tests/cp/a.sh\nmake: x\nSKIP: tests/cp/b.sh\n'), {
    'tests/cp/a.sh': 'PASS',
    'tests/cp/b.sh': 'SKIP',
  });
  assert.equal(
    read('redis', '[\u001b[0;32;49mok\u001b[0m]: AOF (works) (12 ms)\n[err]: Other thing in tests/unit/x.tcl\n'),
    { 'AOF (works)': 'ok', 'Other thing': 'err' },
  );
  assert.equal(
    read(
      'postgresql',
      'test tablespace                   ... ok          300 ms\n     char                         ... FAILED       60 ms\n',
    ),
    { tablespace: 'ok', char: 'FAILED' },
  );
});

/** Here a guard is any program that runs another: it says so in the environment. */
const GUARD = ['env', 'GUARDED=1'];
const compared = (commands: Record<string, string>, differences: Parameters<typeof compare>[4] = []): Result => {
  const suite = steps('suite', [], commands);
  return compare(suite, suite.parts(''), '', GUARD, differences, () => {});
};

test('differences count, but for those that are explained and those between bare runs', () => {
  const { tests, known, unsteady, unexplained, explained } = compared(
    { same: 'echo x', ours: 'echo "$GUARDED"', known: 'echo "k$GUARDED"', unsteady: 'date +%N' },
    [{ suite: 'suite', test: /^known$/, what: '', why: '' }],
  );
  assert.equal({ tests, known, unsteady, unexplained }, { tests: 4, known: 1, unsteady: 1, unexplained: ['ours'] });
  assert.is(explained.length, 1);
});

test('a suite that runs again takes the place of its row, others keep theirs', () => {
  const result = { tests: 5, unsteady: 1, known: 1, explained: [], unexplained: [], bareSeconds: 2, guardedSeconds: 3 };
  const document = 'text\n\n<!-- suites: begin -->\n\n<!-- suites: end -->\n\nmore\n';
  const both = withSummary(document, [
    { ...result, suite: 'one' },
    { ...result, suite: 'two' },
  ]);
  const again = withSummary(both, [{ ...result, suite: 'one', tests: 7 }]);
  const rows = [...again.matchAll(/^\| (one|two) \|.*$/gm)].map(([row]) => row.replace(/ +/g, ' '));
  assert.equal(rows, ['| two | 5 | 3 | 1 | 1 | 0 | × 1.50 |', '| one | 7 | 5 | 1 | 1 | 0 | × 1.50 |']);
  assert.match(again, /^text\n[^]*more\n$/);
});

test.run();
