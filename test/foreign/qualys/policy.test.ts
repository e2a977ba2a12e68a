/** Every construct of a policy: what it decides, and what is said of it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { briefly, bundleOf, decide, eventOf, findingsOf, imported, sourcesOf, withNames } from '../support.ts';

const base = {
  name: 'shop',
  policyMode: 'ACTIVE',
  defaultNetworkAction: 'ALLOW',
  defaultFileAction: 'ALLOW',
  defaultExecuteAction: 'ALLOW',
  images: ['shop/*'],
};
const IN_SHOP = { container: { id: 'c1', name: 'c', image: 'shop/web:1.2' } };

const policy = (rules: readonly object[], more: object = {}): string => JSON.stringify({ ...base, ...more, rules });

/** The actual action of each event, or `would …` where only the other one differs from `allow`. */
function actions(text: string, events: readonly object[]): string[] {
  const decisions = decide(
    bundleOf(sourcesOf(text)),
    events.map((event) => eventOf({ ...IN_SHOP, ...event })),
  );
  return decisions.map(({ actual, asIf }) => {
    const noted = actual.matches.length > 0 ? ' noted' : '';
    return (asIf.action === actual.action ? actual.action : `${actual.action}, would ${asIf.action}`) + noted;
  });
}

const said = (text: string): string[] => briefly(sourcesOf(text), findingsOf(sourcesOf(text)));

const connect = (remote_ip: string, remote_port: number): object => ({
  kind: 'net.connect',
  net: { remote_ip, remote_port },
});
const read = (path: string, program = '/usr/bin/cat'): object => ({
  kind: 'file.read',
  proc: { path: program },
  file: { path },
});
const exec = (path: string, caller_path: string, more: object = {}): object => ({
  kind: 'exec',
  proc: { path, caller_path, ...more },
});

test('an outbound rule is about the destination', () => {
  const rule = { name: 'out', ruleType: 'NETWORK_OUTBOUND', action: 'DENY', ipAddress: '10.0.0.7', port: 443 };
  const events = [connect('10.0.0.7', 443), connect('10.0.0.7', 80), connect('10.0.0.8', 443)];
  const send = { kind: 'net.send', net: { remote_ip: '10.0.0.7', remote_port: 443, protocol: 'udp' } };
  const accept = { kind: 'net.accept', net: { remote_ip: '10.0.0.7', remote_port: 443, local_port: 443 } };
  assert.equal(actions(policy([rule]), [...events, send, accept]), ['deny', 'allow', 'allow', 'deny', 'allow']);
});

test('an inbound rule is about the source address and the port in the container', () => {
  const rule = { name: 'in', ruleType: 'NETWORK_INBOUND', action: 'DENY', ipAddress: '10.0.0.0/8', port: 8080 };
  const accept = (remote_ip: string, remote_port: number, local_port: number): object => ({
    kind: 'net.accept',
    net: { remote_ip, remote_port, local_port },
  });
  const events = [accept('10.1.1.1', 5, 8080), accept('10.1.1.1', 8080, 80), accept('11.1.1.1', 5, 8080)];
  assert.equal(actions(policy([rule]), [...events, connect('10.1.1.1', 8080)]), ['deny', 'allow', 'allow', 'allow']);
});

test('a blank port is every port, and sockets of the same machine are no network', () => {
  const local = { kind: 'net.connect', net: { path: '/run/docker.sock' } };
  for (const port of ['', 0, '*', null, undefined]) {
    const rule = { name: 'out', ruleType: 'NETWORK_OUTBOUND', action: 'DENY', ipAddress: '*', port };
    assert.equal(actions(policy([rule]), [connect('1.2.3.4', 1), local]), ['deny', 'allow'], String(port));
  }
  assert.equal(actions(policy([], { defaultNetworkAction: 'DENY' }), [connect('1.2.3.4', 1), local]), [
    'deny',
    'allow',
  ]);
});

test('file rules are about a program and a file, and writing is every way to change it', () => {
  const rules = [
    { name: 'r', ruleType: 'READ', action: 'DENY', program: '/bin/cat', file: '/etc/hosts' },
    { name: 'w', ruleType: 'WRITE', action: 'DENY', program: '*', file: '/var/www/html/*' },
  ];
  const change = (kind: string): object => ({ kind, file: { path: '/var/www/html/a/b.html' } });
  const kinds = ['file.write', 'file.create', 'file.delete', 'file.rename', 'file.link', 'file.attr', 'file.read'];
  assert.equal(actions(policy(rules), kinds.map(change)), [...Array.from({ length: 6 }, () => 'deny'), 'allow']);
  const reads = [
    read('/etc/hosts'),
    read('/etc/hosts', '/bin/cat'),
    read('/etc/hosts', '/usr/bin/tac'),
    read('/etc/host'),
  ];
  assert.equal(actions(policy(rules), reads), ['deny', 'deny', 'allow', 'allow']);
});

test('a star is any text, with slashes', () => {
  const matched = (file: string, paths: readonly string[]): string[] => {
    const rule = { name: 'r', ruleType: 'READ', action: 'DENY', program: '*', file };
    const found = actions(
      policy([rule]),
      paths.map((path) => read(path)),
    );
    return paths.filter((_, n) => found[n] === 'deny');
  };
  assert.equal(matched('/a/*/b', ['/a/x/b', '/a/x/y/b', '/a/b', '/a/x/bb']), ['/a/x/b', '/a/x/y/b']);
  assert.equal(matched('/a*/b', ['/a/b', '/ax/b', '/a/x/y/b', '/ab']), ['/a/b', '/ax/b', '/a/x/y/b']);
  assert.equal(matched('/a*c*d', ['/acd', '/a/c/d', '/ad']), ['/acd', '/a/c/d']);
  assert.equal(matched('*.key', ['/x/y.key', '/x/y.key2']), ['/x/y.key']);
  assert.equal(matched('*secret*', ['/my/secrets/x', '/my/public']), ['/my/secrets/x']);
  assert.equal(matched('/a[b]?', ['/a[b]?', '/abc']), ['/a[b]?']);
});

test('an execution binds the program that asks for it, not its children', () => {
  const rule = {
    name: 'x',
    ruleType: 'SYSCALL',
    action: 'DENY',
    program: '/usr/sbin/nginx',
    syscall: 'sys_execve',
    arg1: '/bin/sh',
  };
  const events = [
    exec('/usr/bin/dash', '/usr/sbin/nginx', { invoked: '/bin/sh' }),
    exec('/usr/bin/sh', '/usr/sbin/nginx'),
    exec('/usr/bin/dash', '/usr/bin/env', { invoked: '/bin/sh', ppath: '/usr/sbin/nginx' }),
    exec('/usr/bin/id', '/usr/sbin/nginx'),
  ];
  assert.equal(actions(policy([rule]), events), ['deny', 'deny', 'allow', 'allow']);
  assert.equal(actions(policy([{ ...rule, program: '*' }]), events), ['deny', 'deny', 'deny', 'allow']);
});

test('the third argument of execve is an entry of the environment', () => {
  const rule = { name: 'x', ruleType: 'SYSCALL', action: 'DENY', program: '*', syscall: 'sys_execve' };
  const events = [
    exec('/bin/su', '/bin/a', { env: ['PATH=/bin', 'LD_PRELOAD=/tmp/x.so'] }),
    exec('/bin/su', '/bin/a', { env: ['PATH=/bin'] }),
    exec('/bin/su', '/bin/a'),
  ];
  assert.equal(actions(policy([{ ...rule, arg3: 'LD_PRELOAD=*' }]), events), ['deny', 'allow', 'allow']);
  assert.equal(actions(policy([{ ...rule, arg3: 'PATH=/bin' }]), events), ['deny', 'deny', 'allow']);
});

test('what lets pass what is refused otherwise goes by where a path leads', () => {
  const rule = { name: 'x', ruleType: 'SYSCALL', action: 'ALLOW', program: '*', syscall: 'execve', arg1: '/bin/ls' };
  const text = policy([rule], { defaultExecuteAction: 'DENY' });
  const events = [
    exec('/usr/bin/ls', '/a'),
    exec('/tmp/evil', '/a', { invoked: '/bin/ls' }),
    exec('/usr/bin/id', '/a'),
  ];
  assert.equal(actions(text, events), ['allow', 'deny', 'deny']);
});

test('other system calls are compared by name and arguments', () => {
  const rules = [
    {
      name: 'attach',
      ruleType: 'SYSCALL',
      action: 'DENY',
      program: '*',
      syscall: 'sys_ptrace',
      arg1: '0x10',
      arg2: '*',
    },
    {
      name: 'cwd',
      ruleType: 'SYSCALL',
      action: 'DENY',
      program: '/a',
      syscall: 'sys_openat',
      arg1: '-100',
      arg2: '/etc/*',
    },
  ];
  const call = (name: string, args: object, path = '/a'): object => ({
    kind: 'syscall',
    proc: { path },
    syscall: { name, ...args },
  });
  const events = [
    call('ptrace', { arg0: 16, arg1: 77 }),
    call('ptrace', { arg0: 17 }),
    call('openat', { arg0: '18446744073709551516', sarg1: '/etc/x' }),
    call('openat', { arg0: 4294967196, sarg1: '/etc/x' }),
    call('openat', { arg0: 3, sarg1: '/etc/x' }),
    call('openat', { arg0: 4294967196, sarg1: '/tmp/x' }),
    call('openat', { arg0: 4294967196, sarg1: '/etc/x' }, '/b'),
  ];
  assert.equal(actions(policy(rules), events), ['deny', 'allow', 'deny', 'deny', 'allow', 'allow', 'allow']);
  // The default of Application rules is about executions alone.
  assert.equal(actions(policy(rules, { defaultExecuteAction: 'DENY' }), [events[1], exec('/x', '/y')]), [
    'allow',
    'deny',
  ]);
});

test('what refuses wins over what monitors, and that over what allows, in whatever order they stand', () => {
  const rule = (action: string, file: string): object => ({
    name: action,
    ruleType: 'READ',
    action,
    program: '*',
    file,
  });
  const rules = [rule('ALLOW', '*'), rule('MONITOR', '/etc/*'), rule('DENY', '/etc/shadow')];
  const events = [read('/etc/shadow'), read('/etc/hosts'), read('/tmp/x')];
  const refusing = { defaultFileAction: 'DENY' };
  assert.equal(actions(policy(rules, refusing), events), ['deny', 'audit', 'allow']);
  assert.equal(actions(policy([...rules].reverse(), refusing), events), ['deny', 'audit', 'allow']);
  assert.equal(actions(policy(rules), events), ['deny', 'allow noted', 'allow']);
});

test('monitoring hides no refusal of another policy', () => {
  const own = `
apiVersion: lictor.dev/v1
kind: Policy
metadata: {name: own}
spec:
  mode: enforce
  tier: baseline
  rules:
    - {name: no-hosts, on: [file.read, net.connect], when: true, action: deny}
`;
  const rule = { name: 'm', ruleType: 'READ', action: 'MONITOR', program: '*', file: '*' };
  const sources = sourcesOf(policy([rule], { defaultNetworkAction: 'MONITOR' }), own);
  const events = [read('/etc/hosts'), connect('1.2.3.4', 5)].map((event) => eventOf({ ...IN_SHOP, ...event }));
  const bundle = bundleOf(sources);
  for (const decision of decide(bundle, events)) {
    const { actual } = withNames(bundle, decision) as { actual: { action: string; matches: string[] } };
    assert.is(actual.action, 'deny');
    assert.is(actual.matches.length, 1);
  }
});

test('modes: Active is enforced, Permissive only said, Inactive neither; an overlay changes it later', () => {
  const rule = { name: 'r', ruleType: 'READ', action: 'DENY', program: '*', file: '/x' };
  const mode = (policyMode: string): string[] => actions(policy([rule], { policyMode }), [read('/x')]);
  assert.equal(['ACTIVE', 'Permissive', 'inactive'].map(mode), [['deny'], ['allow, would deny'], ['allow']]);
  const overlay = 'apiVersion: lictor.dev/v1\nkind: Overlay\nspec: {target: {policy: shop}, mode: observe}\n';
  const bundle = bundleOf(sourcesOf(policy([rule]), overlay));
  assert.is(decide(bundle, [eventOf({ ...IN_SHOP, ...read('/x') })])[0].actual.action, 'allow');
});

test('a rule that is not enabled does not count', () => {
  const rule = { name: 'r', ruleType: 'READ', action: 'DENY', program: '*', file: '/x' };
  const with_ = (more: object): string => actions(policy([{ ...rule, ...more }]), [read('/x')])[0];
  assert.equal([{ inactive: true }, { isEnabled: false }, { inactive: false, enabled: true }].map(with_), [
    'allow',
    'allow',
    'deny',
  ]);
});

test('of an ignored system call nothing is noted, and what refuses it still does', () => {
  const rule = { name: 'r', ruleType: 'SYSCALL', program: '*', syscall: 'sys_ptrace' };
  const call = { kind: 'syscall', syscall: { name: 'ptrace' } };
  const ignored = { ignoredSyscalls: ['sys_ptrace'] };
  assert.equal(actions(policy([{ ...rule, action: 'MONITOR' }]), [call]), ['allow noted']);
  assert.equal(actions(policy([{ ...rule, action: 'MONITOR' }], ignored), [call]), ['allow']);
  assert.equal(actions(policy([{ ...rule, action: 'DENY' }], ignored), [call]), ['deny']);
  assert.equal(said(policy([{ ...rule, action: 'DENY' }], ignored)), [
    'L5003 "ignoredSyscalls": what is refused leaves a record, also of a system call that is ignored',
  ]);
});

test('a policy is for its images', () => {
  const text = policy([], { defaultFileAction: 'DENY' });
  const at = (image: string): object => ({
    container: { id: 'c', name: 'n', image },
    kind: 'file.read',
    file: { path: '/x' },
  });
  assert.equal(actions(text, [at('shop/web:1'), at('shop/a/b:2'), at('other/web:1')]), ['deny', 'deny', 'allow']);
  const everywhere = policy([], { defaultFileAction: 'DENY', images: undefined });
  assert.equal(actions(everywhere, [at('other/web:1'), { ...read('/x'), container: undefined }]), ['deny', 'allow']);
  assert.equal(said(everywhere), [
    'L5402 "shop": the policy does not say to which images it is applied: it holds for every container',
  ]);
  assert.equal(findingsOf(sourcesOf(everywhere), { 'qualys.images': 'a, b/*' }), []);
});

test("the console's and the sibling API's spellings", () => {
  const text = JSON.stringify({
    'Policy Name': 'shop',
    Mode: 'Active',
    defaultActions: { Network: 'Allow', File: 'Allow', Application: 'Deny' },
    appliedTo: ['shop/*'],
    policyRules: [
      { name: 'r', type: 'File Read', action: 'Deny', isEnabled: true, Program: '*', File: '/x' },
      {
        name: 'x',
        Type: 'Application',
        Action: 'Allow',
        'System Call': 'sys_execve',
        Program: '*',
        'Argument 1': '/bin/ls',
      },
    ],
  });
  assert.equal(said(text), []);
  assert.equal(actions(text, [read('/x'), exec('/bin/ls', '/a'), exec('/bin/id', '/a')]), ['deny', 'allow', 'deny']);
});

test('what is wrong is said at its place', () => {
  const rule = { name: 'r', ruleType: 'READ', action: 'DENY', program: '*', file: '/x' };
  const about = (...rules: readonly object[]): string[] => said(policy(rules));
  assert.equal(about({ ...rule, ruleType: 'REED' }), ['L5004 "REED": `ruleType: REED`']);
  assert.equal(about({ ...rule, action: 'BLOCK' }), ['L5004 "BLOCK": `action: BLOCK`']);
  assert.equal(about({ ...rule, file: '' }), ['L5005 "name": the rule has no `file`']);
  assert.equal(about({ ...rule, fille: 'x' }), ['L5002 "fille": unknown key `fille`']);
  assert.equal(about({ ...rule, ipAddress: '1.2.3.4' }), [
    'L5401 "ipAddress": `ipAddress` is no parameter of this type of rule, and does not count',
  ]);
  const network = { name: 'n', ruleType: 'NETWORK_OUTBOUND', action: 'DENY', ipAddress: '1.2.3.4', port: 80 };
  assert.equal(about({ ...network, ipAddress: '10.0.*' }), ['L5004 "10.0.*": `10.0.*` is no address']);
  assert.equal(about({ ...network, port: 65536 }), ['L5004 65536: `65536` is no port']);
  const call = { name: 'c', ruleType: 'SYSCALL', action: 'DENY', program: '*', syscall: 'sys_execve' };
  assert.equal(about({ ...call, syscall: 'sys_exceve' }), ['L5004 "sys_exceve": there is no system call `sys_exceve`']);
  assert.equal(about({ ...call, arg3: 'PATH=/*' }), ['L3110 "c": `c` depends on `proc.env`, which can be cut']);
  assert.equal(about({ ...call, syscall: 'sys_execveat', arg1: '5' }), [
    'L5006 "5": argument 1 of `execveat` is not in our events',
  ]);
  assert.equal(
    about({ ...call, arg2: '*-c*' }).map((line) => line.slice(0, 5)),
    ['L3110', 'L5403'],
  );
  assert.equal(
    about({ ...call, program: '/bin/sh' }).map((line) => line.slice(0, 5)),
    ['L5404'],
  );
  assert.equal(about({ ...call, syscall: 'sys_ptrace', arg1: 'PTRACE_ATTACH' }), [
    'L5004 "PTRACE_ATTACH": argument 1 of `ptrace` is a number, found `PTRACE_ATTACH`',
  ]);
  assert.equal(said(policy([], { policyMode: undefined })).slice(0, 1), [
    'L5005 "name": the policy has no `policyMode`',
  ]);
  assert.equal(said(policy([], { policyName: 'p' })), ['L5004 "policyName": `policyName` says the same as `name`']);
  assert.equal(said(JSON.stringify({ policyName: 'ci', policyMode: 'ACTIVE', centralizedPolicyRules: [] })), [
    'L5003 "policyName": a centralized policy judges images before they run, not what containers do',
  ]);
  assert.equal(
    said(
      JSON.stringify({
        data: [
          { ...base, rules: [rule] },
          { ...base, name: 'q', rules: [{ ...rule, file: '/y' }] },
        ],
      }),
    ).map((line) => line.slice(0, 5)),
    ['L5405'],
  );
});

test('an imported policy keeps what it was called', () => {
  const text = policy([{ name: 'Deny hosts', ruleType: 'READ', action: 'DENY', program: '*', file: '/x' }], {
    name: 'My CRS Policy',
    id: '5eba',
    description: 'd',
  });
  assert.is(
    imported(sourcesOf(text), 'qualys'),
    `# imported
apiVersion: lictor.dev/v1
kind: Policy
metadata:
  name: My-CRS-Policy
  description: d
  annotations:
    qualys.name: My CRS Policy
    qualys.id: 5eba
spec:
  mode: enforce
  scope:
    image:
      - shop/**
  rules:
    - name: Deny-hosts
      on: file.read
      when: 'file.path = "/x"'
      action: deny
      tags:
        - qualys:Deny hosts
`,
  );
});

test('the example of the README is imported as it says', () => {
  const readme = readFileSync(join(import.meta.dirname, '../../../compiler/foreign/qualys/README.md'), 'utf8');
  const [, json] = /```json\n(.*?)```/s.exec(readme)!;
  const [, yaml] = /```yaml\n# shop.json[^\n]*\n(.*?)```/s.exec(readme)!;
  assert.is(imported(sourcesOf(json), 'qualys'), `# imported\n${yaml}`);
});

test.run();
