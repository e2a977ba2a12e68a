/** Hooks: which of our questions they are, and which are refused. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FUNCTIONS, TRACEPOINTS } from '../../../compiler/foreign/tetragon/hooks.ts';
import { KINDS } from '../../../vm/spec/kinds.ts';
import { actions, built, comparing, killing, kprobe, noted, policy, said } from './policy.ts';

test('a hook without selectors reports, and goes on', () => {
  const bundle = built(kprobe({ call: 'security_file_open' }));
  assert.equal(noted(bundle, { kind: 'file.read', 'file.path': '/a' }), ['security_file_open']);
  assert.equal(noted(bundle, { kind: 'file.write', 'file.path': '/a' }), ['security_file_open']);
  assert.equal(noted(bundle, { kind: 'file.delete', 'file.path': '/a' }), []);
  assert.equal(actions(bundle, [{ kind: 'file.read', 'file.path': '/a' }]), ['allow']);
});

test('reads and writes are told apart by the mask of file_permission', () => {
  const masked = (operator: string, mask: string): string[] =>
    actions(built(comparing('security_file_permission', { index: 1, type: 'int' }, operator, [mask])), [
      { kind: 'file.read', 'file.path': '/a' },
      { kind: 'file.write', 'file.path': '/a' },
    ]);
  assert.equal(masked('Equal', '4'), ['kill', 'allow']);
  assert.equal(masked('Equal', '2'), ['allow', 'kill']);
  assert.equal(masked('Mask', '0x6'), ['kill', 'kill']);
  assert.equal(masked('NotEqual', '4'), ['allow', 'kill']);
  assert.equal(masked('GT', '2'), ['kill', 'allow']);
});

test('a mapping is asked about where it can be executed', () => {
  const prot = { index: 1, type: 'uint32' };
  assert.equal(actions(built(comparing('security_mmap_file', prot, 'Mask', ['4'])), [{ kind: 'file.map_exec' }]), [
    'kill',
  ]);
  const refused = (operator: string, value: string): string[] =>
    said(comparing('security_mmap_file', prot, operator, [value])).filter((line) => line.startsWith('L5006'));
  assert.equal(refused('Mask', '2'), ['L5006 index: these bits of the argument are not in our events']);
  assert.equal(refused('Equal', '1'), ['L5006 matchArgs: no event of ours is like this']);
});

test('changes of mode and owner, with what is asked for', () => {
  const changed = (attribute: string, more: object): object => ({
    kind: 'file.attr',
    'file.path': '/a',
    'file.attribute': attribute,
    ...more,
  });
  const events = [
    changed('mode', { 'file.new_mode': 0o4755 }),
    changed('mode', { 'file.new_mode': 0o755 }),
    changed('owner', { 'file.new_owner_uid': 0 }),
    changed('owner', {}),
    changed('xattr', {}),
  ];
  const of = (call: string, argument: Parameters<typeof comparing>[1], operator: string, value: string): string[] =>
    actions(built(comparing(call, argument, operator, [value])), events);
  const [ALLOW, KILL] = ['allow', 'kill'];
  assert.equal(of('security_path_chmod', { index: 1, type: 'uint16' }, 'Mask', '04000'), [
    KILL,
    ALLOW,
    ALLOW,
    ALLOW,
    ALLOW,
  ]);
  assert.equal(of('chown_common', { index: 1, type: 'uint32' }, 'Equal', '0'), [ALLOW, ALLOW, KILL, ALLOW, ALLOW]);
  assert.equal(of('security_path_chown', { index: 0, type: 'path' }, 'Equal', '/a'), [ALLOW, ALLOW, KILL, KILL, ALLOW]);
  assert.equal(of('security_inode_setattr', { index: 1, type: 'dentry' }, 'Equal', '/a'), [
    KILL,
    KILL,
    KILL,
    KILL,
    ALLOW,
  ]);
  assert.equal(of('security_inode_setxattr', { index: 1, type: 'dentry' }, 'Equal', '/a'), [
    ALLOW,
    ALLOW,
    ALLOW,
    ALLOW,
    KILL,
  ]);
});

test('system calls are known by name, with the prefix of any architecture', () => {
  for (const call of ['sys_mkdirat', '__x64_sys_mkdirat', '__arm64_sys_mkdirat']) {
    const bundle = built(comparing(call, { index: 1, type: 'string' }, 'Equal', ['/x\0']));
    const events = ['/x', '/y'].map((path) => ({ kind: 'syscall', 'syscall.name': 'mkdirat', 'syscall.sarg1': path }));
    assert.equal(actions(bundle, events), ['kill', 'allow']);
    assert.equal(actions(bundle, [{ kind: 'syscall', 'syscall.name': 'mkdir', 'syscall.sarg1': '/x' }]), ['allow']);
  }
  assert.equal(said(kprobe({ call: 'sys_mkdri' })), ['L5006 sys_mkdri: `sys_mkdri` is no system call of x86-64']);
  assert.match(
    said(comparing('sys_write', { index: 0, type: 'fd' }, 'Equal', ['/x']))[0],
    'type `fd` is not in our events',
  );
});

test('functions that a system call leads to', () => {
  const loading = (id: string): string =>
    comparing('security_kernel_read_file', { index: 1, type: 'int' }, 'Equal', [id]);
  const calls = ['finit_module', 'kexec_file_load', 'init_module'].map((name) => ({
    kind: 'syscall',
    'syscall.name': name,
  }));
  assert.equal(actions(built(loading('2')), calls), ['kill', 'allow', 'allow']);
  assert.equal(actions(built(loading('3')), calls), ['allow', 'kill', 'allow']);
  assert.match(said(loading('1')).join(), 'L5006 matchArgs: no event of ours is like this');
  const maps = built(kprobe({ call: 'security_bpf_map_create', selectors: [killing({})] }));
  const bpf = { kind: 'syscall', 'syscall.name': 'bpf' };
  assert.equal(
    actions(maps, [
      { ...bpf, 'syscall.arg0': 0 },
      { ...bpf, 'syscall.arg0': 5 },
    ]),
    ['kill', 'allow'],
  );
});

test('packets are decided where they are sent to', () => {
  const dns = [
    { index: 2, operator: 'Protocol', values: ['IPPROTO_TCP', 'IPPROTO_UDP'] },
    { index: 2, operator: 'DPort', values: ['53'] },
    { index: 2, operator: 'NotDAddr', values: ['127.0.0.53'] },
  ];
  const text = kprobe({
    call: 'ip_output',
    args: [{ index: 2, type: 'skb' }],
    selectors: [killing({ matchArgs: dns })],
  });
  const events = ['8.8.8.8', '127.0.0.53', '2001:db8::1'].map((remote_ip) => ({
    kind: 'net.send',
    net: { remote_ip, remote_port: 53, protocol: 'udp' },
  }));
  assert.equal(actions(built(text), events), ['kill', 'allow', 'allow']);
  assert.equal(said(text), ['L5601 ip_output: packets are decided where they are sent to']);
});

test('lists of calls, and all of them', () => {
  const listed = policy({
    lists: [{ name: 'dups', type: 'syscalls', values: ['sys_dup', 'sys_dup2'] }],
    kprobes: [{ call: 'list:dups', selectors: [killing({})] }],
  });
  const events = ['dup', 'dup3'].map((name) => ({ kind: 'syscall', 'syscall.name': name }));
  assert.equal(actions(built(listed), events), ['kill', 'allow']);
  const generated = policy({
    lists: [{ name: 'all', type: 'generated_syscalls' }],
    kprobes: [{ call: 'list:all', selectors: [killing({})] }],
  });
  assert.equal(actions(built(generated), events), ['kill', 'kill']);
  assert.match(said(kprobe({ call: 'list:none' }))[0], /^L5004 list:none/);
});

test('tracepoints of system calls, by number and by name', () => {
  const tracepoint = (hook: object, lists: object[] = []): string => policy({ lists, tracepoints: [hook] });
  const dups = [{ name: 'dups', type: 'syscalls', values: ['sys_dup', '__ia32_sys_dup'] }];
  const raw = { subsystem: 'raw_syscalls', event: 'sys_enter', args: [{ index: 4, type: 'syscall64' }] };
  const events = ['dup', 'read'].map((name) => ({ kind: 'syscall', 'syscall.name': name }));
  // An index that no argument has is its place in `args`.
  for (const index of [0, 4]) {
    const matchArgs = [{ index, operator: 'InMap', values: ['list:dups'] }];
    assert.equal(actions(built(tracepoint({ ...raw, selectors: [killing({ matchArgs })] }, dups)), events), [
      'kill',
      'allow',
    ]);
  }
  const numbered = [{ index: 4, operator: 'Equal', values: ['32'] }];
  assert.equal(actions(built(tracepoint({ ...raw, selectors: [killing({ matchArgs: numbered })] })), events), [
    'kill',
    'allow',
  ]);
  const enter = {
    subsystem: 'syscalls',
    event: 'sys_enter_unlinkat',
    args: [{ index: 6, type: 'string' }],
    selectors: [killing({ matchArgs: [{ index: 6, operator: 'Prefix', values: ['/etc/'] }] })],
  };
  const unlink = { kind: 'syscall', 'syscall.name': 'unlinkat', 'syscall.sarg1': '/etc/x' };
  assert.equal(actions(built(tracepoint(enter)), [unlink]), ['kill']);
  assert.equal(said(tracepoint({ subsystem: 'syscalls', event: 'sys_exit_openat' })), [
    'L5006 sys_exit_openat: the tracepoint `syscalls/sys_exit_openat` is not watched',
  ]);
});

test('hooks of security modules have their function', () => {
  const hook = (name: string): string =>
    policy({
      lsmhooks: [
        {
          hook: name,
          args: [{ index: 0, type: 'linux_binprm' }],
          selectors: [killing({ matchArgs: [{ index: 0, operator: 'Equal', values: ['/bin/nc'] }] })],
        },
      ],
    });
  for (const name of ['bprm_check_security', 'bprm_committed_creds']) {
    const events = ['/bin/nc', '/bin/ls'].map((path) => ({ kind: 'exec', 'proc.path': path }));
    assert.equal(actions(built(hook(name)), events), ['kill', 'allow']);
  }
});

test('what is not watched is refused at its name, or left out where the user says so', () => {
  const text = policy({
    kprobes: [{ call: 'commit_creds' }, { call: 'security_bprm_check' }],
    uprobes: [{ path: '/bin/bash', symbols: ['readline'] }],
  });
  const refused = [
    'L5006 commit_creds: `commit_creds` is not watched',
    'L5006 /bin/bash: `/bin/bash`: functions of programs are not watched',
  ];
  assert.equal(said(text), refused);
  const skip = { 'tetragon.unwatched': 'skip' };
  assert.equal(
    said(text, skip),
    refused.map((line) => line.replace('L5006', 'L5003').replace(/: /, ': left out: ')),
  );
  assert.equal(noted(built(text, skip), { kind: 'exec', 'proc.path': '/x' }), ['security_bprm_check']);
});

test('hooks that only keep track of sockets are no loss', () => {
  const text = kprobe({
    call: 'sk_alloc',
    selectors: [{ matchActions: [{ action: 'TrackSock' }, { action: 'NoPost' }] }],
  });
  assert.equal(said(text), ['L5003 call: the hook only keeps track']);
});

test('the table names kinds and conditions that compile', () => {
  const names = new Set(KINDS.map(({ name }) => name));
  for (const [name, questions] of Object.entries({ ...FUNCTIONS, ...TRACEPOINTS })) {
    for (const { kind } of questions) assert.ok(names.has(kind), `${name}: ${kind}`);
  }
  built(policy({ kprobes: Object.keys(FUNCTIONS).map((call) => ({ call })) }));
});

test.run();
