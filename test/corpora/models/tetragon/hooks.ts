/** Which of our events pass the functions that Tetragon hooks, and what their arguments are then. */
import type { ModelEvent } from '../event.ts';
import type { Hook } from './policies.ts';

/** A socket or its address. In a `sockaddr` that a call names, source is that address: it is what SAddr and SPort ask there. */
export interface Socket {
  readonly source: { readonly address?: string; readonly port?: number };
  readonly destination: { readonly address?: string; readonly port?: number };
  readonly protocol?: string;
  readonly family: 'AF_INET' | 'AF_INET6' | 'AF_UNIX';
}

export type Argument = string | number | Socket;

/** Undefined: no event of ours says it. */
type Arguments = Readonly<Record<number, (event: ModelEvent) => Argument | undefined>>;

interface Known {
  readonly passes: (event: ModelEvent) => boolean;
  readonly arguments: Arguments;
}

const path = ({ file }: ModelEvent): string | undefined => file?.path;
const kinds =
  (...names: readonly string[]) =>
  ({ kind }: ModelEvent): boolean =>
    names.includes(kind);
const both =
  (...tests: readonly ((event: ModelEvent) => boolean)[]) =>
  (event: ModelEvent): boolean =>
    tests.every((one) => one(event));
const protocol =
  (name: string) =>
  ({ net }: ModelEvent): boolean =>
    net?.protocol === name;

const socket = ({ net = {} }: ModelEvent): Socket => ({
  source: { address: net.local_ip, port: net.local_port },
  destination: { address: net.remote_ip, port: net.remote_port },
  protocol: net.protocol,
  family: family(net.remote_ip ?? net.local_ip, net.path),
});
const named = (event: ModelEvent): Socket => ({ ...socket(event), source: socket(event).destination, destination: {} });
const family = (address: string | undefined, unix: string | undefined): Socket['family'] =>
  address === undefined && unix !== undefined ? 'AF_UNIX' : address?.includes(':') ? 'AF_INET6' : 'AF_INET';

/** MAY_READ is 4, MAY_WRITE 2. */
const mask = ({ kind }: ModelEvent): number => (kind === 'file.read' ? 4 : 2);
const opened = kinds('file.read', 'file.write');
const program = ({ proc }: ModelEvent): string | undefined => proc?.path;
const exec: Known = { passes: kinds('exec'), arguments: { 0: program } };

const KNOWN: Readonly<Record<string, Known>> = {
  security_file_permission: { passes: opened, arguments: { 0: path, 1: mask } },
  security_file_open: { passes: opened, arguments: { 0: path } },
  file_open: { passes: opened, arguments: { 0: path } },
  security_mmap_file: { passes: kinds('file.map_exec'), arguments: { 0: path } },
  security_socket_connect: { passes: kinds('net.connect'), arguments: { 0: socket, 1: named } },
  tcp_connect: { passes: both(kinds('net.connect'), protocol('tcp')), arguments: { 0: socket } },
  inet_csk_listen_start: { passes: both(kinds('net.listen'), protocol('tcp')), arguments: { 0: socket } },
  security_bprm_check: exec,
  bprm_check_security: exec,
  security_bprm_creds_from_file: { passes: kinds('exec'), arguments: { 1: program } },
  cap_capable: { passes: kinds('cap'), arguments: { 2: ({ cap }) => cap?.name } },
};

/**
 * @param hook of a policy
 * @returns the known function behind it; a system call by its name, whose numbers and texts are our arguments; else undefined
 */
export const knownHook = ({ sort, name, syscall, types }: Hook): Known | undefined => {
  if (sort === 'uprobes' || sort === 'usdts') return undefined;
  if (name in KNOWN) return KNOWN[name];
  const call = /^(?:__x64_)?sys_(\w+)$/.exec(name)?.[1];
  if (sort !== 'kprobes' || !syscall || call === undefined) return undefined;
  const argument = (index: number, type: string) => (event: ModelEvent) =>
    event.syscall?.[`${/^(string|char_buf|filename|path|file)$/.test(type) ? 'sarg' : 'arg'}${index}`];
  return {
    passes: ({ kind, syscall: asked }) => kind === 'syscall' && asked?.name === call,
    arguments: Object.fromEntries([...types].map(([index, type]) => [index, argument(index, type)])),
  };
};

/** The program that Tetragon's `matchBinaries` ask about: at an exec still the one that calls it. */
export const binaryOf = ({ kind, proc }: ModelEvent): string | undefined =>
  kind === 'exec' ? proc?.caller_path : proc?.path;
