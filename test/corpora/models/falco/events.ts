/** Events that a rule of Falco was written for, by solving its condition, and events that miss it by one of its checks. */
import { isIP } from 'node:net';
import { CAPABILITIES } from '../../../../vm/spec/fields.ts';
import type { Random } from '../../../generators/random.ts';
import type { ModelEvent } from '../event.ts';
import type { Expression } from './condition.ts';
import { firing } from './decide.ts';
import type { Rule } from './rules.ts';

/** What one check of a condition asks of a field. */
interface Wish {
  readonly field: string;
  readonly argument: string | null;
  readonly value: string;
}

const TRIES = 20;
const MISSES = 8;

/**
 * @param rule to make events for
 * @returns events that fire it, where some were found, and near misses of each
 */
export const eventsFor = (rule: Rule, random: Random): ModelEvent[] => {
  const drafts = Array.from({ length: TRIES }, () => draft(rule.condition, random));
  const fires = (wishes: readonly Wish[]): boolean =>
    firing([{ ...rule, enabled: true }], eventOf(wishes, random), 'all').length > 0;
  const hit = drafts.find(({ wanted }) => fires(wanted)) ?? drafts[0];
  const { wanted, unwanted } = hit;
  const missed = wanted.flatMap((wish, i) => [
    [...wanted.slice(0, i), ...wanted.slice(i + 1)],
    [...wanted, { ...wish, value: `${wish.value}${/^\d+$/.test(wish.value) ? '1' : 'x'}` }],
  ]);
  const excluded = unwanted.map((wish) => [...wanted, wish]);
  const near = [...pickSome(missed, MISSES, random), ...pickSome(excluded, MISSES / 2, random)];
  const made = [wanted, ...drafts.slice(0, 2).map((other) => other.wanted), ...near].map((wishes) =>
    eventOf(wishes, random),
  );
  return [...made, ...ABSENT.map((path) => without(made[0], path))];
};

/** What a sensor may not tell: a comparison with it is then false. */
const ABSENT = [
  'proc.user',
  'proc.ppath',
  'proc.ancestors',
  'proc.pcmdline',
  'proc.cmdline',
  'proc.loginuid',
  'container.image',
];

const without = (event: ModelEvent, path: string): ModelEvent => {
  const copy = structuredClone(event) as unknown as Parts;
  const [part, name] = path.split('.') as ['proc' | 'container', string];
  delete copy[part][name];
  if (name === 'cmdline') delete copy.proc.args;
  return copy as ModelEvent;
};

const pickSome = <T>(items: readonly T[], most: number, random: Random): T[] => {
  const rest = [...items];
  while (rest.length > most) rest.splice(random.below(rest.length), 1);
  return rest;
};

interface Draft {
  /** What makes the condition hold, if nothing else is in the way. */
  readonly wanted: Wish[];
  /** What checks below a `not` ask: each of them may make it fail. */
  readonly unwanted: Wish[];
}

const draft = (condition: Expression, random: Random): Draft => {
  const found: Draft = { wanted: [], unwanted: [] };
  solve(condition, true, found, random);
  return found;
};

const solve = (expression: Expression, positive: boolean, found: Draft, random: Random): void => {
  switch (expression.is) {
    case 'not':
      return solve(expression.of, !positive, found, random);
    case 'check': {
      const { left, operator, right } = expression;
      if (!('field' in left) || !('length' in right)) return;
      const value =
        right.length === 0
          ? operator === 'exists'
            ? 'something'
            : ''
          : valueFor(operator, random.pick(right), random);
      const asked = positive === (operator !== '!=');
      (asked ? found.wanted : found.unwanted).push({ ...left, value });
      return;
    }
    case 'macro':
      return;
    default:
      if ((expression.is === 'and') === positive)
        for (const part of expression.of) solve(part, positive, found, random);
      else solve(random.pick(expression.of), positive, found, random);
  }
};

const valueFor = (operator: string, value: string, random: Random): string => {
  const word = random.pick(['alpha', 'beta', 'gamma']);
  if (operator.startsWith('startswith'))
    return value.endsWith('/') ? `${value}${word}` : value + random.pick(['', word, `/${word}`]);
  if (operator.startsWith('endswith'))
    return value.startsWith('/') || value.startsWith('.') ? `/${word}${value}` : value;
  if (/^i?contains/.test(operator)) return value;
  if (/glob|pmatch/.test(operator)) return value.replaceAll('*', word);
  if (operator === '>=' || operator === '<=' || operator === 'exists') return value || '1';
  if (operator === '>') return String(Number(value) + 1);
  return value;
};

/** Kinds for the types of events that a rule asks for; what is not here is a system call. */
const KINDS: readonly [RegExp, readonly string[]][] = [
  [/^execve(at)?$/, ['exec']],
  [/^(open|openat|openat2|open_by_handle_at)$/, ['file.read', 'file.write']],
  [/^creat$/, ['file.create']],
  [/^(mkdir|mkdirat|symlink|symlinkat|mknod|mknodat)$/, ['file.create']],
  [/^(unlink|unlinkat|rmdir)$/, ['file.delete']],
  [/^rename/, ['file.rename']],
  [/^link/, ['file.link']],
  [/^(f?chmod|fchmodat2?|[fl]?chown|fchownat)$/, ['file.attr']],
  [/^(mmap|mprotect)$/, ['file.map_exec']],
  [/^connect$/, ['net.connect']],
  [/^accept4?$/, ['net.accept']],
  [/^listen$/, ['net.listen']],
  [/^bind$/, ['net.bind']],
  [/^send(to|msg|mmsg)$/, ['net.send']],
];

type Mutable = { [key: string]: unknown };
type Parts = { kind: string } & { [part in 'proc' | 'file' | 'net' | 'syscall' | 'container' | 'k8s']: Mutable };

/** An ordinary event of a kind, then what the wishes ask for; the last word on a field counts. */
const eventOf = (wishes: readonly Wish[], random: Random): ModelEvent => {
  const type =
    wishes.findLast(({ field }) => field === 'evt.type')?.value ?? random.pick(['execve', 'openat', 'connect']);
  const kinds = KINDS.find(([types]) => types.test(type))?.[1] ?? ['syscall'];
  const asked = (field: string): boolean => wishes.some((wish) => wish.field === field && wish.value === 'true');
  const kind = asked('evt.is_open_write') ? 'file.write' : asked('evt.is_open_read') ? 'file.read' : random.pick(kinds);
  const event = ordinary(kind, type, random);
  for (const wish of wishes) SETTERS[wish.field]?.(event, wish.value, wish.argument);
  return JSON.parse(JSON.stringify(event)) as ModelEvent;
};

const made = (type: string): string => {
  if (/^(mkdir|rmdir)/.test(type)) return 'folder';
  return type.startsWith('symlink') ? 'symlink' : type.startsWith('mknod') ? 'device' : 'regular';
};

const ordinary = (kind: string, type: string, random: Random): Parts => {
  const inContainer = random.chance(0.6);
  const event: Parts = {
    kind,
    proc: {
      path: '/usr/bin/worker',
      ppath: '/usr/bin/service',
      caller_path: '/usr/bin/service',
      ancestors: ['/usr/bin/service', '/usr/bin/manager', '/usr/bin/top', '/usr/bin/init'],
      args: ['worker', 'run'],
      cmdline: 'worker run',
      pcmdline: 'service start',
      cwd: '/srv',
      user: 'deploy',
      uid: 1000,
      euid: 1000,
      loginuid: 1000,
      interactive: random.chance(0.5),
      group_leader: random.chance(0.5),
      age: random.pick([1_000_000, 4_999_999_999, 5_000_000_001, 86_400_000_000_000]),
      env: ['PATH=/usr/bin:/bin', 'HOME=/home/deploy'],
    },
    file: {},
    net: {},
    syscall: {},
    container: inContainer
      ? { id: '8f0c12ab34cd', name: 'main', image: 'registry.example/app:1.4', privileged: false }
      : {},
    k8s: inContainer ? { namespace: 'payments', pod: 'app-1' } : {},
  };
  if (kind.startsWith('file.')) {
    event.file = {
      path: '/srv/data/item',
      owner_uid: 1000,
      type: [made(type)],
      flags: random.chance(0.2) ? ['creat', 'trunc'] : [],
    };
  }
  if (kind === 'file.attr')
    Object.assign(event.file, {
      attribute: type.includes('chmod') ? 'mode' : 'owner',
      new_mode: random.pick([0o644, 0o755, 0o4755, 0o600, 0o111, 0o2755]),
      new_owner_uid: random.pick([0, 1000]),
    });
  if (kind === 'file.rename' || kind === 'file.link')
    Object.assign(event.file, { other_path: '/srv/data/other', side: 'source' });
  if (kind.startsWith('net.')) {
    const port = { local_port: 40000, remote_port: 8443 };
    event.net = { remote_ip: '198.51.100.7', local_ip: '10.0.0.5', protocol: 'tcp', ...port };
  }
  if (/bind|listen/.test(kind)) event.net = { local_ip: '10.0.0.5', local_port: 8443, protocol: 'tcp' };
  if (kind === 'syscall')
    event.syscall = {
      name: type,
      ...(type === 'setuid' && { arg0: random.pick([0, 1000]) }),
      arg1: random.pick([0, 1, 2, 7]),
      ret: random.pick([0, 1, 2, 7]),
    };
  return event;
};

const bin = (name: string): string => (name.startsWith('/') ? name : `/usr/bin/${name}`);
const remote = (event: Parts): string => (/accept|bind|listen/.test(event.kind) ? 'local' : 'remote');
/** The end that a socket surely has. */
const peer = (event: Parts): string => (/bind|listen/.test(event.kind) ? 'local' : 'remote');
const address = (value: string): string => {
  const host = value.replace(/\/\d+$/, '').replace(/\.0$/, '.9');
  return isIP(host) === 0 ? '203.0.113.77' : host;
};

/** A set of the one capability that the text names, else the empty set. */
const capability = (text: string): string[] => {
  const name = text.toLowerCase().replace(/^cap_/, '');
  return CAPABILITIES.filter((known) => known === name);
};

const setArgs = (event: Parts, line: string): void => {
  event.proc.cmdline = line;
  event.proc.args = line.split(' ');
};
const ancestor =
  (at: (argument: string | null) => number) =>
  (event: Parts, value: string, argument: string | null): void => {
    const names = event.proc.ancestors as string[];
    names[at(argument)] = bin(value);
    if (at(argument) === 0) event.proc.ppath = bin(value);
  };

/** The descriptor of a system call; what a file or socket is, its event tells. */
const setType = (event: Parts, type: string): void => {
  const known = ['file', 'directory', 'pipe', 'unix', 'ipv4', 'ipv6'].includes(type);
  if (event.kind === 'syscall') event.syscall.fd_type = known ? type : 'anonymous';
};

/** How a field of Falco is given a value. A field that is not here cannot be. */
const SETTERS: Readonly<Record<string, (event: Parts, value: string, argument: string | null) => void>> = {
  'proc.name': (event, value) => {
    event.proc.path = bin(value);
    setArgs(event, [value, ...(event.proc.args as string[]).slice(1)].join(' '));
  },
  'proc.exepath': (event, value) => void (event.proc.path = value),
  'proc.exe': (event, value) => setArgs(event, [value, ...(event.proc.args as string[]).slice(1)].join(' ')),
  'proc.pname': ancestor(() => 0),
  'proc.aname': ancestor((argument) => Number(argument ?? 2) - 1),
  'proc.cmdline': (event, value) => setArgs(event, value),
  'proc.args': (event, value) => setArgs(event, `${(event.proc.args as string[])[0]} ${value}`.trimEnd()),
  'proc.pcmdline': (event, value) => void (event.proc.pcmdline = value),
  'proc.cwd': (event, value) => void (event.proc.cwd = value),
  'proc.tty': (event, value) => void (event.proc.interactive = value !== '0'),
  'proc.env': (event, value) => (event.proc.env as string[]).push(`${value}=on`),
  'proc.duration': (event, value) => void (event.proc.age = Number(value) || 0),
  'proc.is_vpgid_leader': (event, value) => void (event.proc.group_leader = value === 'true'),
  'proc.is_exe_upper_layer': (event, value) => void (event.proc.upper_layer = value === 'true'),
  'proc.is_exe_from_memfd': (event, value) => void (event.proc.memfd = value === 'true'),
  'thread.cap_effective': (event, value) => void (event.proc.caps = capability(value)),
  'thread.cap_permitted': (event, value) => void (event.proc.permitted = capability(value)),
  'proc.vpid': (event, value) => void (event.proc.vpid = Number(value) || 1),
  'user.name': (event, value) => void (event.proc.user = value),
  'user.uid': (event, value) => void (event.proc.euid = Number(value) || 0),
  'user.loginuid': (event, value) => void (event.proc.loginuid = Number(value) < 0 ? 4294967295 : Number(value) || 0),
  'container.id': (event, value) => {
    event.container =
      value === 'host'
        ? {}
        : { id: '8f0c12ab34cd', name: 'main', image: 'registry.example/app:1.4', privileged: false };
    event.k8s = value === 'host' ? {} : { namespace: 'payments', pod: 'app-1' };
  },
  'container.privileged': (event, value) => void (event.container.privileged = value === 'true'),
  'container.image.repository': (event, value) =>
    Object.assign(event.container, { id: '8f0c12ab34cd', image: `${value}:1.4` }),
  'k8s.ns.name': (event, value) => void (event.k8s.namespace = value),
  'k8s.pod.name': (event, value) => void (event.k8s.pod = value),
  'fd.name': (event, value) => void (event.file.path = value),
  'fd.directory': (event, value) => void (event.file.path = `${value.replace(/\/$/, '')}/item`),
  'fd.filename': (event, value) => void (event.file.path = `/srv/${value}`),
  'fd.sip': (event, value) => void (event.net[`${remote(event)}_ip`] = address(value)),
  'fd.snet': (event, value) => void (event.net[`${remote(event)}_ip`] = address(value)),
  'fd.cip': (event, value) => void (event.net[event.kind === 'net.accept' ? 'remote_ip' : 'local_ip'] = address(value)),
  'fd.cnet': (event, value) =>
    void (event.net[event.kind === 'net.accept' ? 'remote_ip' : 'local_ip'] = address(value)),
  'fd.ip': (event, value) => void (event.net[`${peer(event)}_ip`] = address(value)),
  'fd.net': (event, value) => void (event.net[`${peer(event)}_ip`] = address(value)),
  'fd.rnet': (event, value) => void (event.net[`${peer(event)}_ip`] = address(value)),
  'fd.sport': (event, value) => void (event.net[`${remote(event)}_port`] = Number(value) % 65536),
  'fd.port': (event, value) => void (event.net[`${peer(event)}_port`] = Number(value) % 65536),
  'fd.l4proto': (event, value) => void (event.net.protocol = /^(tcp|udp|icmp|raw)$/.test(value) ? value : 'sctp'),
  'fd.nameraw': (event, value) => void (event.file.invoked = value),
  'evt.arg.flags': (event, value) => {
    const flag = value.toLowerCase().replace(/^o_/, '');
    if (event.kind.startsWith('file.'))
      event.file.flags = ['creat', 'trunc', 'append', 'excl'].filter((known) => known === flag);
  },
  'fd.type': (event, value) => setType(event, value),
  'fd.typechar': (event, value) => setType(event, { '4': 'ipv4', '6': 'ipv6', f: 'file' }[value] ?? 'pipe'),
  'evt.rawres': (event, value) => {
    if (event.kind === 'syscall') Object.assign(event.syscall, { arg1: Number(value) || 0, ret: Number(value) || 0 });
  },
  'evt.arg.uid': (event, value) => {
    if (event.kind === 'syscall') event.syscall.arg0 = value === 'root' ? 0 : 1000;
  },
  'evt.arg.filename': (event, value) => void (event.file.path = value),
  'evt.arg.target': (event, value) => void (event.file.link_target = value),
  'evt.arg.path': (event, value) => void (event.file.path = value),
  'evt.arg.name': (event, value) => void (event.file.path = value),
  'evt.arg.oldpath': (event, value) => void (event.file.path = value),
  'evt.arg.newpath': (event, value) => void (event.file.other_path = value),
};
