/** exec, fork and exit of a watched child. */
import { chmodSync, chownSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RECORD_FLAGS } from '../../vm/spec/record.ts';
import { LIMITS } from '../../vm/spec/limits.ts';
import { subjectOfStat, subjectPid } from '../../shim/sensors/index.ts';
import { kernelTest } from '../support/kernel.ts';
import { tinyProgram } from './tiny-program.ts';
import { last, watching } from './watched.ts';

const NEEDS = ['root', 'bpf', 'cgroup'] as const;

kernelTest('exec says who runs what, from where, with which arguments', NEEDS, () =>
  watching({ kinds: ['exec'] }, (watched) => {
    const before = BigInt(Date.now()) * 1_000_000n;
    watched.run('/bin/sh', ['-c', 'cd /; /bin/echo "a b" "" c']);
    const after = BigInt(Date.now() + 1) * 1_000_000n;
    const [shell, echo, ...rest] = watched.records();
    assert.is(rest.length, 0);
    assert.is(shell.values['proc.path'], '/usr/bin/dash');
    assert.is(shell.values['proc.invoked'], '/bin/sh');
    assert.is(shell.values['proc.cwd'], watched.folder);
    assert.is(shell.values['proc.ppath'], process.execPath);
    assert.is(shell.values['proc.ppid'], BigInt(process.pid));
    assert.equal(echo.values['proc.args'], ['/bin/echo', 'a b', '', 'c']);
    assert.is(echo.values['proc.path'], '/usr/bin/echo');
    assert.is(echo.values['proc.ppath'], '/usr/bin/dash');
    assert.is(echo.values['proc.cwd'], '/');
    assert.is(echo.values['proc.comm'], 'echo');
    assert.is(echo.values['proc.uid'], 0n);
    assert.is(echo.values['proc.memfd'], false);
    assert.is(echo.values['event.truncated'], undefined);
    assert.is(echo.workload, watched.cgroupId);
    assert.is(echo.token, shell.subject, "the parent's key");
    assert.is(subjectPid(echo.subject), Number(echo.values['proc.pid']));
    assert.is(echo.flags, RECORD_FLAGS.after);
    assert.ok(before <= echo.time! && echo.time! <= after, 'time of day');
  }),
);

kernelTest('fork carries the key of the child, exit ends it; threads are not processes', NEEDS, () =>
  watching({ kinds: ['proc.fork', 'proc.exit'] }, (watched) => {
    watched.python(
      'import threading, os\nt=threading.Thread(target=id,args=(1,)); t.start(); t.join()\nos.system("true")',
    );
    const records = watched.records();
    const forks = records.filter((record) => record.kind === 'proc.fork');
    const exits = records.filter((record) => record.kind === 'proc.exit');
    assert.is(forks.length, 1);
    assert.equal(
      exits.map((record) => record.subject),
      [forks[0].token, forks[0].subject],
    );
  }),
);

kernelTest("a subject's key is the one that /proc gives", NEEDS, () =>
  watching({ kinds: ['exec'] }, (watched) => {
    const { stdout } = watched.run('/bin/cat', ['/proc/self/stat']);
    const [record] = watched.records();
    assert.is(record.subject, subjectOfStat(stdout));
    assert.is(subjectOfStat(readFileSync('/proc/self/status', 'utf8')), null);
  }),
);

kernelTest('a program in memory is one, by its own name', NEEDS, () =>
  watching({ kinds: ['exec'] }, (watched) => {
    watched.python(
      'import os\nfd=os.memfd_create("evil")\nos.write(fd,open("/bin/true","rb").read())\nos.execve(fd,["x"],{})',
    );
    const record = last(watched.records());
    assert.is(record.values['proc.memfd'], true);
    assert.is(record.values['proc.path'], '/memfd:evil (deleted)');
    assert.is(watched.sensors.counters()['exec'].unlinked, 1);
  }),
);

kernelTest('a file named like one in memory is none, and a removed program says so', NEEDS, () =>
  watching({ kinds: ['exec'] }, (watched) => {
    watched.python(
      'import os,shutil\nshutil.copy("/bin/true","memfd:x")\nfd=os.open("memfd:x",os.O_RDONLY)\nos.unlink("memfd:x")\nos.execve(fd,["x"],{})',
    );
    const record = last(watched.records());
    assert.is(record.values['proc.memfd'], false);
    assert.is(record.values['proc.path'], `${watched.folder}/memfd:x (deleted)`);
  }),
);

kernelTest('capabilities and process ids are those that the process itself is told', NEEDS, () =>
  watching({ kinds: ['exec'] }, (watched) => {
    const drop = ['--inh-caps=-all', '--bounding-set=-sys_admin'];
    const { stdout } = watched.run('/usr/bin/unshare', [
      ...['--pid', '--fork', '--mount-proc', 'setpriv', ...drop],
      ...['grep', '-E', '^(CapPrm|CapEff|NSpid)', '/proc/self/status'],
    ]);
    const said = /NSpid:\t(?:\d+\t)*(\d+)\n.*CapPrm:\t(\w+)\n.*CapEff:\t(\w+)/s.exec(stdout);
    assert.ok(said, stdout);
    const [, id, permitted, effective] = said;
    const record = last(watched.records());
    assert.is(record.values['proc.permitted'], BigInt(`0x${permitted}`));
    assert.is(record.values['proc.caps'], BigInt(`0x${effective}`));
    assert.is(BigInt(`0x${permitted}`) & (1n << 21n), 0n, 'sys_admin is gone');
    assert.is(record.values['proc.vpid'], BigInt(id));
    assert.is(id, '1');
  }),
);

kernelTest(
  "the program's file, the process group and the standard streams are those that the program finds",
  NEEDS,
  () =>
    watching({ kinds: ['exec'] }, (watched) => {
      const own = join(watched.folder, 'own');
      copyFileSync('/bin/true', own);
      chownSync(own, 4321, 0);
      chmodSync(own, 0o4711);
      watched.python(`
import os, pty, socket, subprocess
def run(streams, **more):
    subprocess.run([${JSON.stringify(own)}], **dict(zip(('stdin', 'stdout', 'stderr'), streams)), **more)
v4, v6, unix, netlink = (socket.socket(family, type) for family, type in
    ((socket.AF_INET, socket.SOCK_STREAM), (socket.AF_INET6, socket.SOCK_DGRAM), (socket.AF_UNIX, socket.SOCK_STREAM), (socket.AF_NETLINK, socket.SOCK_RAW)))
run((v4, v6, unix))
run((netlink, subprocess.PIPE, subprocess.DEVNULL))
run((pty.openpty()[1], os.open('/', os.O_RDONLY), open('file', 'w')), process_group=0)
def close(): os.close(0); os.set_inheritable(2, False); os.dup2(os.eventfd(0), 1)
run((), preexec_fn=close)
`);
      const records = watched.records().filter(({ values }) => values['proc.path'] === own);
      assert.equal(
        records.map(({ values }) => ['stdin', 'stdout', 'stderr'].map((name) => values[`proc.${name}_type`])),
        [
          ['ipv4', 'ipv6', 'unix'],
          ['socket', 'pipe', 'device'],
          ['terminal', 'directory', 'file'],
          [undefined, 'anonymous', undefined],
        ],
      );
      assert.equal(
        records.map(({ values }) => values['proc.group_leader']),
        [false, false, true, false],
      );
      for (const { values, flags } of records) {
        assert.equal([values['proc.file_owner_uid'], values['proc.file_mode']], [4321n, 0o4711n]);
        assert.is(flags, RECORD_FLAGS.after);
      }
    }),
);

kernelTest('how old a process is stands in every record, where somebody asks', NEEDS, () => {
  watching({ kinds: ['exec', 'proc.exit', 'file.create', 'file.rename'], fields: ['proc.age'] }, (watched) => {
    const began = performance.now();
    watched.run('/bin/sh', ['-c', 'sleep 0.3; /bin/true; mv x y; : > x; mv x y']);
    const most = BigInt(Math.ceil((performance.now() - began) * 1e6));
    const records = watched.records();
    const ages = records.map(({ values }) => values['proc.age'] as bigint);
    assert.ok(ages.every((age) => age > 0n && age <= most));
    const shell = records.filter(({ subject }) => subject === records[0].subject);
    const exit = last(shell.filter(({ kind }) => kind === 'proc.exit')).values['proc.age'] as bigint;
    assert.ok(exit >= 300_000_000n, 'the shell waited');
    assert.is(records.filter(({ kind }) => kind === 'file.rename').length, 2);
  });
  watching({ kinds: ['exec'] }, (watched) => {
    watched.run('/bin/true');
    assert.is(watched.records()[0].values['proc.age'], undefined);
  });
});

kernelTest('the environment is written where somebody asks for it, and cut like arguments', NEEDS, () => {
  watching({ kinds: ['exec'], fields: ['proc.env'] }, (watched) => {
    watched.run('/usr/bin/env', ['-i', 'A=1', 'B=x y', 'C=', '/bin/true']);
    assert.equal(last(watched.records()).values['proc.env'], ['A=1', 'B=x y', 'C=']);
    watched.run('/usr/bin/env', ['-i', '/bin/true']);
    assert.equal(last(watched.records()).values['proc.env'], []);
    const long = 'x'.repeat(LIMITS.textBytes.value * 2);
    for (const [args, cut] of [
      [[long], ['proc.args', 'proc.env']],
      [[], ['proc.env']],
    ] as const) {
      watched.run('/usr/bin/env', ['-i', `A=${long}`, '/bin/true', ...args]);
      const record = last(watched.records());
      assert.is(record.flags, RECORD_FLAGS.after);
      assert.equal(record.values['event.truncated'], cut);
      const [variable] = record.values['proc.env'] as readonly string[];
      assert.ok(variable.length > LIMITS.textBytes.value - 64 && `A=${long}`.startsWith(variable));
    }
  });
  watching({ kinds: ['exec'] }, (watched) => {
    watched.run('/bin/true');
    assert.is(watched.records()[0].values['proc.env'], undefined);
  });
});

kernelTest('long argument lists are cut and say so', NEEDS, () =>
  watching({ kinds: ['exec'] }, (watched) => {
    const one = 'x'.repeat(LIMITS.textBytes.value * 2);
    watched.run('/bin/true', [one]);
    const [single] = watched.records();
    const args = single.values['proc.args'] as readonly string[];
    assert.is(args[0], '/bin/true');
    assert.ok(args[1].length > LIMITS.textBytes.value - 64 && one.startsWith(args[1]));
    assert.equal(single.values['event.truncated'], ['proc.args']);
    watched.run('/bin/true', new Array<string>(5000).fill('y'));
    const [many] = watched.records();
    assert.equal(many.values['event.truncated'], ['proc.args']);
    assert.is(watched.sensors.counters()['exec'].cut, 2);
    watched.run('/bin/true', new Array<string>(1900).fill('z'));
    const [whole] = watched.records();
    assert.is((whole.values['proc.args'] as readonly string[]).length, 1901);
    assert.is(whole.values['event.truncated'], undefined);
  }),
);

kernelTest('a process in another root is seen from its own', NEEDS, () =>
  watching({ kinds: ['exec'] }, (watched) => {
    mkdirSync(join(watched.folder, 'root/bin'), { recursive: true });
    writeFileSync(join(watched.folder, 'root/bin/x'), tinyProgram(), { mode: 0o755 });
    watched.python('import os\nos.chroot("root")\nos.chdir("/bin")\nos.execv("./x",["x"])');
    const record = last(watched.records());
    assert.is(record.values['proc.path'], '/bin/x');
    assert.is(record.values['proc.invoked'], './x');
    assert.is(record.values['proc.cwd'], '/bin');
  }),
);

kernelTest('processes outside the cgroup leave no record, those in a cgroup below do', NEEDS, () =>
  watching({ kinds: ['exec'] }, (watched) => {
    watched.run('/bin/sh', [
      '-c',
      `mkdir ${watched.cgroup}/below && echo $$ > ${watched.cgroup}/below/cgroup.procs && /bin/true; echo $$ > ${watched.cgroup}/../cgroup.procs; /bin/false; rmdir ${watched.cgroup}/below`,
    ]);
    const paths = watched.records().map((record) => record.values['proc.path']);
    assert.equal(paths, ['/usr/bin/dash', '/usr/bin/mkdir', '/usr/bin/true']);
  }),
);

test.run();
