/** Whole policies: whom they are for, their mode, their notes, and keys that Tetragon does not have. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decide, eventOf, imported, sourcesOf, type Settings } from '../support.ts';
import { actions, built, killing, policy, said } from './policy.ts';

const hooks = { kprobes: [{ call: 'security_file_open', selectors: [killing({})] }] };
const open = { kind: 'file.read', 'file.path': '/a' };
const pod = (app: string, namespace = 'ns', name = 'n', image = 'reg/i:1'): object => ({
  'container.id': 'c',
  'container.name': name,
  'container.image': image,
  k8s: { namespace, pod: 'p', labels: { app } },
});
const WORKLOADS = {
  x: pod('x'),
  y: pod('y'),
  sys: pod('x', 'kube-system'),
  side: pod('x', 'ns', 'side'),
  other: pod('x', 'ns', 'n', 'q:1'),
  host: {},
};

/** The workloads in which a policy kills. */
const where = (spec: object, metadata: object = {}, kind?: string, foreign: Settings = {}): string => {
  const bundle = built(policy({ ...spec, ...hooks }, metadata, kind), foreign);
  const decided = actions(
    bundle,
    Object.values(WORKLOADS).map((workload) => ({ ...open, ...workload })),
  );
  return Object.keys(WORKLOADS)
    .filter((_, n) => decided[n] === 'kill')
    .join(' ');
};

test('selectors of a policy', () => {
  const app = { matchLabels: { app: 'x' } };
  const side = { matchExpressions: [{ key: 'name', operator: 'In', values: ['side'] }] };
  const all = 'x y sys side other host';
  assert.is(where({}), all);
  assert.is(where({ podSelector: {} }), 'x y sys side other');
  assert.is(where({ podSelector: app }), 'x sys side other');
  assert.is(where({ hostSelector: {} }), 'host');
  assert.is(where({ hostSelector: {}, podSelector: app }), 'x sys side other host');
  assert.is(where({ hostSelector: {}, podSelector: {}, containerSelector: {} }), all);
  assert.is(where({ containerSelector: side }), 'side');
  assert.is(where({ podSelector: { matchLabels: { app: 'y' } }, containerSelector: side }), '');
  assert.is(where({ containerSelector: { matchLabels: { repo: 'reg/i' } } }), 'x y sys side');
  const expressed = (key: string, operator: string, values?: string[]): object => ({
    podSelector: { matchExpressions: [{ key, operator, ...(values ? { values } : {}) }] },
  });
  assert.is(where(expressed('app', 'NotIn', ['x'])), 'y');
  assert.is(where(expressed('tier', 'DoesNotExist')), 'x y sys side other');
  assert.is(where(expressed('k8s:io.kubernetes.pod.namespace', 'In', ['kube-system'])), 'sys');
  assert.is(where(expressed('k8s:io.kubernetes.pod.namespace', 'NotIn', ['kube-system'])), 'x y side other');
});

test('a policy of a namespace is for its pods', () => {
  const kind = 'TracingPolicyNamespaced';
  assert.is(where({}, { namespace: 'kube-system' }, kind), 'sys');
  assert.is(where({}, {}, kind, { 'tetragon.namespace': 'ns' }), 'x y side other');
  assert.is(where({ podSelector: { matchLabels: { app: 'y' } } }, { namespace: 'ns' }, kind), 'y');
  assert.match(said(policy({ hostSelector: {}, ...hooks }, { namespace: 'ns' }, kind))[0], /^L5004/);
});

test('nodes', () => {
  const nodeSelector = {
    matchLabels: { pool: 'gpu' },
    matchExpressions: [{ key: 'arch', operator: 'NotIn', values: ['arm64'] }],
  };
  const bundle = built(policy({ nodeSelector, ...hooks }));
  const on = (labels: object): object => ({ ...open, host: { labels } });
  assert.equal(actions(bundle, [on({ pool: 'gpu' }), on({ pool: 'gpu', arch: 'arm64' }), on({})]), [
    'kill',
    'allow',
    'allow',
  ]);
});

test('modes: of the policy, and of all', () => {
  const options = (value: string): object => ({ options: [{ name: 'policy-mode', value }], ...hooks });
  const mode = (text: string, foreign: Settings = {}): string => {
    const [{ actual, asIf }] = decide(built(text, foreign), [eventOf(open)]);
    return `${actual.action} ${asIf.action}`;
  };
  assert.is(mode(policy(options('monitor'))), 'allow kill');
  assert.is(mode(policy(options('enforce'))), 'kill kill');
  assert.is(mode(policy(options('enforce')), { 'tetragon.mode': 'monitor' }), 'allow kill');
  assert.is(mode(policy(options('monitor')), { 'tetragon.mode': 'enforce' }), 'kill kill');
  assert.match(said(policy(options('monitoring')))[0], /^L5004 monitoring/);
});

test('notes, messages and tags are kept', () => {
  const text = policy(
    { kprobes: [{ call: 'security_file_open', message: 'a {file} was opened', tags: ['observability.filesystem'] }] },
    { name: 'file monitoring', annotations: { description: 'opens', author: 'me' } },
  );
  const written = imported(sourcesOf(text), 'tetragon');
  for (const part of [
    'name: file-monitoring',
    'description: opens',
    'author: me',
    'message: a {file} was opened',
    '- observability.filesystem',
  ]) {
    assert.ok(written.includes(part), `${part} in\n${written}`);
  }
});

test('loader events are executable mappings', () => {
  const bundle = built(policy({ loader: true }));
  const [{ actual }] = decide(bundle, [eventOf({ kind: 'file.map_exec', 'file.path': '/lib/x.so' })]);
  assert.is(actual.matches.length, 1);
});

test('keys that Tetragon does not have, and keys that it needs', () => {
  const call = 'security_file_open';
  assert.equal(
    said(
      policy({
        kprobe: [],
        kprobes: [
          { call, selector: [], selectors: [{ matchBinarys: [], matchActions: [{ action: 'Post', rate: 1 }] }] },
        ],
      }),
    ),
    [
      'L5002 kprobe: Tetragon has no key `kprobe` here',
      'L5002 selector: Tetragon has no key `selector` here',
      'L5002 matchBinarys: Tetragon has no key `matchBinarys` here',
      'L5002 rate: Tetragon has no key `rate` here',
    ],
  );
  assert.equal(said(policy({ kprobes: [{ syscall: true }] })), ['L5005 syscall: the key `call` is missing']);
  assert.match(said('apiVersion: cilium.io/v1alpha1\nkind: TracingPolicy\nmetadata: {name: x}\n').join(), 'L5005');
  assert.match(said(policy({ kprobes: 'x' })).join(), 'L5004 x');
});

test.run();
