/**
 * Falco's fields as our events have them (libsinsp: event, thread, fd, user filter checks; falco.org, "Supported Fields").
 * What is not here, no event of ours has. A verdict is asked before the operation: it counts as one that succeeds.
 */
import { baseName, type ModelEvent } from '../event.ts';
import type { Fields, Scalar, Value } from './evaluate.ts';

const OPENS = ['open', 'openat', 'openat2', 'open_by_handle_at'];

/** Events of Falco that an event of ours may be. */
const TYPES: Readonly<Record<string, readonly string[]>> = {
  exec: ['execve', 'execveat'],
  'file.read': OPENS,
  'file.write': [...OPENS, 'creat'],
  'file.rename': ['rename', 'renameat', 'renameat2'],
  'file.link': ['link', 'linkat'],
  'file.map_exec': ['mmap', 'mprotect'],
  'net.connect': ['connect'],
  'net.send': ['sendto', 'sendmsg', 'sendmmsg'],
  'net.bind': ['bind'],
  'net.listen': ['listen'],
  'net.accept': ['accept', 'accept4'],
  'proc.fork': ['fork', 'vfork', 'clone', 'clone3'],
  'proc.exit': ['procexit'],
};

/** What makes a file is told by what it makes. */
const MAKES: Readonly<Record<string, readonly string[]>> = {
  folder: ['mkdir', 'mkdirat'],
  symlink: ['symlink', 'symlinkat'],
  device: ['mknod', 'mknodat'],
  pipe: ['mknod', 'mknodat'],
  socket: ['bind', 'mknod', 'mknodat'],
};

/** A change of an attribute is told by the attribute. */
const CHANGES: Readonly<Record<string, readonly string[]>> = {
  mode: ['chmod', 'fchmod', 'fchmodat', 'fchmodat2'],
  owner: ['chown', 'lchown', 'fchown', 'fchownat'],
};

const typesOf = ({ kind, syscall, file }: ModelEvent): readonly string[] => {
  const [made] = file?.type ?? [];
  if (kind === 'file.create') return MAKES[made] ?? [...OPENS, 'creat'];
  if (kind === 'file.delete') return made === 'folder' ? ['rmdir', 'unlinkat'] : ['unlink', 'unlinkat'];
  if (kind === 'file.attr') return CHANGES[file?.attribute ?? ''] ?? ['other'];
  return kind === 'syscall' ? [syscall!.name!] : (TYPES[kind] ?? ['other']);
};

/** The names of an event mean the same: a test of `evt.type` holds for all of them or for none. */
export const fieldsOf =
  (event: ModelEvent): Fields =>
  (field, argument): Value | undefined => {
    const types = typesOf(event);
    if (field === 'evt.type') return { ends: types };
    const ofType = BY_TYPE[field];
    if (ofType === undefined) return FIELDS[field]?.(event, argument);
    return types.map((type) => ofType(event, type)).find((value) => value !== undefined);
  };

type Read = (event: ModelEvent, argument: string | null) => Value | undefined;

const opened = (event: ModelEvent): boolean =>
  /^file\.(read|write|create)$/.test(event.kind) && OPENS.some((type) => typesOf(event).includes(type));
/** Events with a descriptor of a file. */
const onFile = (event: ModelEvent): boolean => opened(event) || event.kind === 'file.attr';
const onNet = ({ kind }: ModelEvent): boolean => kind.startsWith('net.');

/** A name as Falco has it: it ends after 15 bytes, so one of 15 may be the beginning of a longer one. */
const comm = (path: string | undefined): Value | undefined => {
  const name = baseName(path);
  return name !== undefined && name.length > COMM ? { ends: [name, name.slice(0, COMM)] } : name;
};
const COMM = 15;

/** The nth ancestor: 0 is the process itself, 1 its parent. Without a number each of them, from the parent. */
const ancestor =
  (name: (path: string | undefined) => Value | undefined): Read =>
  ({ proc }, argument) => {
    const paths = proc?.ancestors ?? [];
    if (argument === '0') return name(proc?.path);
    if (argument !== null) return name(paths[Number(argument) - 1]);
    return {
      any: paths
        .map(name)
        .flatMap((value) => (typeof value === 'object' ? (Object.values(value)[0] as Scalar[]) : [value!])),
    };
  };

/** A socket that is bound or listens has one end, the server's. */
const bound = ({ kind }: ModelEvent): boolean => kind === 'net.bind' || kind === 'net.listen';

/** The server of a connection is who is called: the peer, or of an accepted one this side. */
const end =
  (part: 'ip' | 'port', side: 'server' | 'client'): Read =>
  (event) => {
    if (bound(event)) return side === 'server' ? event.net?.[`local_${part}`] : undefined;
    const own = (event.kind === 'net.accept') === (side === 'server');
    return own ? event.net?.[`local_${part}`] : event.net?.[`remote_${part}`];
  };

const ends =
  (part: 'ip' | 'port'): Read =>
  (event) => {
    const both = [event.net?.[`local_${part}`], bound(event) ? undefined : event.net?.[`remote_${part}`]];
    const present = both.filter((one) => one !== undefined) as Scalar[];
    return present.length === 0 ? undefined : { ends: present };
  };

const upper = (names: readonly string[] | undefined): string | undefined =>
  names?.map((name) => `CAP_${name.toUpperCase()}`).join(' ');

/** What a descriptor refers to, as Falco names it: what is opened by a path is a file to it, whatever it is. */
const descriptorType = (type: string | undefined): string | undefined =>
  type === 'device' || type === 'terminal' ? 'file' : type;

const typechar: Read = (event) => {
  const argument = descriptorType(event.syscall?.fd_type as string | undefined);
  if (argument !== undefined) return TYPE_CHARS[argument];
  if (event.kind === 'file.attr') return event.file?.type?.includes('folder') ? 'd' : 'f';
  if (opened(event)) return event.file?.flags?.includes('directory') ? 'd' : 'f';
  const address = event.net?.remote_ip ?? event.net?.local_ip;
  if (address === undefined) return event.net?.path === undefined ? undefined : 'u';
  return address.includes(':') ? '6' : '4';
};

const TYPE_CHARS: Readonly<Record<string, string>> = {
  file: 'f',
  directory: 'd',
  pipe: 'p',
  unix: 'u',
  ipv4: '4',
  ipv6: '6',
};

const fdName: Read = (event) => {
  if (onFile(event)) return event.file?.path;
  return onNet(event) ? event.net?.path : undefined;
};

const directory = (path: string): string => path.slice(0, Math.max(path.lastIndexOf('/'), 1));

const oldPath = ({ file }: ModelEvent): string | undefined => (file?.side === 'target' ? file.other_path : file?.path);
const newPath = ({ file }: ModelEvent): string | undefined => (file?.side === 'target' ? file.path : file?.other_path);

/** Arguments of events that have one of this name, by the name of the event. */
const byType =
  (names: RegExp, read: (event: ModelEvent) => Value | undefined) =>
  (event: ModelEvent, type: string): Value | undefined =>
    names.test(type) ? read(event) : undefined;

const bits = (value: number | undefined, names: Readonly<Record<string, number>>): string | undefined =>
  value === undefined
    ? undefined
    : Object.entries(names)
        .filter(([, bit]) => (value & bit) !== 0)
        .map(([name]) => name)
        .join('|');

const MODES = {
  S_ISUID: 0o4000,
  S_ISGID: 0o2000,
  S_ISVTX: 0o1000,
  S_IRUSR: 0o400,
  S_IWUSR: 0o200,
  S_IXUSR: 0o100,
  S_IRGRP: 0o40,
  S_IWGRP: 0o20,
  S_IXGRP: 0o10,
  S_IROTH: 4,
  S_IWOTH: 2,
  S_IXOTH: 1,
};

/** The names of ids in the password file that are the same everywhere. */
const userName = (id: number | undefined): string | undefined =>
  id === undefined ? undefined : id === 0 ? 'root' : '<NA>';

/** A descriptor that is made: `dup2` and `dup3` are told which one. */
const result = ({ syscall }: ModelEvent): number =>
  Number((/^dup[23]$/.test(syscall?.name ?? '') ? syscall?.arg1 : syscall?.ret) ?? 0);

const BY_TYPE: Readonly<Record<string, (event: ModelEvent, type: string) => Value | undefined>> = {
  'evt.arg.path': byType(/^(unlink|rmdir|mkdirat|mkdir|mknodat|mknod)$/, ({ file }) => file?.path),
  'evt.arg.name': byType(/^(open|openat|openat2|creat|unlinkat)$/, ({ file }) => file?.path),
  'evt.arg.oldpath': byType(/^(rename|link)/, oldPath),
  'evt.arg.newpath': byType(/^(rename|link)/, newPath),
  'evt.arg.target': byType(/^symlink/, ({ file }) => file?.link_target),
  'evt.arg.linkpath': byType(/^symlink/, ({ file }) => file?.path),
  'evt.arg.flags': byType(/^open/, ({ file }) => file?.flags?.map((flag) => `O_${flag.toUpperCase()}`).join('|')),
  'evt.arg.mode': byType(/^(open|creat|mk|f?chmod)/, ({ file }) => bits(file?.new_mode, MODES)),
  'evt.arg.filename': byType(/^(chmod|fchmodat)/, ({ file }) => file?.path),
  'evt.arg.uid': ({ syscall, file }, type) =>
    type === 'setuid'
      ? userName(syscall?.arg0 as number | undefined)
      : /chown/.test(type)
        ? file?.new_owner_uid
        : undefined,
};

const FIELDS: Readonly<Record<string, Read>> = {
  'evt.dir': () => '<',
  'evt.rawres': result,
  'evt.res': () => 'SUCCESS',
  'evt.is_open_read': ({ kind }) => kind === 'file.read',
  'evt.is_open_write': (event) => event.kind === 'file.write' || (event.kind === 'file.create' && opened(event)),
  'evt.is_open_create': (event) => event.kind === 'file.create' && opened(event),
  'evt.failed': () => false,
  'fd.num': (event) => (opened(event) || onNet(event) ? 3 : undefined),
  'fd.name': fdName,
  'fd.typechar': typechar,
  'fd.type': (event) => Object.keys(TYPE_CHARS).find((type) => TYPE_CHARS[type] === typechar(event, null)),
  'fd.sockfamily': (event) => ({ u: 'unix', '4': 'ip', '6': 'ip' })[String(typechar(event, null))],
  'fd.nameraw': (event) => (onFile(event) ? event.file?.invoked : undefined),
  'fd.connected': (event) => (onNet(event) ? /connect|accept/.test(event.kind) : undefined),
  'fd.name_changed': (event) => (onNet(event) ? true : undefined),
  'fd.directory': (event) => (onFile(event) && event.file?.path ? directory(event.file.path) : undefined),
  'fd.filename': (event) => (onFile(event) ? baseName(event.file?.path) : undefined),
  'fd.sip': end('ip', 'server'),
  'fd.snet': end('ip', 'server'),
  'fd.cip': end('ip', 'client'),
  'fd.cnet': end('ip', 'client'),
  'fd.rip': ({ net }) => net?.remote_ip,
  'fd.rnet': ({ net }) => net?.remote_ip,
  'fd.lip': ({ net }) => net?.local_ip,
  'fd.lnet': ({ net }) => net?.local_ip,
  'fd.ip': ends('ip'),
  'fd.net': ends('ip'),
  'fd.sport': end('port', 'server'),
  'fd.cport': end('port', 'client'),
  'fd.port': ends('port'),
  'fd.l4proto': ({ net }) => net?.protocol,
  'proc.name': ({ proc }) => comm(proc?.path),
  'proc.exepath': ({ proc }) => proc?.path,
  'proc.exe': ({ proc }) => proc?.args?.[0],
  'proc.pname': ({ proc }) => comm(proc?.ppath),
  'proc.pexe': ({ proc }) => proc?.ppath,
  'proc.pexepath': ({ proc }) => proc?.ppath,
  'proc.aname': ancestor(comm),
  'proc.aexe': ancestor((one) => one),
  'proc.aexepath': ancestor((one) => one),
  'proc.cmdline': ({ proc }) => proc?.cmdline ?? proc?.args?.join(' '),
  'proc.args': ({ proc }) => proc?.cmdline?.replace(/^[^ ]* ?/, ''),
  'proc.pcmdline': ({ proc }) => proc?.pcmdline,
  'proc.cwd': ({ proc }) => proc?.cwd,
  'proc.tty': ({ proc }) => (proc?.interactive === undefined ? undefined : Number(proc.interactive)),
  'proc.pid': ({ proc }) => proc?.pid,
  'proc.ppid': ({ proc }) => proc?.ppid,
  'proc.vpid': ({ proc }) => proc?.vpid,
  'proc.env': ({ proc }, argument) => {
    if (argument === null) return proc?.env?.join(' ');
    return (proc?.env?.find((entry) => entry.startsWith(`${argument}=`)) ?? '').slice(argument.length + 1);
  },
  'proc.duration': ({ proc }) => proc?.age,
  'proc.is_vpgid_leader': ({ proc }) => proc?.group_leader,
  'proc.stdin.type': ({ proc }) => descriptorType(proc?.stdin_type),
  'proc.stdout.type': ({ proc }) => descriptorType(proc?.stdout_type),
  'proc.stderr.type': ({ proc }) => descriptorType(proc?.stderr_type),
  'fd.is_upper_layer': (event) => (onFile(event) ? event.file?.upper_layer === true : undefined),
  'proc.is_exe_upper_layer': ({ proc }) => proc?.upper_layer,
  'proc.is_exe_from_memfd': ({ proc }) => proc?.memfd,
  'thread.cap_effective': ({ proc }) => upper(proc?.caps),
  'thread.cap_permitted': ({ proc }) => upper(proc?.permitted),
  'user.name': ({ proc }) => proc?.user,
  'user.uid': ({ proc }) => proc?.euid,
  'user.loginuid': ({ proc }) => (proc?.loginuid === 4294967295 ? -1 : proc?.loginuid),
  'container.id': ({ container }) => container?.id ?? 'host',
  'container.name': ({ container }) => (container?.id === undefined ? 'host' : container.name),
  'container.image': ({ container }) => container?.image,
  'container.image.repository': ({ container }) => container?.image?.replace(/@.*$/, '').replace(/:[^/]*$/, ''),
  'container.image.tag': ({ container }) => /:([^/@]+)(@.*)?$/.exec(container?.image ?? '')?.[1],
  'container.privileged': ({ container }) => container?.privileged,
  'k8s.ns.name': ({ k8s }) => k8s?.namespace,
  'k8s.pod.name': ({ k8s }) => k8s?.pod,
};
