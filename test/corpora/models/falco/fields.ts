/**
 * Falco's fields as our events have them (libsinsp: event, thread, fd, user filter checks; falco.org, "Supported Fields").
 * What is not here, no event of ours has. A verdict is asked before the operation: it counts as one that succeeds.
 */
import { baseName, type ModelEvent } from '../event.ts';
import type { Fields, Scalar, Value } from './evaluate.ts';

const OPENS = ['open', 'openat', 'openat2'];

/** Events of Falco that an event of ours may be. */
const TYPES: Readonly<Record<string, readonly string[]>> = {
  exec: ['execve', 'execveat'],
  'file.read': OPENS,
  'file.write': OPENS,
  'file.create': [...OPENS, 'creat', 'mkdir', 'mkdirat', 'mknod', 'mknodat', 'symlink', 'symlinkat'],
  'file.delete': ['unlink', 'unlinkat', 'rmdir'],
  'file.rename': ['rename', 'renameat', 'renameat2'],
  'file.link': ['link', 'linkat'],
  'file.attr': [
    'chmod',
    'fchmod',
    'fchmodat',
    'chown',
    'fchown',
    'lchown',
    'fchownat',
    'setxattr',
    'lsetxattr',
    'fsetxattr',
  ],
  'net.connect': ['connect'],
  'net.send': ['sendto', 'sendmsg', 'sendmmsg'],
  'net.bind': ['bind'],
  'net.listen': ['listen'],
  'net.accept': ['accept', 'accept4'],
  'proc.fork': ['fork', 'vfork', 'clone', 'clone3'],
  'proc.exit': ['procexit'],
};

export const typesOf = ({ kind, syscall }: ModelEvent): readonly string[] =>
  kind === 'syscall' ? [syscall!.name!] : (TYPES[kind] ?? ['other']);

/** @param type which of the events of Falco the event is taken for */
export const fieldsOf =
  (event: ModelEvent, type: string): Fields =>
  (field, argument): Value | undefined =>
    field === 'evt.type' ? type : FIELDS[field]?.(event, argument);

type Read = (event: ModelEvent, argument: string | null) => Value | undefined;

const opened = ({ kind }: ModelEvent): boolean =>
  kind === 'file.read' || kind === 'file.write' || kind === 'file.create';
const onNet = ({ kind }: ModelEvent): boolean => kind.startsWith('net.');

/** The nth ancestor: 0 is the process itself, 1 its parent. Without a number each of them, from the parent. */
const ancestor =
  (name: (path: string | undefined) => string | undefined): Read =>
  ({ proc }, argument) => {
    const paths = proc?.ancestors ?? [];
    if (argument === null) return { any: paths.map((path) => name(path)!) };
    return argument === '0' ? name(proc?.path) : name(paths[Number(argument) - 1]);
  };

/** The server of a connection is who is called: the peer, or of an accepted one this side. */
const end =
  (part: 'ip' | 'port', side: 'server' | 'client'): Read =>
  ({ kind, net }) => {
    const own = kind === 'net.accept' || kind === 'net.bind' || kind === 'net.listen';
    return own === (side === 'server') ? net?.[`local_${part}`] : net?.[`remote_${part}`];
  };

const ends =
  (part: 'ip' | 'port'): Read =>
  ({ net }) => {
    const both = [net?.[`local_${part}`], net?.[`remote_${part}`]].filter((one) => one !== undefined) as Scalar[];
    return both.length === 0 ? undefined : { ends: both };
  };

const upper = (names: readonly string[] | undefined): string | undefined =>
  names?.map((name) => `CAP_${name.toUpperCase()}`).join(' ');

const typechar: Read = (event) => {
  if (opened(event)) return 'f';
  const address = event.net?.remote_ip ?? event.net?.local_ip;
  if (address === undefined) return event.net?.path === undefined ? undefined : 'u';
  return address.includes(':') ? '6' : '4';
};

const address = (ip: string | undefined, port: number | undefined): string => `${ip ?? ''}:${port ?? ''}`;

const fdName: Read = (event) => {
  if (opened(event)) return event.file?.path;
  const { net } = event;
  if (!onNet(event) || net?.remote_ip === undefined) return net?.path;
  return `${address(net.local_ip, net.local_port)}->${address(net.remote_ip, net.remote_port)}`;
};

const directory = (path: string): string => path.slice(0, Math.max(path.lastIndexOf('/'), 1));

const path: Read = ({ file }) => file?.path;
const oldPath: Read = ({ file }) => (file?.side === 'target' ? file.other_path : file?.path);
const newPath: Read = ({ file }) => (file?.side === 'target' ? file.path : file?.other_path);
const arguments1: Read = ({ proc }) => (proc?.args === undefined ? undefined : proc.args.slice(1).join(' '));

const FIELDS: Readonly<Record<string, Read>> = {
  'evt.dir': () => '<',
  'evt.rawres': () => 0,
  'evt.res': () => 'SUCCESS',
  'evt.is_open_read': ({ kind }) => kind === 'file.read',
  'evt.is_open_write': ({ kind }) => kind === 'file.write' || kind === 'file.create',
  'evt.arg.path': path,
  'evt.arg.name': path,
  'evt.arg.filename': path,
  'evt.arg.oldpath': oldPath,
  'evt.arg.newpath': newPath,
  'fd.num': (event) => (opened(event) || onNet(event) ? 3 : undefined),
  'fd.name': fdName,
  'fd.typechar': typechar,
  'fd.directory': (event) => (opened(event) && event.file?.path ? directory(event.file.path) : undefined),
  'fd.filename': (event) => (opened(event) ? baseName(event.file?.path) : undefined),
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
  'proc.name': ({ proc }) => baseName(proc?.path),
  'proc.exepath': ({ proc }) => proc?.path,
  'proc.exe': ({ proc }) => proc?.args?.[0],
  'proc.pname': ({ proc }) => baseName(proc?.ppath),
  'proc.pexepath': ({ proc }) => proc?.ppath,
  'proc.aname': ancestor(baseName),
  'proc.aexepath': ancestor((one) => one),
  'proc.cmdline': ({ proc }) => proc?.cmdline ?? proc?.args?.join(' '),
  'proc.args': arguments1,
  'proc.pcmdline': ({ proc }) => proc?.pcmdline,
  'proc.cwd': ({ proc }) => proc?.cwd,
  'proc.tty': ({ proc }) => (proc?.interactive === undefined ? undefined : Number(proc.interactive)),
  'proc.pid': ({ proc }) => proc?.pid,
  'proc.ppid': ({ proc }) => proc?.ppid,
  'proc.vpid': ({ proc }) => proc?.vpid,
  'proc.is_exe_upper_layer': ({ proc }) => proc?.upper_layer,
  'proc.is_exe_from_memfd': ({ proc }) => proc?.memfd,
  'thread.cap_effective': ({ proc }) => upper(proc?.caps),
  'thread.cap_permitted': ({ proc }) => upper(proc?.permitted),
  'user.name': ({ proc }) => proc?.user,
  'user.uid': ({ proc }) => proc?.uid,
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
