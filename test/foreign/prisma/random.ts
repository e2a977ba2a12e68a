/** Random documents of Prisma Cloud, and random events that aim at them. Expressions are kept as trees: nobody has to parse them again. */
import type { Random } from '../../generators/random.ts';

export type Expression =
  | { readonly op: 'and' | 'or'; readonly parts: readonly Expression[] }
  | { readonly op: 'not'; readonly of: Expression }
  | { readonly op: 'flag'; readonly name: string }
  | { readonly op: 'in'; readonly name: string; readonly values: readonly (string | number)[] }
  | { readonly op: string; readonly name: string; readonly value: string | number }
  | { readonly op: '=' | '!='; readonly name: string; readonly other: string };

export type RuleType = 'processes' | 'filesystem' | 'network-outgoing';

export interface Custom {
  readonly _id: number;
  readonly name: string;
  readonly type: RuleType;
  readonly tree: Expression;
}

type Fields = Readonly<Record<string, readonly string[]>>;

export interface Rule {
  readonly name: string;
  readonly disabled: boolean;
  readonly collections: readonly string[];
  readonly customRules: readonly { readonly _id: number; readonly effect: string; readonly action: string }[];
  readonly processes: Section & { readonly allowedList: readonly string[] };
  readonly filesystem: Section & { readonly allowedList: readonly string[] };
  readonly dns: {
    readonly defaultEffect: string;
    readonly domainList: { allowed: readonly string[]; denied: readonly string[]; effect: string };
  };
  readonly network: {
    readonly defaultEffect: string;
    readonly allowedIPs: readonly string[];
    readonly deniedIPs: readonly string[];
    readonly deniedIPsEffect: string;
    readonly outboundPorts: Ports;
    readonly listeningPorts: Ports;
  };
}
interface Section {
  readonly disabled: boolean;
  readonly defaultEffect: string;
  readonly deniedList: { readonly effect: string; readonly paths: readonly string[] };
}
interface Ports {
  readonly allowed: readonly { start: number; end: number }[];
  readonly denied: readonly { start: number; end: number }[];
  readonly effect: string;
}

export interface Estate {
  readonly custom: readonly Custom[];
  readonly collections: Readonly<Record<string, Fields>>;
  readonly rules: readonly Rule[];
  /** Programs learned of images. */
  readonly models: readonly { readonly image: string; readonly processes: readonly string[] }[];
}

const NAMES = ['nginx', 'nc', 'sh', 'mysql'];
const PATHS = ['/usr/sbin/nginx', '/usr/bin/nc', '/bin/sh', '/opt/mysql'];
const USERS = ['root', 'jake', ''];
const FILES = ['/etc/passwd', '/etc', '/etcetera', '/tmp/file', '/var/log/a/b', '/var'];
const ADDRESSES = ['10.0.0.1', '10.0.0.9', '169.254.169.254', '8.8.8.8', '2001:db8::1'];
const PORTS = [22, 80, 443, 8080];
const DOMAINS = ['evil.example', 'a.evil.example', 'b.a.evil.example', 'good.example'];
const NAMESPACES = ['prod', 'prod-test', 'dev', 'kube-system'];
const IMAGES = [
  'nginx:1.27',
  'docker.io/library/nginx:1.27',
  'nginx',
  'quay.io/team/app:2',
  'team/app:latest',
  'web:1',
];
const IMAGE_PATTERNS = [
  'nginx*',
  'nginx:1.27',
  'NGINX',
  '*app*',
  '*:2',
  'quay.io/*',
  'team/app',
  'docker.io/library/web:*',
  '*',
];
const HOSTS = ['web-1', 'db-1'];
const CLUSTERS = ['east', 'west'];
const CONTAINERS = ['api', 'proxy'];

const some = <T>(r: Random, items: readonly T[], most = 2): T[] => [
  ...new Set(Array.from({ length: r.below(most + 1) }, () => r.pick(items))),
];

function randomTest(r: Random, type: RuleType): Expression {
  const text = (name: string, values: readonly string[]): Expression => {
    const op = r.pick(['=', '!=', 'in', 'startswith', 'contains', '=']);
    const value = r.pick(values);
    if (op === 'in') return { op, name, values: [value, r.pick(values)] };
    if (op === 'startswith' || op === 'contains') return { op, name, value: value.slice(0, 4) || 'x' };
    return { op, name, value };
  };
  const process = (): Expression =>
    r.pick([
      () => text('proc.name', NAMES),
      () => text('proc.path', PATHS),
      () => text('proc.pname', NAMES),
      () => text('proc.user', USERS),
      (): Expression => ({ op: 'flag', name: 'proc.interactive' }),
      (): Expression => ({ op: r.pick(['=', '!='] as const), name: 'proc.pname', other: 'proc.name' }),
    ])();
  if (type === 'processes') return process();
  if (type === 'filesystem') {
    const types = ['elf', 'secret', 'regular', 'folder'];
    return r.pick([
      () => text('file.path', FILES),
      () => text('file.path', FILES),
      () => text('file.dir', ['/etc', '/tmp']),
      (): Expression => ({ op: r.pick(['=', '!=']), name: 'file.type', value: r.pick(types) }),
      () => text('proc.name', NAMES),
    ])();
  }
  const order = ['=', '!=', '<', '<=', '>', '>='];
  return r.pick([
    (): Expression => ({ op: r.pick(order), name: 'net.outgoing_ip', value: r.pick(ADDRESSES) }),
    (): Expression => ({
      op: r.pick(order),
      name: 'net.outgoing_port',
      value: r.chance(0.5) ? r.pick(PORTS) : String(r.pick(PORTS)),
    }),
    (): Expression => ({ op: 'in', name: 'net.outgoing_port', values: [r.pick(PORTS), r.pick(PORTS)] }),
    (): Expression => ({ op: 'flag', name: 'net.private_subnet' }),
    () => text('proc.name', NAMES),
  ])();
}

function randomExpression(r: Random, type: RuleType, depth = 2): Expression {
  if (depth === 0 || r.chance(0.4)) return randomTest(r, type);
  const below = (): Expression => randomExpression(r, type, depth - 1);
  if (r.chance(0.2)) return { op: 'not', of: below() };
  return { op: r.pick(['and', 'or'] as const), parts: [below(), below()] };
}

const isJoined = (tree: Expression): tree is Extract<Expression, { parts: unknown }> => 'parts' in tree;

/** As people write it, with as few parentheses as there may be. */
export function printExpression(tree: Expression): string {
  if (isJoined(tree)) {
    return tree.parts
      .map((part) =>
        isJoined(part) && tree.op === 'and' && part.op === 'or' ? `(${printExpression(part)})` : printExpression(part),
      )
      .join(` ${tree.op} `);
  }
  if ('of' in tree) return isJoined(tree.of) ? `not (${printExpression(tree.of)})` : `not ${printExpression(tree.of)}`;
  const literal = (value: string | number): string => (typeof value === 'number' ? String(value) : `"${value}"`);
  if ('values' in tree) return `${tree.name} in (${tree.values.map(literal).join(', ')})`;
  if ('other' in tree) return `${tree.name} ${tree.op} ${tree.other}`;
  if (!('value' in tree)) return tree.name;
  const arrows: Readonly<Record<string, string>> = { '<=': '⇐', '>=': '⇒' };
  return `${tree.name} ${arrows[tree.op] ?? tree.op} ${literal(tree.value)}`;
}

const hasType = (tree: Expression): boolean => printExpression(tree).includes('file.type');

export function randomEstate(r: Random): Estate {
  const custom = Array.from({ length: r.between(1, 4) }, (_, n): Custom => {
    const type = r.pick(['processes', 'filesystem', 'network-outgoing'] as const);
    return { _id: n + 1, name: `custom ${n + 1}`, type, tree: randomExpression(r, type) };
  });
  const collections = Object.fromEntries(Array.from({ length: 4 }, (_, n) => [`c${n}`, randomCollection(r)]));
  const effect = (): string => r.pick(['disable', 'alert', 'prevent', 'block']);
  const calm = (): string => r.pick(['disable', 'alert', 'block']);
  const ports = (): Ports => {
    const ranges = () =>
      some(r, PORTS, 1).map((start) => ({ start, end: r.chance(0.5) ? start : start + r.below(500) }));
    return { allowed: ranges(), denied: ranges(), effect: calm() };
  };
  const rules = Array.from({ length: r.between(1, 4) }, (_, n): Rule => ({
    name: `Rule ${n + 1}`,
    disabled: r.chance(0.1),
    collections: r.chance(0.3) ? ['All'] : some(r, Object.keys(collections)),
    customRules: custom
      .filter(() => r.chance(0.5))
      .map(({ _id, type, tree }) => ({
        _id,
        effect:
          type === 'network-outgoing' || hasType(tree)
            ? r.pick(['allow', 'alert', 'block'])
            : r.pick(['allow', 'alert', 'prevent', 'block', 'disable']),
        action: r.pick(['audit', 'incident']),
      })),
    processes: {
      disabled: r.chance(0.2),
      defaultEffect: effect(),
      allowedList: some(r, [...NAMES, ...PATHS]),
      deniedList: { effect: effect(), paths: some(r, [...NAMES, ...PATHS, '/usr/*']) },
    },
    filesystem: {
      disabled: r.chance(0.2),
      defaultEffect: effect(),
      allowedList: some(r, FILES, 1),
      deniedList: { effect: effect(), paths: some(r, [...FILES, '/var/*']) },
    },
    dns: {
      defaultEffect: effect(),
      domainList: {
        allowed: some(r, DOMAINS, 1),
        denied: some(r, [...DOMAINS, '*.evil.example', '*.*.evil.example']),
        effect: effect(),
      },
    },
    network: {
      defaultEffect: calm(),
      allowedIPs: some(r, ADDRESSES, 1),
      deniedIPs: some(r, [...ADDRESSES, '10.0.0.0/8'], 1),
      deniedIPsEffect: calm(),
      outboundPorts: ports(),
      listeningPorts: ports(),
    },
  }));
  const models = r.chance(0.3) ? [{ image: 'nginx:1.27', processes: some(r, PATHS) }] : [];
  return { custom, collections, rules, models };
}

function randomCollection(r: Random): Fields {
  const texts = (values: readonly string[]): string[] => {
    const plain = some(r, values);
    const exempt = r.chance(0.2) ? [`-${r.pick(values)}`] : [];
    return [...plain, ...exempt].length === 0 ? ['*'] : [...plain, ...exempt];
  };
  const any = (chance: number, values: readonly string[]): readonly string[] =>
    r.chance(chance) ? texts(values) : ['*'];
  return {
    namespaces: any(0.6, [...NAMESPACES, 'prod*', '*test', 'Kube-*']),
    images: any(0.5, IMAGE_PATTERNS),
    labels: any(0.3, ['app:web', 'app:w*', 'tier:db']),
    containers: any(0.2, CONTAINERS),
    clusters: any(0.2, [...CLUSTERS, 'e*']),
    hosts: any(0.1, [...HOSTS, 'WEB-*']),
  };
}

/** The sources of an estate: custom rules, collections, the policy and the models. */
export function documentsOf({ custom, collections, rules, models }: Estate): readonly object[] {
  return [
    custom.map(({ _id, name, type, tree }) => ({ _id, name, type, script: printExpression(tree) })),
    Object.entries(collections).map(([name, fields]) => ({ name, ...fields })),
    {
      _id: 'containerRuntime',
      rules: rules.map((rule) => ({ ...rule, collections: rule.collections.map((name) => ({ name })) })),
    },
    ...models.map(({ image, processes }) => ({
      image,
      state: 'active',
      processes: { static: processes.map((path) => ({ path })) },
    })),
  ];
}

export interface Happening {
  readonly kind: string;
  readonly proc: Readonly<Record<string, string | boolean>>;
  readonly file?: Readonly<Record<string, unknown>>;
  readonly net?: Readonly<Record<string, unknown>>;
  readonly container: { readonly id: string; readonly name: string; readonly image: string };
  readonly k8s: {
    readonly pod: string;
    readonly namespace?: string;
    readonly cluster?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly host: { readonly name: string };
}

export function randomHappening(r: Random): Happening {
  const kind = r.pick([
    'exec',
    'exec',
    'file.write',
    'file.create',
    'file.delete',
    'file.rename',
    'file.read',
    'net.connect',
    'net.send',
    'net.listen',
    'net.dns',
  ]);
  const at = r.below(PATHS.length);
  const maybe = <T>(key: string, value: T): Record<string, T> => (r.chance(0.8) ? { [key]: value } : {});
  const path = r.pick(FILES);
  const unix = kind.startsWith('net.') && kind !== 'net.dns' && r.chance(0.15);
  const net: Record<string, unknown> = unix
    ? { path: '/run/x.sock' }
    : kind === 'net.dns'
      ? { domain: r.pick(DOMAINS) }
      : {};
  if (!unix && (kind === 'net.connect' || kind === 'net.send'))
    Object.assign(net, { remote_ip: r.pick(ADDRESSES), remote_port: r.pick(PORTS) });
  if (!unix && kind === 'net.listen') Object.assign(net, { local_ip: '0.0.0.0', local_port: r.pick(PORTS) });
  return {
    kind,
    proc: {
      path: PATHS[at],
      ...maybe('ppath', r.pick(PATHS)),
      ...maybe('user', r.pick(['root', 'jake'])),
      ...maybe('interactive', r.chance(0.5)),
    },
    ...(kind.startsWith('file.') && {
      file: {
        path,
        type: r.pick([['regular'], ['regular', 'elf'], ['folder'], ['regular', 'secret']]),
        ...(kind === 'file.rename' && { side: r.pick(['source', 'target']) }),
      },
    }),
    ...(kind.startsWith('net.') && { net }),
    container: { id: '1', name: r.pick(CONTAINERS), image: r.pick(IMAGES) },
    k8s: {
      pod: 'p',
      ...maybe('namespace', r.pick(NAMESPACES)),
      ...maybe('cluster', r.pick(CLUSTERS)),
      ...maybe('labels', r.pick([{ app: 'web' }, { app: 'other', tier: 'db' }, {}] as Record<string, string>[])),
    },
    host: { name: r.pick(HOSTS) },
  };
}
