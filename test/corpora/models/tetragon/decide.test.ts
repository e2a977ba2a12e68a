/** The model of Tetragon where its documents say what happens. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ModelEvent } from '../event.ts';
import { decide } from './decide.ts';
import { readPolicies } from './policies.ts';

const policy = (spec: string, head = 'kind: TracingPolicy\nmetadata: {name: p}'): string =>
  `${head}\nspec: ${spec}\n---\n`;

const effect = (yaml: string, event: ModelEvent): string => {
  const decision = decide(readPolicies(yaml), event);
  return 'unclear' in decision ? `unclear: ${decision.unclear}` : decision.effect;
};
const open = (kind: string, path: string, program = '/usr/bin/cat'): ModelEvent => ({
  kind,
  proc: { path: program },
  file: { path },
});
const connect = (remote_ip: string, remote_port = 80, protocol = 'tcp'): ModelEvent => ({
  kind: 'net.connect',
  proc: { path: '/usr/bin/curl' },
  net: { remote_ip, remote_port, protocol },
});

test('without selectors every call is posted, a selector without actions posts', () => {
  assert.is(effect(policy('{kprobes: [{call: tcp_connect, syscall: false}]}'), connect('192.0.2.1')), 'audit');
  assert.is(
    effect(policy('{kprobes: [{call: tcp_connect, syscall: false}]}'), connect('192.0.2.1', 80, 'udp')),
    'allow',
  );
  const yaml = policy(
    '{kprobes: [{call: tcp_connect, syscall: false, selectors: [{matchArgs: [{index: 0, operator: DPort, values: ["80"]}]}]}]}',
  );
  assert.is(effect(yaml, connect('192.0.2.1')), 'audit');
  assert.is(effect(yaml, connect('192.0.2.1', 81)), 'allow');
});

test('filters of a selector are all needed, the first selector that matches acts', () => {
  const yaml = policy(
    '{kprobes: [{call: security_file_permission, syscall: false, args: [{index: 0, type: file}, {index: 1, type: int}], selectors: [' +
      '{matchArgs: [{index: 0, operator: Prefix, values: [/etc]}, {index: 1, operator: Equal, values: ["4"]}], matchActions: [{action: NoPost}]}, ' +
      '{matchArgs: [{index: 0, operator: Prefix, values: [/etc]}], matchActions: [{action: Override, argError: -1}]}, ' +
      '{matchBinaries: [{operator: NotIn, values: [/usr/bin/cat]}], matchActions: [{action: Sigkill}]}]}]}',
  );
  assert.is(effect(yaml, open('file.read', '/etc/passwd')), 'allow');
  assert.is(effect(yaml, open('file.write', '/etcx')), 'deny');
  assert.is(effect(yaml, open('file.write', '/opt', '/usr/bin/vi')), 'kill');
  assert.is(effect(yaml, open('file.write', '/opt')), 'allow');
});

test('networks, the address that a call names, families', () => {
  const yaml = policy(
    '{kprobes: [{call: security_socket_connect, syscall: false, selectors: [{matchArgs: [{index: 1, operator: Family, values: [AF_INET]}, ' +
      '{index: 1, operator: SAddr, values: [10.0.0.0/8]}, {index: 1, operator: SPort, values: ["80:90"]}]}]}, ' +
      '{call: tcp_connect, syscall: false, selectors: [{matchArgs: [{index: 0, operator: NotDAddr, values: [10.0.0.0/8, 127.0.0.1]}], matchActions: [{action: Sigkill}]}]}]}',
  );
  assert.is(effect(yaml, connect('10.1.2.3', 85)), 'audit');
  assert.is(effect(yaml, connect('10.1.2.3', 91)), 'allow');
  assert.is(effect(yaml, connect('11.1.2.3')), 'kill');
  assert.is(effect(yaml, connect('2001:db8::1')), 'kill');
});

test('at an exec the program that calls it counts', () => {
  const yaml = policy(
    '{lsmhooks: [{hook: bprm_check_security, selectors: [{matchBinaries: [{operator: In, values: [/bin/zsh]}], matchArgs: [{index: 0, operator: Postfix, values: [nop]}]}]}]}',
  );
  assert.is(effect(yaml, { kind: 'exec', proc: { path: '/x/nop', caller_path: '/bin/zsh' } }), 'audit');
  assert.is(effect(yaml, { kind: 'exec', proc: { path: '/bin/zsh', caller_path: '/x/nop' } }), 'allow');
});

test('system calls by name, lists, masks', () => {
  const yaml = policy(
    '{lists: [{name: dups, type: syscalls, values: [sys_dup]}], kprobes: [{call: "list:dups"}, {call: sys_symlinkat, syscall: true, ' +
      'args: [{index: 0, type: string}, {index: 1, type: int}], selectors: [{matchArgs: [{index: 0, operator: Equal, values: [/etc/passwd]}, {index: 1, operator: Mask, values: ["64", "1"]}]}]}]}',
  );
  assert.is(effect(yaml, { kind: 'syscall', syscall: { name: 'dup' } }), 'audit');
  assert.is(effect(yaml, { kind: 'syscall', syscall: { name: 'symlinkat', sarg0: '/etc/passwd', arg1: 65 } }), 'audit');
  assert.is(effect(yaml, { kind: 'syscall', syscall: { name: 'symlinkat', sarg0: '/etc/passwd', arg1: 2 } }), 'allow');
});

test('pods', () => {
  const head = 'kind: TracingPolicyNamespaced\nmetadata: {name: p, namespace: n}';
  const yaml = policy('{podSelector: {matchLabels: {app: a}}, kprobes: [{call: tcp_connect, syscall: false}]}', head);
  const pod = (namespace: string, app: string): ModelEvent => ({
    ...connect('192.0.2.1'),
    k8s: { namespace, pod: 'p', labels: { app } },
  });
  assert.is(effect(yaml, pod('n', 'a')), 'audit');
  assert.is(effect(yaml, pod('m', 'a')), 'allow');
  assert.is(effect(yaml, pod('n', 'b')), 'allow');
  assert.is(effect(yaml, connect('192.0.2.1')), 'allow');
});

test('monitoring takes the actions away', () => {
  const yaml = policy(
    '{options: [{name: policy-mode, value: monitor}], kprobes: [{call: tcp_connect, syscall: false, selectors: [{matchActions: [{action: Sigkill}]}]}]}',
  );
  assert.is(effect(yaml, connect('192.0.2.1')), 'audit');
});

test.run();
