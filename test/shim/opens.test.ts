import { copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kernelTest } from '../support/kernel.ts';
import { GUARD, inFolder, policy, runUnder, summary } from './workload.ts';

kernelTest('an open is decided on the object, however its path is written', GUARD, () =>
  inFolder(async (folder) => {
    const secret = join(folder, 'vault', 'secret');
    mkdirSync(join(folder, 'vault'));
    writeFileSync(secret, 'top secret\n');
    writeFileSync(join(folder, 'plain'), 'plain\n');
    symlinkSync(secret, join(folder, 'link'));
    symlinkSync(join(folder, 'vault'), join(folder, 'door'));
    const rules = `- {name: no-secrets, on: [file.read, file.write], when: 'file.path = "${secret}"', action: deny, message: "{proc.name} reads"}`;
    const ways = [
      ...['vault/secret', 'link', 'door/secret', 'vault/../vault//secret', '/proc/self/cwd/vault/secret'],
      ...[`/proc/self/root${secret}`, secret],
    ];
    const script = [
      ...ways.map((way) => `cat ${way}`),
      'ln -s vault/secret new-link; cat new-link',
      'mv door door2; cat door2/secret',
      'echo changed > link; echo more >> vault/secret; true > vault/secret',
      'cat plain; echo fine > written; cat written',
    ].join('\n');
    const { exitCode, stdout, all, error } = await runUnder(folder, policy(rules), ['sh', '-c', script]);
    assert.is(error, null);
    assert.is(exitCode, 0);
    assert.is(stdout, 'plain\nfine\n');
    assert.equal(summary(all), Array(ways.length + 5).fill(`deny no-secrets ${secret}`));
    assert.is(readFileSync(secret, 'utf8'), 'top secret\n');
    const [first] = all;
    assert.is(first.mechanism, 'fanotify');
    assert.is(first.effect, 'deny');
    assert.is(first.message, 'cat reads');
    assert.is((first.event as { proc: { name?: string; path: string } }).proc.path.endsWith('/cat'), true);
    assert.ok(first.latency_ns > 0);
    assert.equal(
      all.map(({ seq }) => seq),
      all.map((_, i) => i + 1),
    );
    assert.not(existsSync(`/proc/${(first.event as { proc: { pid: number } }).proc.pid}`));
  }),
);

kernelTest('an exec is decided on the file, a script and its interpreter apart, a loader not at all', GUARD, () =>
  inFolder(async (folder) => {
    copyFileSync('/bin/true', join(folder, 'tool'));
    symlinkSync('/bin/sh', join(folder, 'interpreter'));
    const script = (name: string, interpreter: string): void =>
      writeFileSync(join(folder, name), `#!${interpreter}\nexit 0\n`, { mode: 0o755 });
    script('good', '/bin/sh');
    script('bad', '/bin/sh');
    script('worse', join(folder, 'interpreter'));
    symlinkSync(join(folder, 'tool'), join(folder, 'alias'));
    const rules = `
- {name: no-tool, on: exec, when: 'proc.path = "${folder}/tool"', action: deny}
- {name: no-bad, on: exec, when: 'proc.path = "${folder}/bad"', action: deny}
- {name: no-worse, on: exec, when: 'proc.script = "${folder}/worse"', action: deny}
- {name: no-loader, on: exec, when: 'proc.name startswith "ld-linux"', action: deny}
- {name: no-word, on: exec, when: 'proc.args has "forbidden"', action: deny}`;
    const lines = [
      ...['./tool', './alias', './bad', './worse', '/lib64/ld-linux-x86-64.so.2 /bin/true'],
      ...['/bin/true forbidden', './good', '/bin/true'],
    ];
    const command = lines.map((line) => `${line} 2>/dev/null; echo $?`).join('\n');
    const { stdout, all, error } = await runUnder(folder, policy(rules), ['sh', '-c', command]);
    assert.is(error, null);
    assert.is(stdout.trim().replaceAll('\n', ' '), '126 126 126 126 126 126 0 0');
    assert.equal(
      all.map(({ rule }) => rule),
      ['no-tool', 'no-tool', 'no-bad', 'no-worse', 'no-loader', 'no-word'],
    );
  }),
);

kernelTest('an exec that fails lends nothing to the next one', GUARD, () =>
  inFolder(async (folder) => {
    // the first fails for its arguments after the kernel asked about its file; the loader must be asked about all the same
    const code = `
import os, ctypes
libc = ctypes.CDLL(None, use_errno=True)
big = (ctypes.c_char_p * 3)(b"true", b"x" * (1 << 18), None)
print(libc.execve(b"/bin/true", big, None), flush=True)
args = (ctypes.c_char_p * 3)(b"ld.so", b"/bin/true", None)
print(libc.execve(b"/lib64/ld-linux-x86-64.so.2", args, None), ctypes.get_errno(), flush=True)
`;
    const rules = `- {name: no-loader, on: exec, when: 'proc.name startswith "ld-linux"', action: deny}`;
    const { stdout, all } = await runUnder(folder, policy(rules), ['/usr/bin/python3', '-c', code]);
    assert.is(stdout, '-1\n-1 1\n');
    assert.equal(
      all.map(({ rule }) => rule),
      ['no-loader'],
    );
  }),
);

kernelTest('a kind that only sensors see is recorded as degraded', GUARD, () =>
  inFolder(async (folder) => {
    const rules = `- {name: no-code, on: file.map_exec, when: 'file.name = "copied.so"', action: deny}`;
    copyFileSync('/lib/x86_64-linux-gnu/libc.so.6', join(folder, 'copied.so'));
    const code = 'import ctypes; ctypes.CDLL("./copied.so"); print("done")';
    const { stdout, all } = await runUnder(folder, policy(rules), ['/usr/bin/python3', '-c', code]);
    assert.is(stdout, 'done\n');
    assert.ok(all.length > 0);
    for (const { action, effect, mechanism, errno, degraded } of all) {
      assert.equal([action, effect, mechanism, errno], ['deny', 'allow', 'sensor', null]);
      assert.match(degraded ?? '', /after it took effect/);
    }
  }),
);

kernelTest('observed policies change nothing and say what would be', GUARD, () =>
  inFolder(async (folder) => {
    writeFileSync(join(folder, 'secret'), 'open\n');
    const rules = `- {name: no-secrets, on: file.read, when: 'file.path = "${folder}/secret"', action: deny}`;
    const { stdout, all } = await runUnder(folder, policy(rules, 'mode: observe'), ['cat', 'secret']);
    assert.is(stdout, 'open\n');
    assert.equal(
      all.map(({ action, would }) => [action, would?.action, would?.rule]),
      [['allow', 'deny', 'no-secrets']],
    );
  }),
);

test.run();
