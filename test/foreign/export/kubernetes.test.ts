/** Export to NetworkPolicy, judged by what the documentation of Kubernetes says of it, and what it cannot say. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { batchSeed, Random, runSeed } from '../../generators/random.ts';
import { bundleOf, decide, eventOf, rounds, sourcesOf } from '../support.ts';
import { exported, policy } from './support.ts';

const seed = runSeed();
const LABELS: readonly NetworkEvent['k8s']['labels'][] = [{}, { app: 'web' }, { app: 'db' }];
const EGRESS = ['net.connect', 'net.send'];
const DENIED = { 'net.connect': 'deny', 'net.send': 'deny' };

interface Flow {
  readonly to?: readonly { readonly ipBlock: { readonly cidr: string } }[];
  readonly from?: Flow['to'];
  readonly ports?: readonly { readonly protocol: string; readonly port?: number; readonly endPort?: number }[];
}
interface NetworkPolicy {
  readonly metadata: { readonly namespace: string };
  readonly spec: {
    readonly podSelector: { readonly matchLabels?: Readonly<Record<string, string>> };
    readonly policyTypes: readonly string[];
    readonly egress?: readonly Flow[];
    readonly ingress?: readonly Flow[];
  };
}
interface NetworkEvent {
  readonly kind: string;
  readonly net: {
    readonly protocol: string;
    readonly remote_ip: string;
    readonly remote_port: number;
    readonly local_port: number;
  };
  readonly k8s: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> };
}

const numberOf = (ip: string): number => ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

/** IPv4 alone. */
function isIn(ip: string, cidr: string): boolean {
  const [base, bits] = cidr.split('/');
  const size = 2 ** (32 - Number(bits));
  return Math.floor(numberOf(ip) / size) === Math.floor(numberOf(base) / size);
}

/** A pod that a policy is for is isolated in its directions: what no rule of any such policy allows is refused. */
function allowed(policies: readonly NetworkPolicy[], { kind, net, k8s }: NetworkEvent): boolean {
  const [type, port] = kind === 'net.accept' ? ['Ingress', net.local_port] : ['Egress', net.remote_port];
  const own = policies.filter(
    ({ metadata, spec }) =>
      metadata.namespace === k8s.namespace &&
      spec.policyTypes.includes(String(type)) &&
      Object.entries(spec.podSelector.matchLabels ?? {}).every(([key, value]) => k8s.labels[key] === value),
  );
  const flows = own.flatMap(({ spec }) => (type === 'Ingress' ? spec.ingress : spec.egress) ?? []);
  return (
    own.length === 0 ||
    flows.some(({ to, from, ports }) => {
      const peers = to ?? from;
      return (
        (peers === undefined || peers.some(({ ipBlock }) => isIn(net.remote_ip, ipBlock.cidr))) &&
        (ports === undefined ||
          ports.some(
            (one) =>
              one.protocol.toLowerCase() === net.protocol &&
              (one.port === undefined || (Number(port) >= one.port && Number(port) <= (one.endPort ?? one.port))),
          ))
      );
    })
  );
}

function randomRule(r: Random, n: number, direction: 'egress' | 'ingress'): object {
  const port = direction === 'egress' ? 'net.remote_port' : 'net.local_port';
  const parts = [
    ...(r.chance(0.5)
      ? [
          r.pick([
            'net.remote_ip within "10.0.0.0/8"',
            'net.remote_ip in ("10.1.0.0/16", "192.168.0.1")',
            'net.remote_ip = "10.1.2.3"',
          ]),
        ]
      : []),
    ...(r.chance(0.5)
      ? [
          r.pick([
            `${port} = 80`,
            `${port} in (80, 443)`,
            `${port} >= 80 and ${port} < 444`,
            `(${port} = 1 or ${port} > 65000)`,
            `${port} <= 80`,
          ]),
        ]
      : []),
    ...(r.chance(0.4) ? [r.pick(['net.protocol = "tcp"', 'net.protocol in ("tcp", "udp")'])] : []),
  ];
  return {
    name: `rule-${n}`,
    on: direction === 'egress' ? EGRESS : 'net.accept',
    when: parts.join(' and ') || 'true',
    action: 'allow',
  };
}

test('networks are allowed as NetworkPolicy allows them', () => {
  console.log(`seed ${seed}`);
  for (let index = 0; index < rounds(40); index++) {
    const r = new Random(batchSeed(seed, index));
    const texts = Array.from({ length: 1 + r.below(3) }, (_, n) => {
      const directions = r.pick([['egress'], ['ingress'], ['egress', 'ingress']] as const);
      const rules = Array.from({ length: r.below(4) }, (_, m) => randomRule(r, m, r.pick(directions)));
      const defaults = {
        ...(directions.includes('egress' as never) && DENIED),
        ...(directions.includes('ingress' as never) && { 'net.accept': 'deny' }),
      };
      return policy(
        {
          scope: { namespace: [r.pick(['shop', 'bank'])], ...(r.chance(0.5) && { labels: { app: 'web' } }) },
          defaults,
          rules,
        },
        `policy-${n}`,
      );
    });
    const { documents, said } = exported('kubernetes', sourcesOf(...texts));
    assert.equal(said, []);
    const events = Array.from({ length: 40 }, (): NetworkEvent => ({
      kind: r.pick(['net.connect', 'net.send', 'net.accept']),
      net: {
        protocol: r.pick(['tcp', 'udp', 'sctp']),
        remote_ip: r.pick(['10.1.2.3', '10.9.9.9', '192.168.0.1', '192.168.0.2']),
        remote_port: r.pick([1, 79, 80, 81, 443, 444, 65001]),
        local_port: r.pick([1, 79, 80, 81, 443, 444, 65001]),
      },
      k8s: { namespace: r.pick(['shop', 'bank', 'x']), labels: r.pick(LABELS) },
    }));
    const resources = documents.map(({ document }) => document as NetworkPolicy);
    decide(
      bundleOf(sourcesOf(...texts)),
      events.map((event) => eventOf({ ...event, container: { id: '1', name: 'c' }, k8s: { pod: 'p', ...event.k8s } })),
    ).forEach(({ actual }, n) => {
      const wanted = allowed(resources, events[n]) ? 'allow' : 'deny';
      assert.is(
        actual.action,
        wanted,
        `${JSON.stringify(events[n])}\n${texts.join('\n')}\n${JSON.stringify(resources)}`,
      );
    });
  }
});

const SCOPE = { namespace: ['shop'] };
const ALLOW = { name: 'r', on: EGRESS, when: 'net.remote_port = 80', action: 'allow' };

const REFUSED: readonly (readonly [spec: object, code: RegExp])[] = [
  [{ scope: SCOPE, defaults: DENIED, rules: [{ ...ALLOW, when: 'proc.path = "/a"' }] }, /^L5701 /],
  [{ scope: SCOPE, defaults: DENIED, rules: [{ ...ALLOW, when: 'net.local_port = 80' }] }, /^L5701 /],
  [{ scope: SCOPE, defaults: DENIED, rules: [{ ...ALLOW, when: 'net.protocol = "icmp"' }] }, /^L5701 /],
  [{ scope: SCOPE, defaults: DENIED, rules: [{ ...ALLOW, when: 'net.remote_port = 70000' }] }, /^L5701 /],
  [{ scope: SCOPE, defaults: DENIED, rules: [{ ...ALLOW, when: 'not net.remote_ip in ("10.0.0.0/8")' }] }, /^L5701 /],
  [{ scope: SCOPE, defaults: DENIED, rules: [{ ...ALLOW, unless: [{ name: 'u', when: 'proc.uid = 0' }] }] }, /^L5701 /],
  [{ scope: SCOPE, defaults: DENIED, rules: [{ ...ALLOW, on: 'net.connect' }] }, /^L5702 "r": /],
  [{ scope: SCOPE, defaults: DENIED, rules: [{ ...ALLOW, action: 'deny' }] }, /^L5703 "deny": /],
  [{ scope: SCOPE, mode: 'observe', defaults: DENIED, rules: [ALLOW] }, /^L5703 "observe": /],
  [{ scope: { namespace: ['a', 'b'] }, defaults: DENIED, rules: [ALLOW] }, /^L5704 /],
  [{ scope: { namespace: ['a'], container: ['b'] }, defaults: DENIED, rules: [ALLOW] }, /^L5704 /],
  [{ scope: SCOPE, rules: [ALLOW] }, /^L5706 .*refuses nothing/],
  [{ scope: SCOPE, defaults: { 'net.connect': 'deny' }, rules: [] }, /^L5706 .*`net.connect`/],
  [{ scope: SCOPE, defaults: { 'net.accept': 'deny' }, rules: [ALLOW] }, /^L5706 "r": .*would refuse everything/],
];

for (const [spec, wanted] of REFUSED) {
  test(`refused: ${JSON.stringify(spec)}`, () => {
    const { said, documents } = exported('kubernetes', sourcesOf(policy(spec)));
    assert.ok(
      said.some((line) => wanted.test(line)),
      said.join('\n'),
    );
    assert.equal(documents, []);
  });
}

test('labels become selectors', () => {
  const matchExpressions = [{ key: 'tier', operator: 'Exists' }];
  const scope = { namespace: ['shop'], labels: { app: ['web', 'db'], zone: 'x' }, matchExpressions };
  const rules = [
    { ...ALLOW, when: 'net.remote_ip within "2001:db8::/32" and net.remote_port = 80 and net.protocol = "tcp"' },
  ];
  const { documents } = exported('kubernetes', sourcesOf(policy({ scope, defaults: DENIED, rules })));
  assert.equal(
    documents.map(({ document }) => document),
    [
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: 'policy', namespace: 'shop' },
        spec: {
          podSelector: {
            matchLabels: { zone: 'x' },
            matchExpressions: [{ key: 'app', operator: 'In', values: ['web', 'db'] }, ...matchExpressions],
          },
          policyTypes: ['Egress'],
          egress: [{ to: [{ ipBlock: { cidr: '2001:db8::/32' } }], ports: [{ protocol: 'TCP', port: 80 }] }],
        },
      },
    ],
  );
});

test.run();
