/** Python's own tests, all files of them, as root and as a user. */
import { execFileSync } from 'node:child_process';
import { chunks, NOBODY, type Outcomes, type Suite } from './suite.ts';

const PYTHON = '/usr/bin/python3.11';
/** Files run beside each other; where one differs, the part that it is of is run again. */
const FILES = 8;
/** Of a file, on a machine that does other things beside. */
const SECONDS = 900;

/** What asks the kernel for more than memory: as a user these alone run, and as root they do first. */
const SYSTEM = [
  ...['os', 'posix', 'pathlib', 'shutil', 'tempfile', 'glob', 'fcntl', 'file', 'subprocess', 'popen', 'pty', 'openpty'],
  ...['signal', 'eintr', 'threading', 'thread', 'threadsignals', 'fork1', 'wait3', 'wait4', 'socket', 'socketserver'],
  ...['select', 'selectors', 'poll', 'epoll', 'ssl', 'httpservers', 'httplib', 'ftplib', 'xmlrpc', 'urllib2_localnet'],
  ...['multiprocessing_fork', 'multiprocessing_forkserver', 'multiprocessing_main_handling', 'multiprocessing_spawn'],
  ...[
    'asyncio',
    'asyncore',
    'logging',
    'mmap',
    'fileio',
    'io',
    'largefile',
    'stat',
    'genericpath',
    'posixpath',
    'filecmp',
  ],
  ...[
    'fileinput',
    'tarfile',
    'zipfile',
    'gzip',
    'mailbox',
    'shelve',
    'dbm',
    'dbm_dumb',
    'dbm_gnu',
    'dbm_ndbm',
    'sqlite3',
  ],
  ...[
    'venv',
    'compileall',
    'py_compile',
    'importlib',
    'import',
    'runpy',
    'cmd_line',
    'cmd_line_script',
    'faulthandler',
  ],
  ...[
    'resource',
    'pwd',
    'grp',
    'spwd',
    'sys',
    'site',
    'syslog',
    'tty',
    'ioctl',
    'curses',
    'uuid',
    'concurrent_futures',
  ],
].map((name) => `test_${name}`);
/** Of the interpreter's sources, its build and its editor: they test no program. */
const LEFT_OUT = ['test_lib2to3', 'test_peg_generator', 'test_tools', 'test_idle'];

const files = (): string[] =>
  execFileSync(PYTHON, ['-m', 'test', '--list-tests'], { encoding: 'utf8', cwd: '/' })
    .trim()
    .split('\n')
    .filter((name) => !LEFT_OUT.includes(name));
const system = (): string[] => {
  const there = files();
  return SYSTEM.filter((name) => there.includes(name));
};
const all = (): string[] => [...system(), ...files().filter((name) => !SYSTEM.includes(name))];

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

const python = (name: string, as: string, chosen: () => readonly string[]): Suite => ({
  name,
  needs: [['/usr/lib/python3.11/test/test_os.py', 'libpython3.11-testsuite']],
  source: null,
  parts: () =>
    chunks(chosen(), FILES).map((tests) => ({
      name: `${tests[0]} to ${tests.at(-1)}`,
      // VSOCK connects to a hypervisor: where there is one, those tests wait for ever
      script: `${as} ${PYTHON} -m test -v -j2 --timeout ${SECONDS} -u subprocess -i '*VSOCK*' ${tests.join(' ')} 2>&1`,
    })),
  outcomes,
});

export const PYTHONS: readonly Suite[] = [python('python', '', all), python('python as nobody', NOBODY, system)];
