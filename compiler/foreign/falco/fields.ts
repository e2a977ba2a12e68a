/** Fields of Falco and what they are here, by the shape of the event. What stands in neither table, Falco does not have. */
import { FIELDS as OURS, TEXT_TYPES } from '../../../vm/spec/fields.ts';
import { not, quoted, test, type Condition } from '../condition.ts';
import { argumentOf, rawArgumentOf, resultOf } from './arguments.ts';
import { isLackingField } from './lacking.ts';
import { shapesFor, type Shape } from './shapes.ts';
import { LACKING, NOTHING, type Target } from './target.ts';

type Entry = Target | ((shape: Shape, arg: string | undefined) => Target);

const text = (operand: string): Target => ({ is: 'text', operand });
const integer = (operand: string): Target => ({ is: 'integer', operand });
const boolean = (operand: string): Target => ({ is: 'boolean', operand });
const constant = (value: string | boolean): Target => ({ is: 'constant', value });
const atLeast = (value: bigint): Target => ({ is: 'at least', value });

const CAPABILITIES = OURS.find(({ name }) => name === 'proc.caps')?.values ?? [];
const capabilities = (operand: string): Target => ({
  is: 'flags',
  operand,
  names: Object.fromEntries(CAPABILITIES.map((name) => [`CAP_${name.toUpperCase()}`, name])),
});

/** System calls whose first argument is an open file or socket: Falco knows which, and an event of ours of what type it is. */
const ON_DESCRIPTOR = new Set(
  (
    'read write pread64 pwrite64 readv writev preadv pwritev close dup dup2 dup3 fcntl ioctl fchdir flock ' +
    'fsync ftruncate fallocate fstat getdents getdents64 lseek sendfile splice recvfrom recvmsg recvmmsg shutdown ' +
    'getsockopt setsockopt getsockname getpeername finit_module'
  ).split(' '),
);
const isOnDescriptor = ({ object, events }: Shape): boolean =>
  object === 'syscall' && events !== null && ON_DESCRIPTOR.has(events[0]);

/** What a field of descriptors is for an open, a change of an attribute, a socket, and for what a system call has as its first argument. */
interface OfDescriptor {
  readonly open: Target;
  readonly attribute?: Target;
  readonly net?: Target;
  readonly call?: Target;
}
const descriptor =
  ({ open, attribute = open, net = NOTHING, call = LACKING }: OfDescriptor): Entry =>
  (shape) => {
    if (shape.object === 'open') return open;
    if (shape.object === 'attribute') return attribute;
    if (shape.object === 'net') return net;
    return isOnDescriptor(shape) ? call : NOTHING;
  };

const family = (name: string): ReturnType<typeof test> => test(`net.family = ${quoted(name)}`);
const fileType = (file: string, directory: string, isDirectory: Condition): Target => ({
  is: 'choice',
  values: [
    { text: file, when: not(isDirectory) },
    { text: directory, when: isDirectory },
  ],
});
const OPENS_DIRECTORY = test('file.flags has "directory"');
const IS_DIRECTORY = test('file.type has "folder"');
const socketType = (ipv4: string, ipv6: string, unix: string): Target => ({
  is: 'choice',
  values: [
    { text: ipv4, when: family('ipv4') },
    { text: ipv6, when: family('ipv6') },
    { text: unix, when: family('unix') },
  ],
});

/** Ours for the types of descriptors: terminals and devices are files there. */
const TYPES = {
  file: ['file', 'device', 'terminal'],
  directory: ['directory'],
  pipe: ['pipe'],
  ipv4: ['ipv4'],
  ipv6: ['ipv6'],
  unix: ['unix'],
};
/** What else Falco tells apart: sockets of other families and descriptors without a file are one each here. */
const OTHER_TYPES = 'event signalfd eventpoll inotify timerfd netlink bpf userfaultfd io_uring memfd pidfd <NA>'.split(
  ' ',
);
const descriptorType = (operand: string): Target => ({ is: 'named', operand, names: TYPES, untold: OTHER_TYPES });
const descriptorChar = (operand: string): Target => ({
  is: 'named',
  operand,
  names: { f: TYPES.file, d: TYPES.directory, p: TYPES.pipe, '4': TYPES.ipv4, '6': TYPES.ipv6, u: TYPES.unix },
  untold: 'e s l i t n b r m P o X ?'.split(' '),
});
const descriptorFamily = (operand: string): Target => ({
  is: 'named',
  operand,
  names: { ip: [...TYPES.ipv4, ...TYPES.ipv6], unix: TYPES.unix },
  untold: [],
});
const DESCRIPTOR = 'syscall.fd_type';

/** The server is the peer of who connects, and oneself where one listens. */
const isServer = ({ kind }: Shape): boolean => kind === 'net.accept' || kind === 'net.bind' || kind === 'net.listen';
const hasPeer = ({ kind }: Shape): boolean => kind !== 'net.bind' && kind !== 'net.listen';
type End = 'server' | 'client' | 'local' | 'remote' | 'either';

const end =
  (is: 'address' | 'port', which: End): Entry =>
  (shape) => {
    if (shape.object !== 'net') return isOnDescriptor(shape) ? LACKING : NOTHING;
    const name = is === 'address' ? 'ip' : 'port';
    const remote = `net.remote_${name}`;
    const local = `net.local_${name}`;
    const peer = hasPeer(shape);
    if (which === 'either') return { is, operands: peer ? [remote, local] : [local] };
    const ofPeer =
      which === 'remote' || (which === 'server' ? !isServer(shape) : which === 'client' && isServer(shape));
    if (ofPeer && !peer) return NOTHING;
    return { is, operands: [ofPeer ? remote : local] };
  };

/** An ancestor: 0 is the process itself, 1 its parent; without a number any of them. */
const ancestor =
  (own: Target, parent: Target, element: (operand: string) => Target, any: Target): Entry =>
  (_, arg) => {
    if (arg === undefined) return any;
    if (!/^\d{1,4}$/.test(arg)) return LACKING;
    const n = Number(arg);
    if (n === 0) return own;
    return n === 1 ? parent : element(`proc.ancestors[${n - 1}]`);
  };

const ancestorPath = ancestor(text('proc.path'), text('proc.ppath'), text, {
  is: 'any text',
  operand: 'proc.ancestors',
});

const hasPath = (object: Shape['object']): boolean => ['open', 'path', 'attribute'].includes(object);

const label: Entry = (_, arg) => (arg === undefined ? LACKING : text(`k8s.labels[${quoted(arg)}]`));

const FIELDS: Readonly<Record<string, Entry>> = {
  'evt.type': { is: 'event' },
  'syscall.type': { is: 'event' },
  'evt.dir': constant('<'),
  'evt.num': atLeast(1n),
  'evt.failed': constant(false),
  'evt.res': constant('SUCCESS'),
  'evt.rawres': resultOf,
  'evt.source': constant('syscall'),
  'evt.hostname': text('host.name'),
  'evt.is_open_read': ({ kind, object }) => (object === 'open' ? constant(kind === 'file.read') : NOTHING),
  'evt.is_open_write': ({ kind, object }) => (object === 'open' ? constant(kind === 'file.write') : NOTHING),
  'evt.is_open_create': ({ kind, object }) => (object === 'open' ? constant(kind === 'file.create') : NOTHING),
  'evt.is_open_exec': ({ kind, object }) => {
    if (object !== 'open') return NOTHING;
    return kind === 'file.create' ? { is: 'condition', when: test('file.new_mode & 0o111') } : constant(false);
  },
  'evt.arg': (shape, arg) => (arg === undefined ? LACKING : argumentOf(arg, shape)),
  'evt.rawarg': (shape, arg) => (arg === undefined ? LACKING : rawArgumentOf(arg, shape)),

  'fd.name': descriptor({ open: text('file.path'), net: text('net.path') }),
  'fd.nameraw': descriptor({ open: text('file.invoked'), net: text('net.path') }),
  'fd.directory': descriptor({ open: text('file.dir') }),
  'fd.filename': descriptor({ open: text('file.name') }),
  'fd.num': descriptor({ open: atLeast(0n), net: atLeast(0n) }),
  'fd.typechar': descriptor({
    open: fileType('f', 'd', OPENS_DIRECTORY),
    attribute: fileType('f', 'd', IS_DIRECTORY),
    net: socketType('4', '6', 'u'),
    call: descriptorChar(DESCRIPTOR),
  }),
  'fd.type': descriptor({
    open: fileType('file', 'directory', OPENS_DIRECTORY),
    attribute: fileType('file', 'directory', IS_DIRECTORY),
    net: socketType('ipv4', 'ipv6', 'unix'),
    call: descriptorType(DESCRIPTOR),
  }),
  'fd.sockfamily': descriptor({
    open: NOTHING,
    net: {
      is: 'choice',
      values: [
        { text: 'ip', when: test('net.family in ("ipv4", "ipv6")') },
        { text: 'unix', when: family('unix') },
      ],
    },
    call: descriptorFamily(DESCRIPTOR),
  }),
  'fd.l4proto': descriptor({ open: NOTHING, net: text('net.protocol') }),
  'fd.dev': descriptor({ open: integer('file.dev') }),
  'fd.ino': descriptor({ open: integer('file.ino') }),
  'fd.is_upper_layer': descriptor({
    open: { is: 'condition', when: test('file.upper_layer') },
    net: constant(false),
  }),
  'fd.connected': (shape) => {
    if (shape.object !== 'net') return isOnDescriptor(shape) ? LACKING : NOTHING;
    return constant(shape.kind === 'net.connect' || shape.kind === 'net.accept');
  },
  'fd.name_changed': descriptor({ open: constant(false), net: constant(true) }),
  'fd.is_server': (shape) => (shape.object === 'net' ? constant(isServer(shape)) : NOTHING),
  'fd.ip': end('address', 'either'),
  'fd.net': end('address', 'either'),
  'fd.port': end('port', 'either'),
  'fd.sip': end('address', 'server'),
  'fd.snet': end('address', 'server'),
  'fd.sport': end('port', 'server'),
  'fd.cip': end('address', 'client'),
  'fd.cnet': end('address', 'client'),
  'fd.cport': end('port', 'client'),
  'fd.lip': end('address', 'local'),
  'fd.lnet': end('address', 'local'),
  'fd.lport': end('port', 'local'),
  'fd.rip': end('address', 'remote'),
  'fd.rnet': end('address', 'remote'),
  'fd.rport': end('port', 'remote'),

  'fs.path.name': ({ kind, object }) => {
    if (kind === 'exec') return text('proc.path');
    return hasPath(object) ? text('file.path') : NOTHING;
  },
  'fs.path.nameraw': ({ object }) => (hasPath(object) ? text('file.invoked') : NOTHING),
  'fs.path.source': (shape) => (shape.object === 'pair' ? argumentOf('oldpath', shape) : NOTHING),
  'fs.path.target': (shape) => (shape.object === 'pair' ? argumentOf('newpath', shape) : NOTHING),

  'proc.name': { is: 'program', operand: 'proc.name' },
  'proc.pname': { is: 'program', operand: 'proc.pname' },
  'proc.exepath': text('proc.path'),
  'proc.pexepath': text('proc.ppath'),
  'proc.exe': text('proc.args[0]'),
  'proc.pexe': text('proc.ppath'),
  'proc.cmdline': text('proc.cmdline'),
  'proc.exeline': text('proc.cmdline'),
  'proc.pcmdline': text('proc.pcmdline'),
  'proc.args': { is: 'arguments' },
  'proc.cwd': { is: 'directory', operand: 'proc.cwd' },
  'proc.pid': integer('proc.pid'),
  'proc.ppid': integer('proc.ppid'),
  'proc.vpid': integer('proc.vpid'),
  'proc.sid': integer('proc.session'),
  'proc.tty': {
    is: 'choice',
    values: [
      { text: '0', when: test('proc.interactive = false') },
      { text: '1', when: test('proc.interactive') },
    ],
  },
  'proc.is_vpgid_leader': boolean('proc.group_leader'),
  'proc.is_pgid_leader': boolean('proc.group_leader'),
  'proc.duration': integer('proc.age'),
  'proc.env': (_, arg) =>
    arg === undefined ? { is: 'environment', operand: 'proc.env' } : { is: 'variable', operand: 'proc.env', name: arg },
  'proc.stdin.type': descriptorType('proc.stdin_type'),
  'proc.stdout.type': descriptorType('proc.stdout_type'),
  'proc.stderr.type': descriptorType('proc.stderr_type'),
  'proc.is_exe_upper_layer': boolean('proc.upper_layer'),
  'proc.is_exe_from_memfd': boolean('proc.memfd'),
  'proc.aname': ancestor(
    { is: 'program', operand: 'proc.name' },
    { is: 'program', operand: 'proc.pname' },
    (operand) => ({ is: 'program of path', operand }),
    { is: 'any program', operand: 'proc.ancestors' },
  ),
  'proc.aexe': ancestorPath,
  'proc.aexepath': ancestorPath,
  'proc.apid': (_, arg) => (arg === '0' || arg === '1' ? integer(arg === '0' ? 'proc.pid' : 'proc.ppid') : LACKING),
  'proc.acmdline': (_, arg) =>
    arg === '0' || arg === '1' ? text(arg === '0' ? 'proc.cmdline' : 'proc.pcmdline') : LACKING,
  'thread.cap_effective': capabilities('proc.caps'),
  'thread.cap_permitted': capabilities('proc.permitted'),

  'user.name': text('proc.user'),
  'user.uid': integer('proc.euid'),
  'user.loginuid': integer('proc.loginuid'),
  'group.gid': integer('proc.gid'),

  'container.id': { is: 'or host', operand: 'container.id' },
  'container.name': { is: 'or host', operand: 'container.name' },
  'container.image': text('container.image'),
  'container.image.repository': { is: 'repository' },
  'container.image.tag': text('container.image_tag'),
  'container.privileged': boolean('container.privileged'),
  'k8s.ns.name': text('k8s.namespace'),
  'k8s.pod.name': text('k8s.pod'),
  'k8s.pod.label': label,
};

/** Every field that is something here for some event. */
export const KNOWN_FIELDS: readonly string[] = Object.keys(FIELDS);

const TEXTS = new Set(OURS.filter(({ type }) => TEXT_TYPES.includes(type)).map(({ name }) => name));

/** @returns fields of ours that records have a text of Falco's field in, for any event */
export function recordedIn(name: string): readonly string[] {
  const fields = shapesFor([]).flatMap((shape) => {
    const target = targetOf(name, undefined, shape);
    if (target === undefined) return [];
    if (target.is === 'arguments') return 'proc.cmdline';
    if (target.is === 'repository') return 'container.image';
    if ('operands' in target) return target.operands;
    return 'operand' in target ? target.operand : [];
  });
  const named = fields.map((operand) => operand.replace(/\[.*/, ''));
  return [...new Set(named)].filter((field) => TEXTS.has(field));
}

/** The name in front of an argument that is written after a dot: `evt.arg.flags`, `k8s.pod.label.app`. */
const DOTTED = ['evt.arg', 'evt.rawarg', 'k8s.pod.label'];

/**
 * @param arg what stands in brackets
 * @returns what the field is for events of the shape, undefined where Falco has no such field
 */
export function targetOf(name: string, arg: string | undefined, shape: Shape): Target | undefined {
  const dotted = DOTTED.find((known) => name.startsWith(`${known}.`));
  if (dotted !== undefined && arg === undefined) return targetOf(dotted, name.slice(dotted.length + 1), shape);
  if (Object.hasOwn(FIELDS, name)) {
    const entry = FIELDS[name];
    return typeof entry === 'function' ? entry(shape, arg) : entry;
  }
  return isLackingField(name) ? LACKING : undefined;
}
