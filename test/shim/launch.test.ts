import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { assetPath } from '../../vm/host/assets.ts';
import { cgroupMount, cgroupPath, cgroupProcesses } from '../../shim/workloads/cgroup.ts';
import { kernelTest } from '../support/kernel.ts';
import { appears, GUARD, inFolder, policy, runUnder } from './workload.ts';

const RULES = `- {name: no-secrets, on: file.read, when: 'file.name = "secret"', action: deny}`;

/** Cgroups of runs that this process owns. */
const ownCgroups = (pid = process.pid): readonly string[] => {
  const parent = join(cgroupMount() ?? '', 'lictor');
  return existsSync(parent) ? readdirSync(parent).filter((name) => name.startsWith(`${pid}-`)) : [];
};

/** A process that guards a shell script. */
const supervisor = (folder: string, script: string): readonly string[] => [
  ...[process.execPath, '--import', 'tsx', fileURLToPath(new URL('./supervisor.ts', import.meta.url))],
  ...[folder, policy(RULES), script],
];

kernelTest('exit codes and signals of the first process pass through', GUARD, () =>
  inFolder(async (folder) => {
    const run = (script: string, waitAll = false) => runUnder(folder, policy(RULES), ['sh', '-c', script], { waitAll });
    assert.is((await run('exit 7')).exitCode, 7);
    assert.is((await run('kill -TERM $$')).exitCode, 143);
    const alone = await run('(sleep 0.3; echo late > late) & exit 3');
    assert.equal([alone.exitCode, existsSync(join(folder, 'late'))], [3, false]);
    const together = await run('(sleep 0.3; echo late > late) & exit 3', true);
    assert.equal([together.exitCode, existsSync(join(folder, 'late'))], [3, true]);
    const missing = await runUnder(folder, policy(RULES), ['/no/such/program']);
    assert.equal([missing.exitCode, missing.error], [127, null]);
    assert.equal(missing.notices, ['cannot execute `/no/such/program`: no such file']);
    assert.equal(ownCgroups(), []);
  }),
);

kernelTest('a workload has its own processes and cannot add mounts, namespaces or privileges', GUARD, () =>
  inFolder(async (folder) => {
    const script = `
echo $$
ls /proc | grep -c '^[0-9]'
mount -t tmpfs none /mnt 2>/dev/null && echo mounted
unshare -m true 2>/dev/null && echo unshared
echo x > /proc/sys/kernel/core_pattern 2>/dev/null && echo written
mkdir /sys/fs/cgroup/x 2>/dev/null && echo made
chroot / true 2>/dev/null && echo rooted
grep CapBnd /proc/self/status`;
    const { stdout } = await runUnder(folder, policy(RULES), ['sh', '-c', script]);
    const [pid, count, caps, ...rest] = stdout.trim().split('\n');
    assert.is(pid, '2');
    assert.ok(Number(count) <= 5);
    assert.is(BigInt(`0x${caps.split('\t')[1]}`) & (1n << 21n), 0n);
    assert.equal(rest, []);
  }),
);

kernelTest('further mounts of the host lead to no process of it, and to no setting', GUARD, () =>
  inFolder(async (folder) => {
    const at = (name: string): string => join(folder, name);
    ['proc', 'settings', 'cgroup'].forEach((name) => mkdirSync(at(name)));
    // in a namespace of their own: what would remove the folder while they are there would remove cgroups
    const mounts = `mount -t proc p ${at('proc')}; mount -t proc p ${at('proc')}; mount -t sysfs s ${at('settings')}; mount -t cgroup2 c ${at('cgroup')}`;
    const script = `ls ${at('proc')}; ls ${at('settings')} | grep -c kernel; mkdir ${at('cgroup')}/x; echo $$ > ${at('cgroup')}/cgroup.procs; echo > ${at('settings')}/kernel/uevent_helper`;
    const { status, stderr } = spawnSync(
      'unshare',
      ['-m', 'sh', '-c', `${mounts}; exec "$@"`, 'sh', ...supervisor(folder, script)],
      { encoding: 'utf8' },
    );
    assert.equal([status, stderr], [0, '']);
    assert.is(readFileSync(at('stdout'), 'utf8'), '1\n');
    assert.is(readFileSync(at('stderr'), 'utf8').match(/Read-only file system/g)?.length, 3);
  }),
);

kernelTest('a workload runs as another user, with its groups and without capabilities', GUARD, () =>
  inFolder(async (folder) => {
    const script = `
id -u; id -g; id -G
grep -E 'Cap(Inh|Prm|Eff|Amb)' /proc/self/status | cut -f2 | sort -u
echo $HOME $USER $LOGNAME
cat /etc/shadow >/dev/null 2>&1 || echo refused
touch own && stat -c %U own`;
    const run = (user: string) => runUnder(folder, policy(RULES), ['sh', '-c', script], { user });
    chmodSync(folder, 0o777);
    const { exitCode, stdout, stderr } = await run('nobody');
    assert.equal([exitCode, stderr], [0, '']);
    const none = '0'.repeat(16);
    assert.equal(stdout.trim().split('\n'), [
      ...['65534', '65534', '65534', none, '/nonexistent nobody nobody', 'refused', 'nobody'],
    ]);
    rmSync(join(folder, 'own'));
    const numbers = (await run('12345:23456')).stdout.split('\n');
    assert.equal(numbers.slice(0, 4), ['12345', '23456', '23456', none]);
    assert.match((await run('12345')).error!, 'user 12345 has no entry on this machine: say its group, `12345:GID`');
    assert.match((await run('no-such-user')).error!, 'no user `no-such-user`');
  }),
);

kernelTest('a setuid program of a workload gets no more than root has there', GUARD, () =>
  inFolder(async (folder) => {
    const copy = join(folder, 'grep');
    copyFileSync('/bin/grep', copy);
    chmodSync(copy, 0o4755);
    chmodSync(folder, 0o755);
    const caps = async (user?: string): Promise<string> => {
      const { stdout } = await runUnder(folder, policy(RULES), [copy, 'CapEff', '/proc/self/status'], { user });
      return stdout;
    };
    assert.is(await caps('nobody'), await caps());
  }),
);

kernelTest('signals that Lictor gets reach the workload', GUARD, () =>
  inFolder(async (folder) => {
    const script = 'trap "echo caught; exit 9" TERM; touch started; while :; do sleep 0.05; done';
    const running = runUnder(folder, policy(RULES), ['sh', '-c', script]);
    await appears(join(folder, 'started'));
    process.kill(process.pid, 'SIGTERM');
    const { exitCode, stdout } = await running;
    assert.equal([exitCode, stdout], [9, 'caught\n']);
  }),
);

kernelTest('the death of Lictor ends the workload, and nothing denied is read meanwhile', GUARD, () =>
  inFolder(async (folder) => {
    writeFileSync(join(folder, 'secret'), 'top secret\n');
    const script = 'touch started; while :; do cat secret >> leaked 2>/dev/null; done';
    const [program, ...args] = supervisor(folder, script);
    const child = spawn(program, args, { stdio: 'ignore' });
    await appears(join(folder, 'started'));
    await sleep(100);
    const [name] = ownCgroups(child.pid);
    const cgroup = join(cgroupMount()!, 'lictor', name);
    assert.ok(cgroupProcesses(cgroup).length >= 2);
    child.kill('SIGKILL');
    for (let tries = 0; existsSync(cgroup) && tries < 250; tries++) await sleep(20);
    assert.not(existsSync(cgroup), 'its cgroup is gone, and with it every process');
    const leaked = join(folder, 'leaked');
    assert.is(existsSync(leaked) ? readFileSync(leaked, 'utf8') : '', '');
  }),
);

kernelTest('the death of the launcher ends the workload too', GUARD, () =>
  inFolder(async (folder) => {
    writeFileSync(join(folder, 'secret'), 'top secret\n');
    const script = 'touch started; while :; do cat secret >> leaked 2>/dev/null; done';
    const running = runUnder(folder, policy(RULES), ['sh', '-c', script], {
      onStart: ({ pid }) => {
        const parent = (of: number): number =>
          Number(/^PPid:\t(\d+)/m.exec(readFileSync(`/proc/${of}/status`, 'utf8'))![1]);
        setTimeout(() => process.kill(parent(parent(pid)), 'SIGKILL'), 500);
      },
    });
    const { exitCode, error } = await running;
    assert.equal([exitCode, error], [125, 'the launcher was killed by SIGKILL']);
    const leaked = join(folder, 'leaked');
    assert.is(existsSync(leaked) ? readFileSync(leaked, 'utf8') : '', '');
    assert.equal(ownCgroups(), []);
  }),
);

kernelTest('a cgroup comes to be with the launcher, not before: Lictor can die in between', GUARD, () => {
  const id = `${process.pid}-planned`;
  const planned = cgroupPath(id);
  if ('error' in planned) throw new Error(planned.error);
  assert.not(existsSync(planned.path));
  // one whose parent is dead already makes none
  const launcher = [assetPath('lictor-launch'), '--cgroup', planned.path, '--parent', '1', '--', '/bin/true'] as const;
  assert.is(spawnSync(launcher[0], launcher.slice(1), { stdio: 'ignore' }).status, 125);
  assert.not(existsSync(planned.path));
});

test.run();
