/** Python's own tests, all files of them, as root and as a user. */
import { execFileSync } from 'node:child_process';
import { chunks, NOBODY, type Outcomes, type Suite } from './suite.ts';

const PYTHON = '/usr/bin/python3.11';
/** Files run beside each other; where one differs, the part that it is of is run again. */
const FILES = 12;
const SECONDS = 300;
/** Other programs' tests of the compiler's own speed or size, or of what a kernel of this kind has not. */
const LEFT_OUT = ['test_lib2to3', 'test_peg_generator', 'test_tools', 'test_idle', 'test_tkinter'];

const files = (): string[] =>
  execFileSync(PYTHON, ['-m', 'test', '--list-tests'], { encoding: 'utf8', cwd: '/' })
    .trim()
    .split('\n')
    .filter((name) => !LEFT_OUT.includes(name));

/** Lines of unittest: `NAME (FULL.NAME) … OUTCOME`, with whatever the test prints in between; and one a file. */
const outcomes = (_: string, output: string): Outcomes =>
  new Map([
    ...output.split(/^(?=test\w* \([\w.]+\))/m).flatMap((part) => {
      const name = /^test\w* \(([\w.]+)\)/.exec(part)?.[1];
      const outcome = /(?:^| )(ok|FAIL|ERROR|skipped|expected failure)(?: '.*'| ".*")?$/m.exec(part)?.[1];
      return name === undefined ? [] : [[name, outcome ?? 'no outcome'] as const];
    }),
    ...[...output.matchAll(/^.*\[ *\d+\/\d+(?:\/\d+)?\] (test\w+) (passed|failed|skipped|crashed|timed out)/gm)].map(
      ([, name, outcome]) => [name, outcome] as const,
    ),
  ]);

const python = (name: string, as: string): Suite => ({
  name,
  needs: [['/usr/lib/python3.11/test/test_os.py', 'libpython3.11-testsuite']],
  source: null,
  parts: () =>
    chunks(files(), FILES).map((tests) => ({
      name: `${tests[0]} to ${tests.at(-1)}`,
      // VSOCK connects to a hypervisor: where there is one, those tests wait for ever
      script: `${as} ${PYTHON} -m test -v -j2 --timeout ${SECONDS} -u subprocess -i '*VSOCK*' ${tests.join(' ')} 2>&1`,
    })),
  outcomes,
});

export const PYTHONS: readonly Suite[] = [python('python', ''), python('python as nobody', NOBODY)];
