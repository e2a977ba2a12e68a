/** Conditions of Falco: what they hold for here, field by field and operator by operator. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { holds } from './support.ts';

const read = (path: string, more: object = {}): object => ({ kind: 'file.read', file: { path, ...more } });
const exec = (proc: object, more: object = {}): object => ({ kind: 'exec', proc, ...more });

test('`evt.type` chooses kinds, and parts of them', () => {
  const events = [
    { kind: 'file.read', file: { path: '/a' } },
    { kind: 'file.create', file: { path: '/a', type: ['regular'] } },
    { kind: 'file.create', file: { path: '/a', type: ['folder'] } },
    { kind: 'file.delete', file: { path: '/a', type: ['folder'] } },
    { kind: 'syscall', syscall: { name: 'ptrace' } },
    { kind: 'syscall', syscall: { name: 'umask' } },
  ];
  assert.equal(holds('evt.type in (open, openat)', events), [true, true, false, false, false, false]);
  assert.equal(holds('evt.type = mkdir', events), [false, false, true, false, false, false]);
  assert.equal(holds('evt.type in (rmdir, ptrace)', events), [false, false, false, true, true, false]);
  assert.equal(holds('evt.type != ptrace and evt.type != open', events), [false, false, true, true, false, true]);
});

test('an absent field makes every comparison false, `!=` too, and its negation true', () => {
  const events = [
    exec({ path: '/bin/a' }),
    exec({ path: '/bin/a', user: 'root' }),
    exec({ path: '/bin/a', user: 'x' }),
  ];
  assert.equal(holds('evt.type=execve and user.name != root', events), [false, false, true]);
  assert.equal(holds('evt.type=execve and not user.name = root', events), [true, false, true]);
  assert.equal(holds('evt.type=execve and user.name exists', events), [false, true, true]);
  assert.equal(holds('evt.type=execve and not user.name in (root, y)', events), [true, false, true]);
});

test('operators of texts', () => {
  const events = ['/etc/passwd', '/etcx', '/etc', '/ETC/passwd'].map((path) => read(path));
  assert.equal(holds('evt.type=open and fd.name startswith /etc', events), [true, true, true, false]);
  assert.equal(holds('evt.type=open and fd.name pmatch (/etc)', events), [true, false, true, false]);
  assert.equal(holds("evt.type=open and fd.name glob '/e*d'", events), [true, false, false, false]);
  assert.equal(holds('evt.type=open and fd.name icontains etc/', events), [true, false, false, true]);
  assert.equal(holds("evt.type=open and fd.name regex '/etc.?'", events), [false, true, true, false]);
  assert.equal(holds('evt.type=open and fd.name startswith anyof (/etc/, /ETC)', events), [true, false, false, true]);
  assert.equal(holds('evt.type=open and fd.name contains allof (etc, pass)', events), [true, false, false, false]);
  assert.equal(holds('evt.type=open and fd.name contains oneof (etc, pass)', events), [false, true, true, true]);
  assert.equal(holds('evt.type=open and tolower(fd.name) startswith /etc/', events), [true, false, false, true]);
  assert.equal(holds('evt.type=open and basename(fd.name) = passwd', events), [true, false, false, true]);
  assert.equal(holds('evt.type=open and len(fd.name) <= 5', events), [false, true, true, false]);
});

test('`*` and `?` of `glob` cross slashes, and stand for nothing only where `*` does', () => {
  const events = ['/home/a/.ssh/x', '/home/a/b/.ssh/x', '/home/.ssh/x', '/home//.ssh/x'].map((path) => read(path));
  assert.equal(holds("evt.type=open and fd.name glob '/home/*/.ssh/*'", events), [true, true, false, true]);
  assert.equal(holds("evt.type=open and fd.name glob '/home?a/.ssh/[!y]'", events), [true, false, false, false]);
});

test('components of `pmatch` may have wildcards that do not cross slashes', () => {
  const events = ['/a/b/c', '/a/b/c/d', '/a/b/x/c', '/a/c'].map((path) => read(path));
  assert.equal(holds('evt.type=open and fd.name pmatch (/a/*/c)', events), [true, true, false, false]);
});

test('names of programs are cut after 15 bytes there, and whole here', () => {
  const events = [exec({ path: '/usr/bin/containerd-shim-runc-v2' }), exec({ path: '/usr/bin/containerd' })];
  assert.equal(holds('evt.type=execve and proc.name = containerd-shim', events), [true, false]);
  assert.equal(holds('evt.type=execve and proc.name != containerd-shim', events), [false, true]);
  assert.equal(holds('evt.type=execve and proc.name in (containerd, containerd-shim)', events), [true, true]);
});

test('ancestors by number and all of them', () => {
  const events = [
    exec({ path: '/bin/a', ppath: '/bin/p', ancestors: ['/bin/p', '/usr/sbin/sshd', '/sbin/init'] }),
    exec({ path: '/bin/a', ppath: '/bin/p', ancestors: [] }),
    exec({ path: '/bin/a' }),
  ];
  assert.equal(holds('evt.type=execve and proc.aname = sshd', events), [true, false, false]);
  assert.equal(holds('evt.type=execve and proc.aname in (sshd, x)', events), [true, false, false]);
  assert.equal(holds('evt.type=execve and proc.aname[1] = p', events), [true, true, false]);
  assert.equal(holds('evt.type=execve and proc.aname[2] startswith ss', events), [true, false, false]);
  assert.equal(holds('evt.type=execve and proc.aname[2] != x', events), [true, false, false]);
  assert.equal(holds('evt.type=execve and proc.aexepath[3] = /sbin/init', events), [true, false, false]);
});

test('the arguments are what follows the first word', () => {
  const events = [
    exec({ path: '/bin/mount', args: ['mount'] }),
    exec({ path: '/bin/mount', args: ['mount', '-l'] }),
    exec({ path: '/bin/mount', args: ['mount', '-o', 'mount'] }),
  ];
  assert.equal(holds('evt.type=execve and proc.args = ""', events), [true, false, false]);
  assert.equal(holds('evt.type=execve and proc.args intersects ("-l", "-h")', events), [false, true, false]);
  assert.equal(holds('evt.type=execve and proc.args contains mount', events), [false, false, true]);
  assert.equal(holds('evt.type=execve and proc.args startswith -', events), [false, true, true]);
});

test('`container.id` is `host` outside of containers, and the repository has no tag', () => {
  const image = (name: string): object => exec({ path: '/a' }, { container: { id: '1', image: name, name: 'c' } });
  const events = [
    exec({ path: '/a' }),
    image('docker.io/library/nginx:1.27'),
    image('localhost:5000/nginx'),
    image('nginx'),
  ];
  assert.equal(holds('evt.type=execve and container.id = host', events), [true, false, false, false]);
  assert.equal(holds('evt.type=execve and container.id != host', events), [false, true, true, true]);
  const repository = (test: string): boolean[] =>
    holds(`evt.type=execve and container.image.repository ${test}`, events);
  assert.equal(repository('= docker.io/library/nginx'), [false, true, false, false]);
  assert.equal(repository('endswith /nginx'), [false, true, true, false]);
  assert.equal(repository('in (nginx, localhost:5000/nginx)'), [false, false, true, true]);
  assert.equal(repository('contains 27'), [false, false, false, false]);
  assert.equal(repository('endswith 27'), [false, false, false, false]);
  assert.equal(repository('startswith localhost:5000/'), [false, false, true, false]);
  assert.equal(repository('contains library'), [false, true, false, false]);
});

test('the server is the peer of who connects, and oneself who accepts', () => {
  const net = { remote_ip: '10.0.0.1', remote_port: 22, local_ip: '192.168.0.9', local_port: 4000, protocol: 'tcp' };
  const events = [
    { kind: 'net.connect', net },
    { kind: 'net.accept', net },
    { kind: 'net.listen', net: { local_ip: '192.168.0.9', local_port: 22 } },
  ];
  assert.equal(holds('evt.type in (connect, accept, listen) and fd.sport = 22', events), [true, false, true]);
  assert.equal(holds('evt.type in (connect, accept, listen) and fd.cip = 10.0.0.1', events), [false, true, false]);
  assert.equal(holds('evt.type in (connect, accept, listen) and fd.net = "10.0.0.0/8"', events), [true, true, false]);
  assert.equal(holds('evt.type in (connect, accept, listen) and fd.net != "10.0.0.0/8"', events), [false, false, true]);
  assert.equal(holds('evt.type in (connect, accept, listen) and fd.port in (22, 23)', events), [true, true, true]);
  assert.equal(holds('evt.type in (connect, accept, listen) and fd.typechar = 4 and fd.l4proto = tcp', events), [
    true,
    true,
    false,
  ]);
});

test('what changes an attribute is told by the attribute', () => {
  const changed = (attribute: string, more: object): object => ({
    kind: 'file.attr',
    file: { path: '/tmp/x', attribute, ...more },
  });
  const events = [
    changed('mode', { new_mode: 0o4755 }),
    changed('mode', { new_mode: 0o755 }),
    changed('mode', { new_mode: 0o2000, type: ['folder'] }),
    changed('owner', { new_owner_uid: 0 }),
    changed('owner', {}),
    changed('flags', {}),
  ];
  const mode =
    'evt.type in (chmod, fchmod, fchmodat) and (evt.arg.mode contains "S_ISUID" or evt.arg.mode contains "S_ISGID")';
  assert.equal(holds(mode, events), [true, false, true, false, false, false]);
  assert.equal(holds('evt.type = chmod and fd.typechar = d', events), [false, false, true, false, false, false]);
  assert.equal(holds('evt.type = fchown and evt.arg.uid != 1', events), [false, false, false, true, false, false]);
  const named = 'evt.type in (fchmod, lchown, setxattr) and (fd.name = /tmp/x or evt.arg.filename = /tmp/x)';
  assert.equal(holds(named, events), [true, true, true, true, true, false]);
  assert.equal(holds('evt.type != chmod and fd.directory = /tmp', events), [false, false, false, true, true, true]);
});

test('the mode of what is made is the one that was asked for', () => {
  const events = [
    { kind: 'file.create', file: { path: '/x', new_mode: 0o755, mode: 0o600 } },
    { kind: 'file.create', file: { path: '/x', new_mode: 0o600, mode: 0o755 } },
    { kind: 'file.write', file: { path: '/x', mode: 0o755 } },
  ];
  assert.equal(holds('evt.type = open and evt.is_open_exec = true', events), [true, false, false]);
  assert.equal(holds('evt.type = open and evt.arg.mode contains S_IXUSR', events), [true, false, false]);
});

test('what a descriptor refers to, and the copy that dup makes', () => {
  const dup = (name: string, fd_type: string | undefined, more: object): object => ({
    kind: 'syscall',
    syscall: { name, fd_type, ...more },
  });
  const events = [
    dup('dup2', 'ipv4', { arg1: 0 }),
    dup('dup3', 'ipv6', { arg1: 3 }),
    dup('dup2', 'terminal', { arg1: 0 }),
    dup('dup', 'ipv4', { ret: 1 }),
    dup('dup', 'ipv4', {}),
    dup('dup2', undefined, { arg1: 0 }),
  ];
  const redirected = 'evt.type in (dup, dup2, dup3) and evt.rawres in (0, 1, 2) and fd.type in (ipv4, ipv6)';
  assert.equal(holds(redirected, events), [true, false, false, true, false, false]);
  assert.equal(holds('evt.type = dup2 and fd.typechar = f', events), [false, false, true, false, false, false]);
  assert.equal(holds('evt.type = dup2 and fd.type != ipv4', events), [false, false, true, false, false, false]);
  assert.equal(holds('evt.type = dup and evt.rawres >= 0 and fd.sockfamily = ip', events).slice(3), [
    true,
    true,
    false,
  ]);
});

test('the environment, its variables, and other facts of a process', () => {
  const events = [
    { kind: 'exec', proc: { env: ['PATH=/bin', 'LD_PRELOAD=/tmp/x.so'], age: 5, stdin_type: 'ipv4' } },
    { kind: 'exec', proc: { env: ['http_proxy=LD_PRELOAD', 'LD_PRELOAD='], age: 6, group_leader: true } },
    { kind: 'exec', proc: { stdin_type: 'device', group_leader: false } },
  ];
  const of = (condition: string): boolean[] => holds(`evt.type = execve and ${condition}`, events);
  assert.equal(of('proc.env icontains HTTP_PROXY'), [false, true, false]);
  assert.equal(of('proc.env contains LD_PRELOAD'), [true, true, false]);
  assert.equal(of('proc.env startswith PATH'), [true, false, false]);
  assert.equal(of('proc.env iglob *_PRO*'), [false, true, false]);
  assert.equal(of('proc.env[LD_PRELOAD] startswith /tmp'), [true, false, false]);
  assert.equal(of('proc.env[LD_PRELOAD] contains "x."'), [true, false, false]);
  assert.equal(of('proc.env[LD_PRELOAD] in (/tmp/x.so, /y)'), [true, false, false]);
  assert.equal(of('proc.env[LD_PRELOAD] != ""'), [true, false, false]);
  assert.equal(of('proc.env[LD_PRELOAD] = ""'), [false, true, true]);
  assert.equal(of('proc.duration <= 5'), [true, false, false]);
  assert.equal(of('not proc.duration <= 5'), [false, true, true]);
  assert.equal(of('proc.is_vpgid_leader = true'), [false, true, false]);
  assert.equal(of('proc.stdin.type in (ipv4, ipv6)'), [true, false, false]);
  assert.equal(of('proc.stdin.type = file'), [false, false, true]);
});

test('what lies in the writable layer', () => {
  const read = (file: object): object => ({ kind: 'file.read', file: { path: '/x', ...file } });
  const events = [read({ upper_layer: true }), read({ upper_layer: false }), read({})];
  assert.equal(holds('evt.type = open and fd.is_upper_layer = true', events), [true, false, false]);
  assert.equal(holds('evt.type = open and fd.is_upper_layer = false', events), [false, true, true]);
});

test('user names of ids: root is known', () => {
  const call = (arg0: number): object => ({ kind: 'syscall', syscall: { name: 'setuid', arg0 } });
  assert.equal(holds('evt.type = setuid and evt.arg.uid = root', [call(0), call(5)]), [true, false]);
  assert.equal(holds('evt.type = setuid and evt.arg.uid != root', [call(0), call(5)]), [false, true]);
  assert.equal(holds('evt.type = setuid and evt.rawarg.uid = 5', [call(0), call(5)]), [false, true]);
});

test('arguments of opens, renames and system calls', () => {
  const call = (name: string, more: object): object => ({ kind: 'syscall', syscall: { name, ...more } });
  const traces = [call('ptrace', { arg0: 16 }), call('ptrace', { arg0: 0x4206 }), call('ptrace', { arg0: 0 })];
  assert.equal(holds('evt.type=ptrace and evt.arg.request in (PTRACE_ATTACH, PTRACE_SEIZE)', traces), [
    true,
    true,
    false,
  ]);
  assert.equal(holds('evt.type=ptrace and evt.arg.request contains PTRACE_TRACEME', traces), [false, false, true]);
  const opens = [read('/a', { flags: ['wronly', 'trunc'] }), read('/a', { flags: ['rdonly'] })];
  assert.equal(holds('evt.type=open and evt.arg.flags contains "O_TRUNC"', opens), [true, false]);
  const renames = ['source', 'target'].map((side) => ({
    kind: 'file.rename',
    file: { path: side === 'source' ? '/old' : '/new', other_path: side === 'source' ? '/new' : '/old', side },
  }));
  assert.equal(holds('evt.type=rename and evt.arg.oldpath = /old and evt.arg.newpath pmatch (/new)', renames), [
    true,
    true,
  ]);
  assert.equal(holds('evt.type=rename and evt.arg.oldpath = /new', renames), [false, false]);
});

test('what is the same for every event: its number, its success, its direction', () => {
  const events = [exec({ path: '/a' })];
  const all = (test: string): boolean => holds(`evt.type=execve and ${test} or evt.type=connect`, events)[0];
  assert.equal(['evt.num > 0', 'evt.num >= 1', 'evt.dir = <', 'evt.failed = false', 'evt.rawres >= 0'].map(all), [
    true,
    true,
    true,
    true,
    true,
  ]);
  assert.equal(
    ['evt.num = 0', 'evt.dir = >', 'evt.res startswith E', 'evt.rawres < 0', 'evt.res != SUCCESS'].map(all),
    [false, false, false, false, false],
  );
});

test('a field against another', () => {
  const events = [
    exec({ path: '/a', user: 'x', name: 'x' }),
    exec({ path: '/a', user: 'y', name: 'x' }),
    exec({ path: '/a', name: 'x' }),
  ];
  assert.equal(holds('evt.type=execve and user.name = val(proc.name)', events), [true, false, false]);
  assert.equal(holds('evt.type=execve and user.name != val(proc.name)', events), [false, true, false]);
});

test('macros and lists, through one another', () => {
  const shared = [
    '- list: one',
    '  items: [a, "b c"]',
    '- list: two',
    '  items: [one, d]',
    '- macro: spawned',
    '  condition: (evt.type in (execve, execveat))',
    '- macro: mine',
    '  condition: spawned and proc.cmdline in (two, e)',
    '',
  ].join('\n');
  const events = ['a', 'b c', 'd', 'e', 'one'].map((cmdline) => exec({ path: '/x', cmdline }));
  assert.equal(holds('mine', events, shared), [true, true, true, true, false]);
  assert.equal(holds('spawned and not mine', events, shared), [false, false, false, false, true]);
});

test.run();
