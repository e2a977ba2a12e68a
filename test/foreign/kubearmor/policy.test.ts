/** Every construct of a policy: what it decides, and what is said of it. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bundleOf, findingsOf, imported, sourcesOf } from '../support.ts';
import { HOST, policy, host, cluster, actions, said, exec, file, net } from './support.ts';

test('programs by path, name, directory and pattern', () => {
  const process = {
    matchPaths: [{ path: '/bin/a' }, { execname: 'apt' }],
    matchDirectories: [{ dir: '/opt/' }, { dir: '/srv/', recursive: true }],
    matchPatterns: [{ pattern: '/usr/*/b?' }, { pattern: '/**/z' }],
  };
  const events = [
    '/bin/a',
    '/bin/aa',
    '/x/apt',
    '/x/apt-get',
    '/opt/x',
    '/opt/x/y',
    '/srv/x/y',
    '/usr/l/b1',
    '/usr/b1',
    '/z',
    '/a/z',
    '/a/b/z',
  ];
  assert.equal(
    actions(
      policy({ process }),
      events.map((path) => exec(path)),
    ),
    ['deny', 'allow', 'deny', 'allow', 'deny', 'allow', 'deny', 'deny', 'allow', 'allow', 'deny', 'deny'],
  );
});

test('a source is the parent of a program, and the program that opens a file', () => {
  const spec = {
    process: { matchPaths: [{ path: '/bin/a', fromSource: [{ path: '/bin/dash' }] }] },
    file: { matchPaths: [{ path: '/f', fromSource: [{ path: '/bin/cat' }, { path: '/bin/tac' }] }] },
  };
  assert.equal(
    actions(policy(spec), [
      exec('/bin/a', '/bin/dash'),
      exec('/bin/a', '/bin/bash'),
      file('read', '/f'),
      file('write', '/f', { path: '/bin/tac' }),
      file('read', '/f', { path: '/bin/vi' }),
    ]),
    ['deny', 'allow', 'deny', 'deny', 'allow'],
  );
});

test('owners, readers, terminals and arguments', () => {
  const owned = (action: string): string => policy({ file: { matchPaths: [{ path: '/f', ownerOnly: true }] }, action });
  const events = [
    file('read', '/f', { uid: 5 }, 5),
    file('read', '/f', { uid: 5 }, 6),
    file('write', '/f', { uid: 5 }),
  ];
  assert.equal(actions(owned('Block'), events), ['allow', 'deny', 'deny']);
  assert.equal(actions(owned('Allow'), events), ['allow', 'deny', 'deny']);
  assert.equal(actions(owned('Audit'), events), ['allow', 'allow noted', 'allow noted']);
  const read = (action: string): string =>
    policy({ file: { matchDirectories: [{ dir: '/d/', recursive: true, readOnly: true }] }, action });
  const uses = [file('read', '/d/x'), file('write', '/d/x'), file('delete', '/d/x'), file('map_exec', '/d/x')];
  assert.equal(actions(read('Block'), uses), ['allow', 'deny', 'deny', 'allow']);
  assert.equal(actions(read('Allow'), uses), ['allow', 'deny', 'deny', 'allow']);
  const both = policy({ file: { matchPaths: [{ path: '/f', ownerOnly: true, readOnly: true }] } });
  assert.equal(actions(both, [...events, file('write', '/f', { uid: 5 }, 5)]), ['allow', 'deny', 'deny', 'deny']);
  const off = policy({ process: { matchPaths: [{ path: '/bin/a', pts: false }] } });
  const terminals = [{ interactive: true }, { interactive: false }, {}].map((more) => exec('/bin/a', '/bin/sh', more));
  assert.equal(actions(off, terminals), ['deny', 'allow', 'allow']);
  const args = policy({ process: { matchPaths: [{ path: '/bin/a', allowedArgs: ['-m', 'a.b'] }] } });
  const lines = [['a', '-m', 'a.b'], ['a'], ['a', '-m', 'axb'], ['/bin/a', 'a.b']];
  assert.equal(
    actions(
      args,
      lines.map((list) => exec('/bin/a', '/bin/sh', { args: list })),
    ),
    ['allow', 'deny', 'deny', 'allow'],
  );
});

test('the owner of a program', () => {
  const owned = (action: string): string =>
    policy({ process: { matchPaths: [{ path: '/bin/a', ownerOnly: true }] }, action });
  const started = (facts: object): object => exec('/bin/a', '/bin/sh', facts);
  const events = [
    started({ uid: 1000, file_owner_uid: 1000 }),
    started({ uid: 1000, euid: 0, file_owner_uid: 0 }),
    started({ uid: 1000 }),
  ];
  assert.equal(actions(owned('Allow'), events), ['allow', 'deny', 'deny']);
  assert.equal(actions(owned('Block'), events), ['allow', 'deny', 'deny']);
  assert.equal(actions(owned('Audit'), events), ['allow', 'allow noted', 'allow noted']);
  assert.equal(said(owned('Allow')), []);
});

test('protocols, names and capabilities', () => {
  const spec = {
    network: {
      matchProtocols: [{ protocol: 'TCP', fromSource: [{ path: '/bin/wget' }] }, { protocol: 'udp,icmp' }],
      matchDNSQueries: [{ domain: '.example.com.' }],
    },
    capabilities: { matchCapabilities: [{ capability: 'CAP_NET_RAW' }, { capability: 'kill', action: 'Audit' }] },
  };
  assert.equal(
    actions(policy(spec), [
      net('connect', { protocol: 'tcp' }, '/bin/wget'),
      net('connect', { protocol: 'tcp' }),
      net('send', { protocol: 'udp' }),
      net('dns', { domain: 'a.example.com', protocol: 'udp' }),
      net('dns', { domain: 'anexample.com', protocol: 'udp' }),
      { kind: 'cap', cap: { name: 'net_raw' } },
      { kind: 'cap', cap: { name: 'kill' } },
    ]),
    ['deny', 'allow', 'deny', 'deny', 'allow', 'deny', 'allow noted'],
  );
  const all = policy({ network: { matchProtocols: [{ protocol: 'all' }, { protocol: 'tcp', action: 'Allow' }] } });
  assert.equal(actions(all, [net('connect', { protocol: 'tcp' }), net('listen', {})]), ['deny', 'deny']);
});

test('system calls are only noted', () => {
  const spec = {
    syscalls: {
      matchSyscalls: [{ syscall: ['ptrace'], fromSource: [{ dir: '/usr/', recursive: true }] }],
      matchPaths: [
        { path: '/home/', recursive: true, syscall: ['unlink', 'unlinkat'] },
        { path: '/x/', syscall: ['rmdir'] },
      ],
    },
    action: 'Block',
  };
  const call = (name: string, args: object, path = '/usr/bin/a'): object => ({
    kind: 'syscall',
    proc: { path },
    syscall: { name, ...args },
  });
  assert.equal(
    actions(policy(spec), [
      call('ptrace', {}),
      call('ptrace', {}, '/bin/a'),
      call('unlink', { sarg0: '/home/a/b' }),
      call('unlinkat', { sarg1: '/home/a/b' }),
      call('unlinkat', { sarg1: '/etc/b' }),
      call('rmdir', { sarg0: '/x' }),
      call('rmdir', { sarg0: '/x/y' }),
    ]),
    ['allow noted', 'allow', 'allow noted', 'allow noted', 'allow', 'allow noted', 'allow'],
  );
});

test('the preset that can be said', () => {
  const text = policy({
    presets: [
      { name: 'filelessExec', action: 'Block' },
      { name: 'exec', action: 'Audit' },
    ],
  });
  assert.equal(actions(text, [exec('/x', '/bin/sh', { memfd: true }), exec('/dev/shm/a'), exec('/x')]), [
    'deny',
    'deny',
    'allow',
  ]);
  assert.equal(said(text), ['L5003 "exec": the preset `exec` is not carried over']);
});

test('action and notes are those of the entry, else of the section, else of the policy', () => {
  const text = policy({
    process: { severity: 10, matchPaths: [{ path: '/bin/a' }, { path: '/bin/b', action: 'Audit', tags: ['t'] }] },
    message: 'shop {proc.path}',
    severity: 1,
    tags: ['u'],
    action: 'block',
  });
  assert.equal(actions(text, [exec('/bin/a'), exec('/bin/b')]), ['deny', 'allow noted']);
  const { rules } = bundleOf(sourcesOf(text)).manifest;
  assert.equal(
    rules.map(({ name, severity, tags, message }) => [name, severity, tags, message]),
    [
      ['audit-program-bin-b', 'critical', ['t'], 'shop { proc.path}'],
      ['block-program-bin-a', 'critical', ['u'], 'shop { proc.path}'],
    ],
  );
});

test('scopes: labels, expressions, containers, namespaces, hosts', () => {
  const process = { matchPaths: [{ path: '/bin/a' }] };
  const label = (operator: string, ...values: string[]): object => ({ key: 'label', operator, values });
  const held = (text: string, ...workloads: object[]): string =>
    actions(
      text,
      workloads.map((workload) => ({ ...exec('/bin/a'), ...workload })),
    )
      .map((action) => (action === 'deny' ? '1' : '0'))
      .join('');
  const pod = (namespace: string, labels: object): object => ({ k8s: { namespace, pod: 'p', labels } });
  const pods = [pod('shop', { app: 'web' }), pod('shop', { tier: 'x' }), pod('bank', { app: 'web' }), pod('shop', {})];
  assert.is(held(policy({ selector: {}, process }), ...pods), '1101');
  assert.is(held(policy({ selector: { matchLabels: { app: 'web' } }, process }), ...pods), '1000');
  const either = { matchExpressions: [label('In', 'app=web', 'tier=x')] };
  assert.is(held(policy({ selector: either, process }), ...pods), '1100');
  assert.is(held(policy({ selector: { matchExpressions: [label('NotIn', 'app=web')] }, process }), ...pods), '0101');
  assert.is(
    held(policy({ selector: { containers: ['web'] }, process }), ...pods, { container: { id: 'c', name: 'x' } }),
    '11010',
  );
  const spaces = (operator: string): object => ({
    matchExpressions: [{ key: 'namespace', operator, values: ['shop'] }],
  });
  assert.is(held(cluster({ selector: spaces('In'), process }), ...pods), '1101');
  assert.is(held(cluster({ selector: spaces('NotIn'), process }), ...pods), '0010');
  assert.is(held(cluster({ process }), ...pods), '1111');
  const nodes = [{ ...HOST, container: undefined, k8s: undefined }, {}];
  const node = (name: string, key = 'kubernetes.io/hostname'): string =>
    host({ nodeSelector: { matchLabels: { [key]: name } }, process });
  assert.is(held(node('*'), ...nodes), '10');
  assert.is(held(node('node-2,node-1'), ...nodes), '10');
  assert.is(held(node('node-2'), ...nodes), '00');
  assert.is(held(node('node-*', 'kubernetes.io/hostnamereg'), ...nodes), '10');
  assert.is(held(node('test', 'env'), ...nodes), '10');
});

test('one entry that allows makes an allow-list of its class', () => {
  const text = policy({ process: { matchPaths: [{ path: '/bin/a' }] }, action: 'Allow' });
  const events = [exec('/bin/a'), exec('/bin/b'), file('read', '/f')];
  assert.equal(actions(text, events), ['allow', 'audit', 'allow']);
  assert.equal(actions(text, events, { 'kubearmor.file-posture': 'block' }), ['allow', 'deny', 'allow']);
  assert.equal(actions(text, events, { 'kubearmor.file-posture': 'allow' }), ['allow', 'allow', 'allow']);
  assert.equal(actions(text, events, { 'kubearmor.host-file-posture': 'block' }), ['allow', 'audit', 'allow']);
});

test('namespaces have postures of their own', () => {
  const annotated = (value: string): string =>
    JSON.stringify({ kind: 'Namespace', metadata: { name: 'bank', annotations: { 'kubearmor-file-posture': value } } });
  const configuration = JSON.stringify({
    kind: 'ConfigMap',
    metadata: { name: 'kubearmor-config' },
    data: { defaultFilePosture: 'block' },
  });
  const spec = { process: { matchPaths: [{ path: '/bin/a' }] }, action: 'Allow' };
  const bank = { k8s: { namespace: 'bank', pod: 'p', labels: {} } };
  const events = [exec('/bin/b'), { ...exec('/bin/b'), ...bank }, { ...exec('/bin/a'), ...bank }];
  assert.equal(actions([annotated('block'), cluster(spec)], events), ['audit', 'deny', 'allow']);
  assert.equal(actions([annotated('audit'), configuration, cluster(spec)], events), ['deny', 'audit', 'allow']);
  assert.equal(actions([annotated('x'), configuration, cluster(spec)], events), ['deny', 'deny', 'allow']);
  const resource = JSON.stringify({
    apiVersion: 'operator.kubearmor.com/v1',
    kind: 'KubeArmorConfig',
    metadata: { name: 'kubearmorconfig-default' },
    spec: { defaultFilePosture: 'block', defaultVisibility: 'process' },
  });
  assert.equal(actions([annotated('audit'), resource, cluster(spec)], events), ['deny', 'audit', 'allow']);
  assert.equal(said(annotated('x')), ['L5003 "x": `x` is no posture']);
});

test('entries of several policies are looked up in one order', () => {
  const one = policy({
    file: { matchDirectories: [{ dir: '/d/', recursive: true }], matchPaths: [{ path: '/e/x', action: 'Allow' }] },
  });
  const two = policy(
    { file: { matchPaths: [{ path: '/d/x', action: 'Allow' }], matchDirectories: [{ dir: '/e/' }] } },
    { name: 'q' },
  );
  const events = ['/d/x', '/d/y', '/e/x', '/e/y'].map((path) => file('read', path));
  for (const texts of [
    [one, two],
    [two, one],
  ]) {
    assert.equal(actions(texts, events), ['allow', 'deny', 'allow', 'deny']);
  }
  assert.equal(
    bundleOf(sourcesOf(one, two)).manifest.policies.map(({ name }) => name),
    ['q.path', 'p.path', 'q.directory', 'p.directory'],
  );
});

test('of one key the last counts, of one name the last policy', () => {
  const block = policy({ process: { matchPaths: [{ path: '/bin/a' }] } });
  const allow = policy({ process: { matchPaths: [{ path: '/bin/a', action: 'Allow' }] } }, { name: 'q' });
  assert.equal(
    [actions([block, allow], [exec('/bin/a')]), actions([allow, block], [exec('/bin/a')])],
    [['allow'], ['deny']],
  );
  const twice = policy({ process: { matchPaths: [{ path: '/bin/a' }, { path: '/bin/a', action: 'Allow' }] } });
  assert.equal(actions(twice, [exec('/bin/a')]), ['allow']);
  assert.equal(said(twice), ['L5103 "/bin/a": a later entry replaces that of `/bin/a`']);
  assert.equal(said(block, policy({ process: {} })).slice(0, 1), ['L5107 "p": a later KubeArmorPolicy replaces `p`']);
});

test('what KubeArmor would not take is said at its place', () => {
  const lost =
    'apiVersion: security.kubearmor.com/v1\nkind: KubeArmorPolicy\nmetadata:\nname: p\nspec:\naction: Block\n';
  assert.equal(said(lost), [
    'L5005 apiVersion: the key `spec` is missing',
    'L5002 name: unknown key `name`',
    'L5002 action: unknown key `action`',
  ]);
  const peers = policy({
    network: { matchProtocols: [{ protocol: 'tcp', fromSource: [{ matchLabels: { app: 'x' } }] }] },
  });
  assert.equal(
    said(peers)[1],
    'L5101 "matchLabels": `fromSource` names programs: KubeArmor knows no workload as a source',
  );
  const match = 'action: Block\nmatch:\n  process:\n    path: /bin/bash\n';
  assert.equal(said(match), ['L5101 action: no policy of KubeArmor: it has no `kind`']);
  assert.equal(said(policy({ match: { process: {} } }))[0], 'L5101 "match": KubeArmor has no `match`');
  const paths = policy({
    file: {
      matchPaths: [{ path: '/etc/*' }, { path: 'x' }, { path: '/x/' }, {}],
      matchDirectories: [{ dir: '/d', recurive: true }],
    },
  });
  assert.equal(
    said(paths).filter((text) => text.startsWith('L5')),
    [
      'L5104 "/etc/*": `/etc/*` is taken literally: paths have no wildcards',
      'L5104 "x": `x` is not absolute: no path is like it',
      'L5104 "/x/": no file has the path `/x/`: it ends with a slash',
      'L5102 {}: the entry names nothing',
      'L5104 "/d": the directory `/d` does not end with a slash',
      'L5002 "recurive": unknown key `recurive`',
    ],
  );
  const wrong = policy({
    severity: 11,
    network: { matchProtocols: [{ protocol: 'tcpp' }, { protocol: 'stream' }] },
    capabilities: { matchCapabilities: [{ capability: 'net_rwa' }] },
    syscalls: { matchSyscalls: [{ syscall: ['unlnk'] }] },
    process: { matchPaths: [{ path: '/a', action: 'Deny' }] },
  });
  assert.equal(
    said(wrong)
      .map((text) => text.slice(0, 5))
      .sort(),
    ['L5004', 'L5004', 'L5004', 'L5004', 'L5004', 'L5006'],
  );
});

test('device and AppArmor are named and left out', () => {
  const text = host({ device: { matchDevice: [{ class: 'HID' }] }, apparmor: 'deny /x r,' });
  assert.equal(said(text), [
    'L5106 "apiVersion": nothing of `p` is left',
    'L5003 "HID": entries of `device` are not carried over',
    'L5003 "deny /x r,": rules of AppArmor are not carried over',
  ]);
});

test('what is imported can be maintained', () => {
  const text = policy({
    file: { matchPaths: [{ path: '/etc/shadow' }, { path: '/etc/gshadow' }], readOnly: undefined },
    severity: 9,
    message: 'secrets',
    action: 'Block',
  });
  assert.is(
    imported(sourcesOf(text), 'kubearmor'),
    `# imported
apiVersion: lictor.dev/v1
kind: Policy
metadata:
  name: p
  annotations:
    kubearmor.com/kind: KubeArmorPolicy
spec:
  mode: enforce
  scope:
    namespace:
      - shop
  rules:
    - name: block-file-etc-shadow-and-1-more
      on:
        - file.read
        - file.modify
      when: 'file.path in ("/etc/shadow", "/etc/gshadow")'
      action: deny
      severity: critical
      message: secrets
`,
  );
});

test('a wrong action is one where no entry is left to have it', () => {
  const text =
    'apiVersion: security.kubearmor.com/v1\nkind: KubeArmorPolicy\nmetadata: {name: p}\nspec: {process: {matchPath: []}, action: Blok}\n';
  assert.ok(findingsOf(sourcesOf(text)).some(({ code, severity }) => code === 'L5004' && severity === 'error'));
});

test.run();
