/** KubeArmor's documents as flat entries: actions inherited, sources taken apart, commas expanded. */
import { isMap, parseAllDocuments } from 'yaml';

export type Action = 'Allow' | 'Audit' | 'Block';
export type Class = 'process' | 'file' | 'network' | 'dns' | 'capability' | 'syscall';

/** One match for one source. */
export interface Entry {
  readonly policy: string;
  readonly class: Class;
  readonly by: 'path' | 'execname' | 'directory' | 'pattern' | 'name';
  /** A path, a directory that ends in `/`, a glob, or the name of a protocol, domain, capability or system call. */
  readonly value: string;
  /** Executable or, of a system call, perhaps a directory that it comes from; null from any. */
  readonly source: string | null;
  readonly sourceRecursive: boolean;
  readonly action: Action;
  readonly recursive: boolean;
  readonly ownerOnly: boolean;
  readonly readOnly: boolean;
  /** `pts: false`: refused on a pseudo-terminal. */
  readonly noTerminal: boolean;
  readonly allowedArgs: readonly string[];
  /** Of system calls: the path that an argument is; '' any. */
  readonly argument: string;
}

/** A rule of a KubeArmorNetworkPolicy: one network and one range of ports. */
export interface Flow {
  readonly direction: 'ingress' | 'egress';
  readonly cidr: string | null;
  readonly protocol: string | null;
  readonly ports: readonly [number, number] | null;
}

export interface Policy {
  readonly kind: 'KubeArmorPolicy' | 'KubeArmorHostPolicy' | 'KubeArmorClusterPolicy' | 'KubeArmorNetworkPolicy';
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly expressions: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values: readonly string[];
  }[];
  readonly containers: readonly string[];
  readonly action: Action;
  readonly entries: readonly Entry[];
  readonly flows: readonly Flow[];
  /** Why the documents do not say what this policy does, or null. */
  readonly unclear: string | null;
}

type Plain = { readonly [key: string]: unknown };

const plain = (value: unknown): Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Plain) : {};
const list = (value: unknown): readonly Plain[] => (Array.isArray(value) ? value.map(plain) : []);
const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');
const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(text) : []);

/** @returns the policies of a YAML text; documents with errors and of other kinds are left out */
export const readPolicies = (yaml: string): Policy[] =>
  parseAllDocuments(yaml)
    .filter((document) => 'contents' in document && document.errors.length === 0 && isMap(document.contents))
    .map((document) => plain(document.toJS()))
    .filter(({ kind }) => /^KubeArmor(Host|Cluster|Network)?Policy$/.test(text(kind)))
    .map(policy);

const policy = (document: Plain): Policy => {
  const metadata = plain(document.metadata);
  const spec = plain(document.spec);
  const kind = document.kind as Policy['kind'];
  const selector = plain(
    kind === 'KubeArmorHostPolicy' || kind === 'KubeArmorNetworkPolicy' ? spec.nodeSelector : spec.selector,
  );
  const { 'kubearmor.io/container.name': named, ...labels } = plain(selector.matchLabels);
  const name = text(metadata.name);
  const entries = SECTIONS.flatMap((section) => section(name, spec));
  return {
    kind,
    name,
    namespace: text(metadata.namespace) || 'default',
    labels: Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, text(value)])),
    expressions: list(selector.matchExpressions).map(({ key, operator, values }) => ({
      key: text(key),
      operator: text(operator),
      values: texts(values),
    })),
    containers: [
      ...texts(selector.containers),
      ...text(named)
        .slice(1, -1)
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    ],
    action: action(spec.action, 'Block'),
    entries,
    flows: [...flows('ingress', 'from', spec), ...flows('egress', 'to', spec)],
    unclear: doubt(kind, plain(selector.matchLabels), entries),
  };
};

const doubt = (kind: Policy['kind'], labels: Plain, entries: readonly Entry[]): string | null => {
  const host = kind === 'KubeArmorHostPolicy';
  if (host && Object.keys(labels).length === 0)
    return 'a host policy without a nodeSelector: the program applies it nowhere';
  if (host && entries.some((entry) => entry.action === 'Allow' && entry.source === null)) {
    return 'Allow without fromSource in a host policy: ignored by its document, not by the program';
  }
  const named = labels['kubearmor.io/container.name'];
  if (named !== undefined && !/^(\[.*\])?$/.test(text(named))) return 'a container name without brackets';
  if (entries.some(({ by, value }) => by === 'directory' && !value.endsWith('/')))
    return 'a directory without its last slash';
  if (entries.some(({ by, source }) => by === 'execname' && source !== null)) return 'execname with fromSource';
  return null;
};

const ACTIONS: Readonly<Record<string, Action>> = { allow: 'Allow', audit: 'Audit', block: 'Block' };
const action = (value: unknown, otherwise: Action): Action => ACTIONS[text(value).toLowerCase()] ?? otherwise;

/** Matches of a section, with what they inherit from it and from the policy, once for each of their sources. */
const matches = (spec: Plain, section: string, key: string): { match: Plain; source: Plain; action: Action }[] => {
  const body = plain(spec[section]);
  const inherited = action(body.action, action(spec.action, 'Block'));
  return list(body[key]).flatMap((match) => {
    const sources = list(match.fromSource);
    return (sources.length > 0 ? sources : [{}]).map((source) => ({
      match,
      source,
      action: action(match.action, inherited),
    }));
  });
};

const entry = (
  name: string,
  kind: Class,
  by: Entry['by'],
  value: unknown,
  { match, source, action: effective }: ReturnType<typeof matches>[number],
): Entry => ({
  policy: name,
  class: kind,
  by,
  value: text(value),
  source: text(source.path) || (source.dir === undefined ? null : text(source.dir).replace(/\/*$/, '/')),
  sourceRecursive: source.recursive === true,
  action: effective,
  recursive: match.recursive === true,
  ownerOnly: match.ownerOnly === true,
  readOnly: match.readOnly === true,
  noTerminal: match.pts === false,
  allowedArgs: texts(match.allowedArgs),
  argument: kind === 'syscall' ? text(match.path) : '',
});

const commas = (value: unknown): string[] => text(value).replaceAll(' ', '').split(',');

const objects =
  (section: 'process' | 'file') =>
  (name: string, spec: Plain): Entry[] => [
    ...matches(spec, section, 'matchPaths').map((found) =>
      found.match.execname === undefined
        ? entry(name, section, 'path', found.match.path, found)
        : entry(name, section, 'execname', found.match.execname, found),
    ),
    ...matches(spec, section, 'matchDirectories').map((found) =>
      entry(name, section, 'directory', found.match.dir, found),
    ),
    ...matches(spec, section, 'matchPatterns').map((found) =>
      entry(name, section, 'pattern', found.match.pattern, found),
    ),
  ];

const names =
  (kind: Class, section: string, key: string, read: (match: Plain) => readonly string[]) =>
  (name: string, spec: Plain): Entry[] =>
    matches(spec, section, key).flatMap((found) =>
      read(found.match).map((value) => entry(name, kind, 'name', value, found)),
    );

const SECTIONS: readonly ((name: string, spec: Plain) => Entry[])[] = [
  objects('process'),
  objects('file'),
  names('network', 'network', 'matchProtocols', ({ protocol }) => commas(protocol).map((one) => one.toLowerCase())),
  names('dns', 'network', 'matchDNSQueries', ({ domain }) =>
    commas(domain).map((one) => one.replace(/^\.+|\.+$/g, '')),
  ),
  names('capability', 'capabilities', 'matchCapabilities', ({ capability }) =>
    commas(capability).map((one) => one.toLowerCase().replace(/^cap_/, '')),
  ),
  names('syscall', 'syscalls', 'matchSyscalls', ({ syscall }) => texts(syscall)),
  names('syscall', 'syscalls', 'matchPaths', ({ syscall }) => texts(syscall)),
];

const PORTS: Readonly<Record<string, number>> = { http: 80, https: 443, ssh: 22, dns: 53 };

const flows = (direction: Flow['direction'], peers: 'from' | 'to', spec: Plain): Flow[] =>
  list(spec[direction]).flatMap((rule) => {
    const blocks = list(rule[peers]).map((peer) => text(plain(peer.ipBlock).cidr));
    const ports = list(rule.ports);
    return (blocks.length > 0 ? blocks : [null]).flatMap((cidr) =>
      (ports.length > 0 ? ports : [{}]).map(({ port, endPort, protocol }: Plain) => {
        const first = PORTS[text(port)] ?? Number(text(port));
        return {
          direction,
          cidr,
          protocol: text(protocol).toLowerCase() || null,
          ports: port === undefined ? null : ([first, endPort === undefined ? first : Number(text(endPort))] as const),
        };
      }),
    );
  });
