/** Selectors: filters on the process and the workload, which of them wins, and what it does. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decide, eventOf } from '../support.ts';
import { actions, built, killing, kprobe, noted, policy, said } from './policy.ts';

const open = { kind: 'file.read', 'file.path': '/a' };
const opened = (filters: object): string => kprobe({ call: 'security_file_open', selectors: [killing(filters)] });
const kills = (filters: object, events: readonly object[]): string =>
  actions(
    built(opened(filters)),
    events.map((event) => ({ ...open, ...event })),
  )
    .map((action) => (action === 'kill' ? '1' : '0'))
    .join('');

test('programs', () => {
  const by = (operator: string, values: readonly string[], more: object = {}): object => ({
    matchBinaries: [{ operator, values, ...more }],
  });
  const programs = ['/bin/a', '/bin/b', '/usr/bin/a'].map((path) => ({ 'proc.path': path }));
  assert.is(kills(by('In', ['/bin/a', '/bin/b']), programs), '110');
  assert.is(kills(by('NotIn', ['/bin/a', '/bin/b']), programs), '001');
  assert.is(kills(by('Prefix', ['/bin/']), programs), '110');
  assert.is(kills(by('NotPostfix', ['/a']), programs), '010');
  assert.is(kills(by('In', []), programs), '111');
  const family = [{ 'proc.path': '/bin/b', 'proc.ancestors': ['/bin/sh', '/bin/a'] }, ...programs];
  assert.is(kills(by('In', ['/bin/a'], { followChildren: true }), family), '1100');
  assert.is(kills(by('NotIn', ['/bin/a'], { followChildren: true }), family), '0011');
  const parents = [{ 'proc.ppath': '/bin/a' }, { 'proc.path': '/bin/a' }];
  assert.is(kills({ matchParentBinaries: [{ operator: 'In', values: ['/bin/a'] }] }, parents), '10');
  assert.match(said(opened(by('Prefix', ['/a'], { followChildren: true })))[0], /^L5004 Prefix/);
});

test('of an exec the program is the one that calls it', () => {
  const bundle = built(
    kprobe({
      call: 'security_bprm_check',
      selectors: [killing({ matchBinaries: [{ operator: 'In', values: ['/bin/sh'] }] })],
    }),
  );
  const events = [
    { kind: 'exec', 'proc.path': '/bin/ls', 'proc.caller_path': '/bin/sh' },
    { kind: 'exec', 'proc.path': '/bin/sh', 'proc.caller_path': '/bin/ls' },
  ];
  assert.equal(actions(bundle, events), ['kill', 'allow']);
});

test('process ids, outside and inside of a namespace', () => {
  const pids = (more: object): object => ({ matchPIDs: [{ operator: 'In', values: [1, 7], ...more }] });
  assert.is(
    kills(
      pids({}),
      [1, 2, 7].map((pid) => ({ 'proc.pid': pid })),
    ),
    '101',
  );
  assert.is(kills({ matchPIDs: [{ operator: 'NotIn', values: [1] }] }, [{ 'proc.pid': 1 }, { 'proc.pid': 2 }]), '01');
  const inner = [
    { 'proc.pid': 1, 'proc.vpid': 1 },
    { 'proc.pid': 400, 'proc.vpid': 1 },
    { 'proc.pid': 401, 'proc.vpid': 2 },
  ];
  assert.is(kills(pids({ isNamespacePID: true }), inner), '010');
  assert.is(kills(pids({ isNamespacePID: true, values: [0, 2] }), inner), '101');
  assert.is(kills(pids({ isNamespacePID: true, operator: 'NotIn' }), inner), '101');
  assert.match(said(opened(pids({ followForks: true })))[0], /^L5006 operator: process ids of ancestors/);
});

test('capabilities and namespaces', () => {
  const caps = (more: object): object => ({
    matchCapabilities: [{ operator: 'In', values: ['CAP_NET_RAW', 'CAP_BPF'], ...more }],
  });
  const held = [['net_raw'], ['chown'], []].map((names) => ({ 'proc.caps': names }));
  assert.is(kills(caps({}), held), '100');
  assert.is(kills(caps({ operator: 'NotIn', type: 'Effective' }), held), '011');
  assert.is(kills(caps({ type: 'Permitted' }), [{ 'proc.permitted': ['bpf'], 'proc.caps': [] }, ...held]), '1000');
  assert.match(said(opened(caps({ type: 'Inheritable' })))[0], /^L5006/);
  assert.match(said(opened(caps({ isNamespaceCapability: true })))[0], /^L5006/);
  assert.match(said(opened(caps({ values: ['CAP_NET_RAV'] })))[0], /^L5004 CAP_NET_RAV/);
  const inside = (operator: string): object => ({
    matchNamespaces: [{ namespace: 'Pid', operator, values: ['host_ns'] }],
  });
  const workloads = [{}, { 'container.id': 'c', 'container.name': 'n' }];
  assert.is(kills(inside('NotIn'), workloads), '01');
  assert.is(kills(inside('In'), workloads), '10');
  assert.match(said(opened(inside('In')))[0], /^L5601 namespace/);
  assert.match(
    said(opened({ matchNamespaces: [{ namespace: 'Net', operator: 'In', values: ['host_ns'] }] }))[0],
    /^L5006/,
  );
  for (const key of ['matchNamespaceChanges', 'matchCapabilityChanges', 'matchReturnArgs', 'matchReturnActions']) {
    assert.match(said(opened({ [key]: [{ operator: 'In', values: ['Mnt'] }] })).join(), /^L5006/, key);
  }
});

test('workloads of a selector', () => {
  const of = (matchWorkloads: object): object => ({ matchWorkloads });
  const pod = (app: string, name = 'n', image = 'reg/i:1'): object => ({
    'container.id': 'c',
    'container.name': name,
    'container.image': image,
    k8s: { namespace: 'ns', pod: 'p', labels: { app } },
  });
  assert.is(kills(of({ podSelector: { matchLabels: { app: 'x' } } }), [pod('x'), pod('y'), {}]), '100');
  assert.is(
    kills(of({ hostSelector: {}, podSelector: { matchLabels: { app: 'x' } } }), [pod('x'), pod('y'), {}]),
    '101',
  );
  assert.is(kills(of({ hostSelector: {} }), [pod('x'), {}]), '01');
  assert.is(kills(of({ podSelector: {} }), [pod('x'), {}]), '10');
  assert.is(kills(of({}), [pod('x'), {}]), '11');
  const named = { matchExpressions: [{ key: 'name', operator: 'NotIn', values: ['side'] }] };
  assert.is(kills(of({ containerSelector: named }), [pod('x'), pod('x', 'side')]), '10');
  const from = { matchLabels: { repo: 'reg/i' } };
  assert.is(
    kills(of({ containerSelector: from }), [pod('x'), pod('x', 'n', 'reg/i@sha256:00'), pod('x', 'n', 'reg/ij')]),
    '110',
  );
});

test('the first selector of a hook wins, and hooks are independent', () => {
  const path = (value: string, ...names: readonly string[]): object => ({
    matchArgs: [{ index: 0, operator: 'Prefix', values: [value] }],
    ...(names.length > 0 ? { matchActions: names.map((action) => ({ action })) } : {}),
  });
  const hook = { call: 'security_file_open', args: [{ index: 0, type: 'file' }] };
  const bundle = built(
    policy({
      kprobes: [
        { ...hook, selectors: [path('/a/b', 'NoPost'), path('/a/c'), path('/a', 'Sigkill'), path('/a/d', 'Override')] },
        { ...hook, selectors: [path('/a/b/x', 'Override'), path('/a')] },
      ],
    }),
  );
  const decided = (file: string): string => {
    const [{ actual }] = decide(bundle, [eventOf({ kind: 'file.read', 'file.path': file })]);
    return [actual.action, ...actual.matches.map((rule) => bundle.manifest.rules[rule].name)].join(' ');
  };
  assert.is(decided('/z'), 'allow');
  assert.is(decided('/a/b'), 'allow security_file_open-2-2');
  assert.is(decided('/a/c'), 'allow security_file_open-2 security_file_open-2-2');
  assert.is(decided('/a/d'), 'kill security_file_open-2-2');
  assert.is(decided('/a/b/x'), 'deny');
});

test('what reports comes first, then what kills, over all policies', () => {
  const one = (name: string, action: string): string =>
    policy({ kprobes: [{ call: 'security_file_open', selectors: [{ matchActions: [{ action }] }] }] }, { name });
  const bundle = built([one('a', 'Override'), one('b', 'Sigkill'), one('c', 'Post')].join('---\n'));
  assert.equal(actions(bundle, [open]), ['kill']);
  assert.equal(noted(bundle, open), ['security_file_open']);
});

test('a selector behind one that always matches is said', () => {
  const text = kprobe({
    call: 'security_file_open',
    selectors: [{ label: 'all', matchActions: [{ action: 'NoPost' }] }, killing({ label: 'late' })],
  });
  assert.equal(said(text), ['L5602 label: an earlier selector of the hook matches always']);
});

test('what is behind a selector that cannot be decided is kept only where it does the same', () => {
  const unknown = { matchPIDs: [{ operator: 'In', followForks: true, values: [1] }] };
  const text = kprobe({
    call: 'security_file_open',
    args: [{ index: 0, type: 'file' }],
    selectors: [unknown, { matchArgs: [{ index: 0, operator: 'Equal', values: ['/a'] }] }, killing({})],
  });
  const skip = { 'tetragon.unwatched': 'skip' };
  const bundle = built(text, skip);
  assert.equal(noted(bundle, open), ['security_file_open-2']);
  assert.equal(actions(bundle, [open]), ['allow']);
  assert.is(said(text, skip).filter((line) => line.includes('left out')).length, 2);
});

test('macros add their filters', () => {
  const text = policy({
    selectorsMacros: { shells: { matchBinaries: [{ operator: 'In', values: ['/bin/sh'] }], label: 'by-shells' } },
    kprobes: [{ call: 'security_file_open', selectors: [killing({ macros: ['shells'] })] }],
  });
  const events = ['/bin/sh', '/bin/ls'].map((path) => ({ ...open, 'proc.path': path }));
  assert.equal(actions(built(text), events), ['kill', 'allow']);
  assert.match(said(text.replace('- shells', '- shell'))[0], /^L5004 shell/);
});

const acting = (...list: readonly object[]): string =>
  kprobe({ call: 'security_file_open', selectors: [{ matchActions: list }] });

test('actions together make one effect', () => {
  const effect = (...list: readonly object[]): string => {
    const [{ actual, errno }] = decide(built(acting(...list)), [eventOf(open)]);
    return `${actual.action} ${actual.matches.length} ${errno}`;
  };
  assert.is(effect({ action: 'Post' }), 'allow 1 0');
  assert.is(effect({ action: 'NoPost' }), 'allow 0 0');
  assert.is(effect({ action: 'Override', argError: -13 }), 'deny 0 13');
  assert.is(effect({ action: 'Override', argError: -13 }, { action: 'Sigkill' }), 'kill 0 13');
  assert.is(effect({ action: 'Signal', argSig: 9 }), 'kill 0 1');
  assert.is(effect({ action: 'NotifyEnforcer', argError: -2, argSig: 9 }), 'kill 0 2');
  assert.is(effect({ action: 'NotifyEnforcer', argError: -2 }), 'deny 0 2');
  assert.is(effect({ action: 'GetUrl', argUrl: 'http://x' }), 'allow 1 0');
  assert.is(effect({ action: 'post' }, { action: 'sigkill' }), 'kill 0 1');
});

test('a limited rate of reports is ours', () => {
  const limits = (...list: readonly object[]) =>
    built(acting(...list)).manifest.rules.map(({ rateLimit }) => rateLimit);
  assert.equal(limits({ action: 'Post' }), [undefined]);
  assert.equal(limits({ action: 'Post', rateLimit: '5m' }), [{ seconds: 300, scope: 'process' }]);
  assert.equal(limits({ action: 'Post', rateLimit: 30 }), [{ seconds: 30, scope: 'process' }]);
  assert.equal(limits({ action: 'Post', rateLimit: '1h', rateLimitScope: 'global' }), [
    { seconds: 3600, scope: 'workload' },
  ]);
  assert.equal(limits({ action: 'Post', rateLimit: '1m', rateLimitScope: 'thread' }), [
    { seconds: 60, scope: 'process' },
  ]);
  assert.equal(said(acting({ action: 'Post', rateLimit: 'often' })), [
    'L5004 often: `rateLimit` takes other values, found the string `often`',
  ]);
  assert.equal(said(acting({ action: 'Post', rateLimit: '1m', rateLimitScope: 'node' })), [
    'L5004 node: `rateLimitScope` takes other values, found the string `node`',
  ]);
  assert.equal(said(acting({ action: 'Post', rateLimitScope: 'global' })), [
    'L5003 global: `rateLimitScope` without `rateLimit`',
  ]);
  assert.equal(said(acting({ action: 'Sigkill' }, { action: 'Post', rateLimit: '1m' })), [
    'L5003 action: `rateLimit` beside an action that enforces: what is refused is always recorded',
  ]);
});

test('what is not carried over of actions is said', () => {
  assert.equal(said(acting({ action: 'Post', kernelStackTrace: true, imaHash: false })), [
    'L5003 true: `kernelStackTrace` is not carried over',
  ]);
  assert.equal(said(acting({ action: 'Signal', argSig: 15 })), [
    'L5006 15: signal 15 is not sent: a process can only be killed',
  ]);
  assert.equal(said(acting({ action: 'Override', argError: 1 })), ['L5003 1: `argError` 1 is no error']);
  assert.equal(said(acting({ action: 'DnsLookup', argFqdn: 'x' })), ['L5003 action: `DnsLookup` is not carried over']);
  assert.equal(said(acting({ action: 'Sigkil' })), [
    'L5004 Sigkil: `action` takes other values, found the string `Sigkil`',
  ]);
  assert.match(
    said(acting({ action: 'Override' }, { action: 'NoPost' }))[1],
    '`NoPost` beside an action that enforces',
  );
  const exit = kprobe({ call: 'do_exit', selectors: [killing({})] });
  assert.match(said(exit)[0], /^L5006 matchActions: `do_exit`: what has happened cannot be refused/);
});

test.run();
