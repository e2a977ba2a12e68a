/** Ways round a guard (bypass/rows.ts), tried as root and as another user. */
import { spawn, type ChildProcess } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kernelTest } from '../support/kernel.ts';
import { BYPASSES } from './bypass/rows.ts';
import { compileC } from './compile.ts';
import { appears, GUARD, inFolder, policy, runUnder } from './workload.ts';

/** `secret` is kept wholly, `sealed` may be read, `forged` and core files may not come to be. */
const RULES = `
- {name: secret, on: [file.read, file.write, file.link, file.rename, file.attr], when: 'file.name = "secret"', action: deny}
- {name: sealed, on: [file.write, file.link, file.rename, file.attr], when: 'file.name = "sealed"', action: deny}
- {name: forged, on: [file.create, file.link], when: 'file.name = "forged" or file.other_path endswith "/forged"', action: deny}
- {name: dumps, on: file.create, when: 'file.path contains "/dumps/"', action: deny}
- {name: special, on: file.write, when: 'file.path = "/dev/kmsg" or file.name = "fifo"', action: deny}
- {name: forbidden, on: exec, when: 'proc.name = "forbidden"', action: deny}
- {name: outside, on: net.connect, when: 'net.path endswith "helper"', action: deny}
`;
const SOURCES = ['attempts', 'files', 'descriptors', 'programs', 'processes', 'namespaces', 'kernel', 'sockets'].map(
  (name) => join(import.meta.dirname, 'bypass', `${name}.c`),
);
const NOBODY = 65534;

/** What the attempts are about; all of it belongs to the workload's user. */
const furnish = (folder: string, owner: number): void => {
  const at = (name: string): string => join(folder, name);
  fs.chmodSync(folder, 0o777);
  compileC(SOURCES, at('attempts'));
  fs.copyFileSync('/lib64/ld-linux-x86-64.so.2', at('loader'));
  for (const name of ['deleted', 'linkable', 'renamed', 'place', 'dumps']) fs.mkdirSync(at(name));
  for (const name of ['secret', 'linkable/secret', 'renamed/secret', 'sealed', 'plain'])
    fs.writeFileSync(at(name), 'top secret');
  for (const name of ['forbidden', 'deleted/forbidden', 'program']) fs.copyFileSync(at('attempts'), at(name));
  fs.writeFileSync(at('script'), '#!./forbidden\n', { mode: 0o755 });
  fs.linkSync(at('secret'), at('linked-before'));
  fs.symlinkSync('secret', at('symlink'));
  for (const name of fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    fs.lchownSync(at(name), owner, owner);
  fs.copyFileSync(at('attempts'), at('setuid'));
  fs.chmodSync(at('setuid'), 0o4755);
};

/** Hands the secret out, from outside of the workload. */
const passing = async (folder: string): Promise<ChildProcess> => {
  const child = spawn(join(folder, 'attempts'), ['pass'], { cwd: folder, stdio: 'ignore' });
  await appears(join(folder, 'passing'));
  return child;
};

for (const [who, user, owner] of [
  ['root', undefined, 0],
  ['user', 'nobody', NOBODY],
] as const)
  kernelTest(`no way leads round the guard of ${who} that is not named`, GUARD, () =>
    inFolder(async (folder) => {
      furnish(folder, owner);
      const outside = await passing(folder);
      try {
        const { exitCode, stdout, stderr } = await runUnder(folder, policy(RULES), ['./attempts'], { user });
        assert.is(exitCode, 0, stderr);
        const came = stdout
          .trim()
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]);
        assert.equal(
          came.map(([attempt]) => attempt),
          BYPASSES.map(({ attempt }) => attempt),
        );
        const unexpected = BYPASSES.filter((row, i) => !row[who].includes(came[i][1]));
        assert.equal(
          unexpected.map(({ attempt }) => `${attempt} ${came.find(([name]) => name === attempt)![1]}`),
          [],
        );
      } finally {
        outside.kill('SIGKILL');
      }
    }),
  );

kernelTest('where opens are not asked, a loader is no program', GUARD, () =>
  inFolder(async (folder) => {
    const rules = `- {name: forbidden, on: exec, when: 'proc.name = "forbidden"', action: deny}`;
    const command = ['sh', '-c', '/lib64/ld-linux-x86-64.so.2 /bin/true || echo refused'];
    const { stdout, notices } = await runUnder(folder, policy(rules), command);
    assert.is(stdout, 'refused\n');
    assert.match(notices.join(), 'was refused as a program');
  }),
);

kernelTest('a loader runs what rules allow it to', GUARD, () =>
  inFolder(async (folder) => {
    const command = ['sh', '-c', '/lib64/ld-linux-x86-64.so.2 /bin/echo loaded'];
    const { stdout } = await runUnder(folder, policy(RULES), command);
    assert.is(stdout, 'loaded\n');
  }),
);

kernelTest('a folder as standard stream would lead along mounts without marks', GUARD, () =>
  inFolder(async (folder) => {
    const fd = fs.openSync(folder, 'r');
    const { exitCode, error } = await runUnder(folder, policy(RULES), ['true'], { stdio: [fd, 'ignore', 'ignore'] });
    fs.closeSync(fd);
    assert.is(exitCode, 125);
    assert.match(error!, 'folder as standard stream');
  }),
);

test.run();
