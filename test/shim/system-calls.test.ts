/** System calls that rules are about, of a real workload: by number, by register, by what a pointer points to. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LiveRecord } from '../../shim/sinks/sink.ts';
import { kernelTest } from '../support/kernel.ts';
import { GUARD, inFolder, policy, runUnder } from './workload.ts';

/** Makes system calls by number and prints what came of them. */
const CALLER = `
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
for line in sys.stdin.read().split(';'):
    call = [word.encode() if word.startswith('/') else int(word, 0) for word in line.split()]
    ctypes.set_errno(0)
    print('done' if libc.syscall(*[ctypes.c_long(a) if isinstance(a, int) else a for a in call]) >= 0 else ctypes.get_errno())
sys.stdout.flush()
os._exit(7)
`;

const told = (records: readonly LiveRecord[]): readonly string[] =>
  records.map(
    ({ action, rule, event }) => `${action} ${rule} ${(event as { syscall?: { name: string } }).syscall?.name}`,
  );

const tried = async (rules: string, calls: string, head?: string) => {
  let outcome: { stdout: string; exitCode: number; all: readonly LiveRecord[] } | undefined;
  await inFolder(async (folder) => {
    writeFileSync(join(folder, 'calls.py'), CALLER);
    writeFileSync(join(folder, 'calls'), calls);
    const command = ['sh', '-c', 'exec python3 calls.py < calls'];
    outcome = await runUnder(folder, policy(rules, head), command, {});
  });
  return outcome!;
};

kernelTest('a system call is refused by its registers, with the errno of the rule', GUARD, async () => {
  const { stdout, exitCode, all } = await tried(
    `
- {name: mask, on: syscall, when: 'syscall.name = "umask" and syscall.arg0 = 18', action: deny, errno: EACCES}
- {name: high, on: syscall, when: 'syscall.name = "personality" and syscall.arg0 >= 0x100000000', action: deny, errno: EINVAL}
- {name: folder, on: syscall, when: 'syscall.name = "chdir" and syscall.sarg0 = "/usr"', action: deny, errno: ENOENT}
- {name: end, on: syscall, when: 'syscall.name = "exit_group" and syscall.arg0 = 7', action: deny}
`,
    '95 18;95 19;135 0x1ffffffff;135 0xffffffff;80 /usr;80 /tmp',
  );
  assert.equal([stdout.trim().split('\n'), exitCode], [['13', 'done', '22', 'done', '2', 'done'], 7]);
  assert.equal(told(all), ['deny mask umask', 'deny high personality', 'deny folder chdir', 'deny end exit_group']);
  assert.equal(
    all.map(({ degraded }) => degraded !== null),
    [false, false, true, true],
  );
});

kernelTest('what the filter refuses is asked first where a rule is about it', GUARD, async () => {
  const { stdout, all } = await tried(
    `- {name: tracing, on: syscall, when: 'syscall.name = "ptrace"', action: audit}`,
    '101 0 0 0 0;165 0 0 0 0 0',
  );
  assert.equal([stdout.trim().split('\n'), told(all)], [['1', '1'], ['audit tracing ptrace']]);
});

kernelTest('both questions are asked: of the system call, then of what it does', GUARD, async () => {
  const { stdout, all } = await tried(
    `
- {name: call, on: syscall, when: 'syscall.name = "open" and syscall.arg1 = 0', action: audit}
- {name: object, on: file.read, when: 'file.path = "/etc/hostname"', action: deny}
`,
    '2 /etc/hostname 0 0;2 /etc/passwd 0 0;2 /etc/passwd 0x80000 0',
  );
  assert.equal(stdout.trim().split('\n'), ['1', 'done', 'done']);
  assert.equal(
    all.map(({ rule }) => rule),
    ['call', 'object', 'call'],
  );
});

kernelTest('rules about the calls that start a workload wait for the workload', GUARD, async () => {
  const { stdout, exitCode, all } = await tried(
    `- {name: all, on: syscall, when: 'proc.name = "lictor-launch" or syscall.name in ("write", "prctl") and proc.uid = 1', action: kill}`,
    '110;39',
  );
  assert.equal([stdout, exitCode, all], ['done\ndone\n', 7, []]);
});

test.run();
