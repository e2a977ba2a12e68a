/** The model of KubeArmor where its documents say what happens: one case for each sentence of the algorithm. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ModelEvent } from '../event.ts';
import { AUDIT, decide } from './decide.ts';
import { readPolicies } from './policies.ts';

/** A policy for the pods of namespace `n` with `app: a`. */
const policy = (name: string, body: string): string =>
  `apiVersion: security.kubearmor.com/v1\nkind: KubeArmorPolicy\nmetadata: {name: ${name}, namespace: n}\n` +
  `spec: {selector: {matchLabels: {app: a}}, ${body}}\n---\n`;

const POD = { container: { id: 'c', name: 'main' }, k8s: { namespace: 'n', pod: 'p', labels: { app: 'a' } } };
const exec = (path: string, ppath = '/bin/sh'): ModelEvent => ({ kind: 'exec', proc: { path, ppath }, ...POD });
const open = (kind: string, path: string, uid = 0): ModelEvent => ({
  kind,
  proc: { path: '/bin/cat', uid },
  file: { path, owner_uid: 0 },
  ...POD,
});

const effect = (yaml: string, event: ModelEvent, posture = AUDIT): string => {
  const decision = decide(readPolicies(yaml), event, posture);
  return 'unclear' in decision ? `unclear: ${decision.unclear}` : `${decision.effect} ${decision.policy}`;
};

test('the lookups come in their order: source, path, name, directory', () => {
  const yaml =
    policy('dir', 'process: {matchDirectories: [{dir: /bin/, recursive: true}]}, action: Block') +
    policy('name', 'process: {matchPaths: [{execname: ls, action: Allow}]}') +
    policy('path', 'process: {matchPaths: [{path: /bin/ls}]}, action: Block') +
    policy('source', 'process: {matchDirectories: [{dir: /bin/, fromSource: [{path: /bin/bash}]}]}, action: Allow');
  assert.is(effect(yaml, exec('/bin/ls', '/bin/bash')), 'allow source');
  assert.is(effect(yaml, exec('/bin/ls')), 'deny path');
  assert.is(effect(yaml, exec('/bin/x/ls')), 'allow name');
  assert.is(effect(yaml, exec('/bin/id')), 'deny dir');
});

test('the deepest directory wins, one without recursive holds what lies in it', () => {
  const yaml =
    policy('inner', 'file: {matchDirectories: [{dir: /a/b/}]}, action: Allow') +
    policy('outer', 'file: {matchDirectories: [{dir: /a/, recursive: true}]}, action: Block');
  assert.is(effect(yaml, open('file.read', '/a/b/c')), 'allow inner');
  assert.is(effect(yaml, open('file.read', '/a/b/c/d')), 'deny outer');
  assert.is(effect(yaml, open('file.read', '/a')), 'deny outer');
  assert.is(effect(yaml, open('file.read', '/ab')), 'audit null');
});

test('of two entries with one key the last counts', () => {
  const yaml =
    policy('one', 'process: {matchPaths: [{path: /bin/ls}]}, action: Block') +
    policy('two', 'process: {matchPaths: [{path: /bin/ls}]}, action: Allow');
  assert.is(effect(yaml, exec('/bin/ls')), 'allow two');
});

test('an Allow makes a list of its class, and of no other', () => {
  const yaml = policy(
    'list',
    'process: {matchPaths: [{path: /bin/ls, fromSource: [{path: /bin/bash}]}]}, action: Allow',
  );
  assert.is(effect(yaml, exec('/bin/ls')), 'audit null');
  assert.is(effect(yaml, exec('/bin/ls'), { ...AUDIT, file: 'block' }), 'deny null');
  assert.is(effect(yaml, exec('/bin/ls'), { ...AUDIT, file: 'allow' }), 'allow null');
  assert.is(effect(yaml, open('file.read', '/x')), 'allow null');
});

test('an Audit neither lets through nor stops', () => {
  const yaml =
    policy('watch', 'process: {matchPaths: [{path: /bin/ls}]}, action: Audit') +
    policy('stop', 'process: {matchDirectories: [{dir: /bin/}]}, action: Block');
  assert.is(effect(yaml, exec('/bin/ls')), 'deny stop');
  assert.is(
    effect(policy('watch', 'process: {matchPaths: [{path: /bin/ls}]}, action: Audit'), exec('/bin/ls')),
    'audit watch',
  );
});

test('ownerOnly and readOnly do the same under Allow and Block', () => {
  for (const action of ['Allow', 'Block']) {
    const owner = policy('p', `file: {matchPaths: [{path: /f, ownerOnly: true}]}, action: ${action}`);
    assert.is(effect(owner, open('file.read', '/f', 0)), 'allow p');
    assert.is(effect(owner, open('file.write', '/f', 7)), 'deny p');
    const read = policy('p', `file: {matchPaths: [{path: /f, readOnly: true}]}, action: ${action}`);
    assert.is(effect(read, open('file.read', '/f', 7)), 'allow p');
    assert.is(effect(read, open('file.write', '/f', 0)), 'deny p');
  }
});

test('action comes from the match, else its section, else the policy, else it is Block', () => {
  const yaml = policy(
    'p',
    'action: Audit, process: {action: Allow, matchPaths: [{path: /a, action: Block}, {path: /b}]}, file: {matchPaths: [{path: /c}]}',
  );
  assert.is(effect(yaml, exec('/a')), 'deny p');
  assert.is(effect(yaml, exec('/b')), 'allow p');
  assert.is(effect(yaml, open('file.read', '/c')), 'audit p');
  assert.is(effect(policy('p', 'process: {matchPaths: [{path: /a}]}'), exec('/a')), 'deny p');
});

test('allowedArgs, pts', () => {
  const yaml = policy(
    'p',
    'process: {matchPaths: [{path: /py, allowedArgs: [-m, random]}, {path: /sh, pts: false}]}, action: Block',
  );
  const run = (...args: string[]): ModelEvent => ({
    kind: 'exec',
    proc: { path: '/py', args: ['py', ...args] },
    ...POD,
  });
  assert.is(effect(yaml, run('-m', 'random')), 'allow p');
  assert.is(effect(yaml, run('-m', 'pydoc')), 'deny p');
  assert.is(effect(yaml, { ...exec('/sh'), proc: { path: '/sh', interactive: true } }), 'deny p');
  assert.is(effect(yaml, exec('/sh')), 'allow p');
});

test('domains hold those below them, capabilities have two spellings, system calls are only watched', () => {
  const yaml = policy(
    'p',
    'network: {matchDNSQueries: [{domain: google.com}]}, capabilities: {matchCapabilities: [{capability: CAP_NET_RAW}]}, ' +
      'syscalls: {matchPaths: [{syscall: [unlink], path: /home/, recursive: true}]}, action: Block',
  );
  assert.is(effect(yaml, { kind: 'net.dns', net: { domain: 'www.Google.com' }, ...POD }), 'deny p');
  assert.is(effect(yaml, { kind: 'net.dns', net: { domain: 'agoogle.com' }, ...POD }), 'allow null');
  assert.is(effect(yaml, { kind: 'cap', cap: { name: 'net_raw' }, ...POD }), 'deny p');
  assert.is(effect(yaml, { kind: 'syscall', syscall: { name: 'unlink', sarg0: '/home/a/b' }, ...POD }), 'audit p');
  assert.is(effect(yaml, { kind: 'syscall', syscall: { name: 'unlink', sarg0: '/opt' }, ...POD }), 'allow null');
});

test('selectors', () => {
  const yaml = policy('p', 'process: {matchPaths: [{path: /a}]}');
  assert.is(effect(yaml, { ...exec('/a'), k8s: { namespace: 'm', labels: { app: 'a' } } }), 'allow null');
  assert.is(effect(yaml, { ...exec('/a'), k8s: { namespace: 'n', labels: { app: 'b' } } }), 'allow null');
  assert.is(effect(yaml, { kind: 'exec', proc: { path: '/a' } }), 'allow null');
  const host =
    'kind: KubeArmorHostPolicy\nmetadata: {name: h}\n' +
    'spec: {nodeSelector: {matchLabels: {kubernetes.io/hostname: "*"}}, process: {matchPaths: [{path: /a}]}}\n';
  assert.is(effect(host, exec('/a')), 'allow null');
  assert.is(
    effect(host, { kind: 'exec', proc: { path: '/a' }, host: { labels: { 'kubernetes.io/hostname': 'x' } } }),
    'deny h',
  );
  const cluster =
    'kind: KubeArmorClusterPolicy\nmetadata: {name: c}\nspec: {selector: {matchExpressions: [{key: namespace, operator: NotIn, values: [n]}, ' +
    '{key: label, operator: In, values: [app=a]}]}, process: {matchPaths: [{path: /a}]}}\n';
  assert.is(effect(cluster, exec('/a')), 'allow null');
  assert.is(effect(cluster, { ...exec('/a'), k8s: { namespace: 'm', labels: { app: 'a' } } }), 'deny c');
});

test.run();
