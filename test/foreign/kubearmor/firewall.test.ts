/** The firewall of hosts, and what it decides beside policies of programs. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../generators/random.ts';
import { sameWhenImported, sourcesOf } from '../support.ts';
import { HOST, policy, actions, said, net } from './support.ts';

test('the firewall of hosts', () => {
  const spec = {
    nodeSelector: { matchLabels: { 'kubernetes.io/hostname': '*' } },
    egress: [
      {
        to: [{ ipBlock: { cidr: '10.0.0.0/8' } }],
        ports: [
          { port: 'dns', protocol: 'UDP' },
          { port: '80', endPort: 90 },
        ],
      },
    ],
    ingress: [{ ports: [{ port: '22' }], action: 'Audit' }],
    action: 'Block',
  };
  const text = policy(spec, { kind: 'KubeArmorNetworkPolicy', namespace: undefined });
  const on = (event: object): object => ({ ...event, ...HOST, container: undefined, k8s: undefined });
  const out = (remote_ip: string, remote_port: number, protocol: string): object =>
    on(net('connect', { remote_ip, remote_port, protocol }));
  assert.equal(
    actions(text, [
      out('10.1.1.1', 53, 'udp'),
      out('10.1.1.1', 53, 'tcp'),
      out('10.1.1.1', 85, 'tcp'),
      out('11.1.1.1', 85, 'tcp'),
      on(net('accept', { remote_ip: '1.1.1.1', local_port: 22, protocol: 'tcp' })),
    ]),
    ['deny', 'allow', 'deny', 'allow', 'allow noted'],
  );
  const allowed = policy(
    { egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }], action: 'Allow' },
    { kind: 'KubeArmorNetworkPolicy' },
  );
  const events = [out('10.1.1.1', 1, 'tcp'), out('9.1.1.1', 1, 'tcp')];
  assert.equal(actions(allowed, events, { 'kubearmor.host-network-posture': 'block' }), ['allow', 'deny']);
  const iface = policy({ egress: [{ iface: ['eth0'] }] }, { kind: 'KubeArmorNetworkPolicy' });
  assert.is(said(iface)[0], 'L5006 ["eth0"]: events do not say which interface packets take');
});

const wall = (name: string, spec: object): string =>
  JSON.stringify({
    apiVersion: 'security.kubearmor.com/v1',
    kind: 'KubeArmorNetworkPolicy',
    metadata: { name },
    spec: { nodeSelector: { matchLabels: { 'kubernetes.io/hostname': '*' } }, ...spec },
  });
const onHost = (event: object, labels?: object): object => ({
  ...event,
  host: { class: 'host', ...(labels && { labels }) },
  container: undefined,
  k8s: undefined,
});
const reach = (remote_ip: string, path: string, remote_port = 443): object =>
  net('connect', { remote_ip, remote_port, protocol: 'tcp' }, path);

test('the firewall and what programs may do: both must let a connection pass', () => {
  const programs = policy(
    { network: { matchProtocols: [{ protocol: 'tcp', fromSource: [{ path: '/bin/curl' }] }] }, action: 'Allow' },
    { kind: 'KubeArmorHostPolicy', namespace: undefined },
  );
  const open = wall('open', { egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }], action: 'Allow' });
  const closed = wall('closed', { egress: [{ to: [{ ipBlock: { cidr: '10.9.0.0/16' } }] }], action: 'Block' });
  const events = [
    onHost(reach('10.1.1.1', '/bin/curl')),
    onHost(reach('10.1.1.1', '/bin/wget')),
    onHost(reach('11.1.1.1', '/bin/curl')),
    onHost(reach('10.9.1.1', '/bin/curl')),
  ];
  const block = { 'kubearmor.host-network-posture': 'block' };
  assert.equal(actions([programs, open], events, block), ['allow', 'deny', 'deny', 'allow']);
  assert.equal(actions([open, programs], events, block), ['allow', 'deny', 'deny', 'allow']);
  assert.equal(actions([programs, closed], events, block), ['allow', 'deny', 'allow', 'deny']);
  // The first that matches decides, in document order.
  assert.equal(actions([open, closed], events, block), ['allow', 'allow', 'deny', 'allow']);
  assert.equal(actions([closed, open], events, block), ['allow', 'allow', 'deny', 'deny']);
  assert.equal(actions(closed, events, block), ['allow', 'allow', 'allow', 'deny']);
  assert.equal(actions(open, events), ['allow', 'allow', 'allow noted', 'allow']);
  sameWhenImported(sourcesOf(programs, open, closed), 'kubearmor', new Random(1), { foreign: block });
});

test('the firewall filters neither the loopback interface nor sockets of the file system', () => {
  const all = wall('all', { egress: [{}], ingress: [{ from: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }], action: 'Block' });
  const events = [
    onHost(reach('127.0.0.1', '/bin/a')),
    onHost(reach('::1', '/bin/a')),
    onHost(net('connect', { path: '/run/x.sock' })),
    onHost(net('accept', { remote_ip: '127.1.1.1', local_port: 1, protocol: 'tcp' })),
    onHost(reach('1.1.1.1', '/bin/a')),
    onHost(net('accept', { remote_ip: '1.1.1.1', local_port: 1, protocol: 'tcp' })),
  ];
  assert.equal(actions(all, events), ['allow', 'allow', 'allow', 'allow', 'deny', 'deny']);
  const none = wall('none', { egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }], action: 'Allow' });
  const block = { 'kubearmor.host-network-posture': 'block' };
  assert.equal(actions(none, events, block), ['allow', 'allow', 'allow', 'allow', 'deny', 'deny']);
});

test('an entry of another selector counts where that selects the host', () => {
  const some = wall('some', {
    nodeSelector: { matchLabels: { role: 'db' } },
    egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }],
    action: 'Allow',
  });
  const every = wall('every', { egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }], action: 'Block' });
  const at = (role: string, address: string): object => onHost(reach(address, '/bin/a'), { role });
  const events = [at('db', '10.1.1.1'), at('web', '10.1.1.1'), at('db', '1.1.1.1'), at('web', '1.1.1.1')];
  const block = { 'kubearmor.host-network-posture': 'block' };
  assert.equal(actions([some, every], events, block), ['allow', 'deny', 'deny', 'allow']);
});

test('an allow-list of the firewall is what the policy says, not an entry of it', () => {
  const entry = wall('entry', {
    egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }], action: 'Allow' }],
    ingress: [{ ports: [{ port: '22' }] }],
    action: 'Block',
  });
  const block = { 'kubearmor.host-network-posture': 'block' };
  assert.equal(actions(entry, [onHost(reach('1.1.1.1', '/bin/a'))], block), ['allow']);
});

test.run();
