/** Events that a policy of KubeArmor was written for, and events that miss it by one predicate. */
import type { Random } from '../../../generators/random.ts';
import { baseName, type ModelEvent } from '../event.ts';
import { globSample } from './glob.ts';
import type { Entry, Flow, Policy } from './policies.ts';

/** @returns for each entry of the policy an event that it matches, and those with one thing changed */
export const eventsFor = (policy: Policy, random: Random): ModelEvent[] => {
  const home = workload(policy, random);
  const about = [...policy.entries.flatMap((entry) => ofEntry(entry, random)), ...policy.flows.flatMap(ofFlow)];
  if (about.length === 0) return [];
  const inside = about.map((event) => ({ ...event, ...home }));
  return [...inside, ...elsewhere(policy, home).map((other) => ({ ...random.pick(about), ...other }))];
};

type Workload = Pick<ModelEvent, 'container' | 'k8s' | 'host'>;

const WORDS = ['alpha', 'beta', 'gamma', 'delta'];

const workload = ({ kind, namespace, labels, expressions, containers }: Policy, random: Random): Workload => {
  const name = labels['kubernetes.io/hostname'] ?? labels['kubearmor.io/hostname'] ?? 'node-1';
  if (kind === 'KubeArmorHostPolicy' || kind === 'KubeArmorNetworkPolicy') {
    const given = Object.entries(labels).map(([key, value]) => [key, value === '*' ? 'node-1' : value.split(',')[0]]);
    return {
      host: { name: name === '*' ? 'node-1' : name, labels: Object.fromEntries(given) as Record<string, string> },
    };
  }
  const wanted = (key: string): readonly string[] =>
    expressions
      .filter((expression) => expression.key === key && expression.operator === 'In')
      .flatMap(({ values }) => values);
  const label = wanted('label')
    .slice(0, 1)
    .map((pair) => pair.split('='));
  return {
    container: { id: 'c0ffee', name: containers[0] ?? 'main', image: `registry.example/${random.pick(WORDS)}:1.0` },
    k8s: {
      namespace: kind === 'KubeArmorPolicy' ? namespace : (wanted('namespace')[0] ?? 'somewhere'),
      pod: 'pod-1',
      labels: { ...labels, ...(Object.fromEntries(label) as Record<string, string>) },
    },
  };
};

/** Workloads that miss the policy by its namespace, by one label, by the container, or by being no container at all. */
const elsewhere = ({ kind, labels, expressions, containers }: Policy, home: Workload): Workload[] => {
  if (kind === 'KubeArmorHostPolicy' || kind === 'KubeArmorNetworkPolicy') {
    const other = Object.keys(labels).map((key) => ({
      host: { name: 'other', labels: { ...home.host!.labels, [key]: `${home.host!.labels![key]}x` } },
    }));
    return [
      ...other,
      {
        ...home,
        container: { id: 'c0ffee', name: 'main', image: 'busybox:1' },
        k8s: { namespace: 'default', pod: 'p' },
      },
    ];
  }
  const k8s = home.k8s!;
  const excluded = expressions
    .filter(({ key, operator }) => key === 'namespace' && operator === 'NotIn')
    .flatMap(({ values }) => values);
  return [
    ...[`${k8s.namespace}x`, ...excluded].map((namespace) => ({ ...home, k8s: { ...k8s, namespace } })),
    ...Object.keys(k8s.labels!).map((key) => ({
      ...home,
      k8s: { ...k8s, labels: { ...k8s.labels, [key]: `${k8s.labels![key]}x` } },
    })),
    ...Object.keys(k8s.labels!).map((key) => ({
      ...home,
      k8s: { ...k8s, labels: { ...k8s.labels, [key]: undefined! } },
    })),
    ...(containers.length > 0 ? [{ ...home, container: { ...home.container, name: 'side' } }] : []),
    { host: { name: 'node-1', labels: { 'kubernetes.io/hostname': 'node-1' } } },
  ];
};

/** What the workload part is added to. */
type Bare = Omit<ModelEvent, keyof Workload>;

const ofEntry = (entry: Entry, random: Random): Bare[] => {
  const from = entry.source?.replace(/\/$/, '/tool') ?? `/usr/bin/${random.pick(WORDS)}`;
  const sources = entry.source === null ? [from] : [from, `${from}x`, `/opt${from}`];
  switch (entry.class) {
    case 'process':
      return [
        ...objects(entry, random).flatMap((path) =>
          sources.flatMap((ppath) =>
            (entry.ownerOnly ? [0, 1000] : [0]).map((owner) => exec(path, ppath, entry, owner)),
          ),
        ),
        ...(entry.noTerminal ? [true, false] : []).map((interactive) => {
          const event = exec(objects(entry, random)[0], from, entry);
          return { ...event, proc: { ...event.proc, interactive } };
        }),
      ];
    case 'file':
      return objects(entry, random).flatMap((path) =>
        sources.flatMap((source) => accesses(entry, path, source, random)),
      );
    case 'network':
      return ['tcp', 'udp', 'icmp', 'raw', 'sctp'].flatMap((protocol) =>
        sources.map((path) => flow('net.connect', path, protocol)),
      );
    case 'dns':
      return [entry.value, `www.${entry.value}`, `x${entry.value}`, `${entry.value}.example`].flatMap((domain) =>
        sources.map((path) => ({
          kind: 'net.dns',
          proc: { path },
          net: { domain, remote_ip: '10.0.0.53', remote_port: 53 },
        })),
      );
    case 'capability':
      return [entry.value, entry.value === 'kill' ? 'chown' : 'kill'].flatMap((name) =>
        sources.map((path) => ({ kind: 'cap', proc: { path }, cap: { name } })),
      );
    case 'syscall':
      return calls(entry, sources, random);
  }
};

const exec = (path: string, ppath: string, { allowedArgs }: Entry, file_owner_uid = 0): Bare & { proc: object } => ({
  kind: 'exec',
  proc: {
    path,
    ppath,
    caller_path: ppath,
    uid: 0,
    file_owner_uid,
    args: [baseName(path)!, ...allowedArgs, ...(path.length % 2 ? ['--other'] : [])],
  },
});

const accesses = (entry: Entry, path: string, source: string, random: Random): Bare[] => {
  const uids = entry.ownerOnly ? [1000, 1001] : [1000];
  const kinds = entry.readOnly
    ? ['file.read', 'file.write']
    : ['file.read', random.pick(['file.write', 'file.delete', 'file.attr'])];
  return kinds.flatMap((kind) =>
    uids.map((uid) => ({ kind, proc: { path: source, ppath: '/usr/bin/init', uid }, file: { path, owner_uid: 1000 } })),
  );
};

/** Paths that an entry matches (the first one) and paths beside them. */
const objects = ({ by, value, recursive }: Entry, random: Random): string[] => {
  const word = random.pick(WORDS);
  switch (by) {
    case 'directory':
      return [
        `${value}${word}`,
        `${value}${word}/${word}`,
        `${value.slice(0, -1)}x/${word}`,
        ...(recursive ? [] : [`${value}${word}/a/b`]),
      ];
    case 'execname':
      return [`/usr/local/bin/${value}`, `/${value}`, `/usr/bin/${value}x`, `/${value}/${word}`];
    case 'pattern':
      return [
        globSample(value, word),
        `${globSample(value, word)}/x`,
        `/${word}${globSample(value, word)}`,
        globSample(value, `${word}/x`),
        globSample(value.replaceAll('**/', ''), word),
      ].filter((path) => path.startsWith('/'));
    default:
      return [value, `${value}x`, `${value}/${word}`, value.slice(0, -1).replace(/\/$/, 'x'), `/${word}${value}`];
  }
};

const calls = (entry: Entry, sources: readonly string[], random: Random): Bare[] => {
  const word = random.pick(WORDS);
  const { argument } = entry;
  const paths =
    argument === ''
      ? [undefined]
      : [argument.replace(/\/$/, `/${word}`), `${argument}${word}/x/y`, `/other${argument}`];
  return paths.flatMap((sarg0) =>
    [entry.value, 'getpid'].flatMap((name) =>
      sources.map((path) => ({
        kind: 'syscall',
        proc: { path },
        syscall: { name, ...(sarg0 === undefined ? {} : { sarg0 }) },
      })),
    ),
  );
};

const flow = (kind: string, path: string, protocol: string, remote_ip = '192.0.2.7', remote_port = 4444): Bare => ({
  kind,
  proc: { path },
  net: { remote_ip, ...(protocol === 'icmp' || protocol === 'raw' ? {} : { remote_port }), protocol },
});

const ofFlow = ({ direction, cidr, protocol, ports }: Flow): Bare[] => {
  const kind = direction === 'ingress' ? 'net.accept' : 'net.connect';
  const inside = cidr?.replace(/\/\d+$/, '') ?? '192.0.2.7';
  const port = ports?.[0] ?? 443;
  return [inside, '198.51.100.9'].flatMap((address) =>
    [port, port + 1].flatMap((number) =>
      [protocol ?? 'tcp', protocol === 'udp' ? 'tcp' : 'udp'].map((name) => {
        const event = flow(kind, '/usr/bin/client', name, address, number);
        return { ...event, net: { ...event.net, local_port: kind === 'net.accept' ? number : 50000 } };
      }),
    ),
  );
};
