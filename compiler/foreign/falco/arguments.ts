/** `evt.arg.NAME`: arguments of Falco's events, by the shape of ours. */
import { STRING_ARGUMENTS } from '../../../vm/spec/syscalls.ts';
import { BPF, CLONE, FAMILY, MODE, MOUNT, OPEN_FLAGS, PTRACE, SIGNAL, type Names } from './constants.ts';
import type { Shape } from './shapes.ts';
import { LACKING, NOTHING, type Target } from './target.ts';

const text = (operand: string): Target => ({ is: 'text', operand });
const integer = (operand: string): Target => ({ is: 'integer', operand });

/** What the arguments of a system call are, in order: `-` is one that nobody asks for. */
const CALLS: Readonly<Record<string, string>> = {
  setuid: 'uid',
  setgid: 'gid',
  setreuid: 'ruid euid',
  setregid: 'rgid egid',
  setresuid: 'ruid euid suid',
  setresgid: 'rgid egid sgid',
  ptrace: 'request pid',
  bpf: 'cmd',
  socket: 'domain type proto',
  setns: 'fd nstype',
  unshare: 'flags',
  mount: 'dev dir type flags',
  umount2: 'name flags',
  chroot: 'path',
  chdir: 'path',
  pivot_root: 'new_root put_old',
  kill: 'pid sig',
  tkill: 'tid sig',
  tgkill: 'pid tid sig',
  memfd_create: 'name flags',
  init_module: '- - uargs',
  finit_module: 'fd uargs flags',
  delete_module: 'name flags',
  dup: 'oldfd',
  dup2: 'oldfd newfd',
  dup3: 'oldfd newfd flags',
  prctl: 'option',
  userfaultfd: 'flags',
  setpgid: 'pid pgid',
  setrlimit: 'resource',
  prlimit64: 'pid resource',
  quotactl: 'cmd',
  fsconfig: 'fd cmd',
  access: 'name mode',
  swapon: 'path',
};
const BITS: Readonly<Record<string, Names>> = {
  mode: MODE,
  'unshare.flags': CLONE,
  'setns.nstype': CLONE,
  'mount.flags': MOUNT,
};
const ENUMERATIONS: Readonly<Record<string, Names>> = { request: PTRACE, 'bpf.cmd': BPF, domain: FAMILY, sig: SIGNAL };

/** Ids that Falco shows as names of users, where it knows one. */
const USERS = ['setuid.uid', ...['ruid', 'euid', 'suid'].flatMap((id) => [`setreuid.${id}`, `setresuid.${id}`])];

const FLAGS: Target = { is: 'flags', operand: 'file.flags', names: OPEN_FLAGS };
/** What was asked for: an event of what is there already does not say. */
const NEW_MODE: Target = { is: 'bits', operand: 'file.new_mode', names: MODE };
const DESCRIPTOR: Target = { is: 'at least', value: 0n };

const OF_OPEN: Readonly<Record<string, Target>> = {
  name: text('file.path'),
  filename: text('file.path'),
  flags: FLAGS,
  fd: DESCRIPTOR,
  res: { is: 'at least', value: 0n },
};
const OF_PATH: Readonly<Record<string, Target>> = {
  path: text('file.path'),
  name: text('file.path'),
  linkpath: text('file.path'),
  target: text('file.link_target'),
  mode: NEW_MODE,
};
const OF_ATTRIBUTE: Readonly<Record<string, Readonly<Record<string, Target>>>> = {
  mode: { filename: text('file.path'), fd: DESCRIPTOR, mode: NEW_MODE },
  owner: {
    path: text('file.path'),
    pathname: text('file.path'),
    fd: DESCRIPTOR,
    uid: integer('file.new_owner_uid'),
    gid: LACKING,
  },
};
const OF_EXEC: Readonly<Record<string, Target>> = {
  filename: text('proc.invoked'),
  pathname: text('proc.invoked'),
  exe: text('proc.args[0]'),
  args: { is: 'arguments' },
  cwd: { is: 'directory', operand: 'proc.cwd' },
  comm: { is: 'program', operand: 'proc.name' },
  uid: integer('proc.euid'),
};

/** @param name of the argument, as in `evt.arg.flags` */
export function argumentOf(name: string, shape: Shape): Target {
  switch (shape.object) {
    case 'open':
      return name === 'mode' && shape.kind === 'file.create' ? NEW_MODE : (OF_OPEN[name] ?? NOTHING);
    case 'attribute':
      return OF_ATTRIBUTE[shape.guard ?? '']?.[name] ?? (name === 'dirfd' ? LACKING : NOTHING);
    case 'path':
      if (name === 'target' && shape.guard !== 'symlink') return NOTHING;
      if (name === 'name' && shape.kind !== 'file.delete') return NOTHING;
      return OF_PATH[name] ?? NOTHING;
    case 'pair': {
      const old = name === 'oldpath';
      if (!old && name !== 'newpath') return NOTHING;
      return text(old === (shape.guard === 'source') ? 'file.path' : 'file.other_path');
    }
    case 'net':
      return name === 'res' ? { is: 'at least', value: 0n } : LACKING;
    case 'syscall':
      if (name === 'res') return resultOf(shape);
      return shape.events === null ? NOTHING : argumentOfCall(name, shape.events[0]);
    case 'none':
      return shape.kind === 'exec' ? (OF_EXEC[name] ?? NOTHING) : NOTHING;
  }
}

/** @returns the argument as a number where `evt.arg` has a name for it */
export function rawArgumentOf(name: string, shape: Shape): Target {
  const target = argumentOf(name, shape);
  return target.is === 'user' ? integer(target.operand) : target;
}

/** What a call returns, which is at least zero: the copy of a descriptor is where it was asked for. */
export function resultOf({ object, events }: Shape): Target {
  const call = object === 'syscall' ? events?.[0] : undefined;
  if (call === 'dup2' || call === 'dup3') return integer('syscall.arg1');
  return { is: 'at least', value: 0n, ...(call !== undefined && { recorded: 'syscall.ret' }) };
}

function argumentOfCall(name: string, call: string): Target {
  const known = CALLS[call];
  if (known === undefined) return LACKING;
  const n = known.split(' ').indexOf(name);
  if (n === -1) return NOTHING;
  if (STRING_ARGUMENTS[call]?.includes(n)) return text(`syscall.sarg${n}`);
  const operand = `syscall.arg${n}`;
  if (USERS.includes(`${call}.${name}`)) return { is: 'user', operand };
  const bits = BITS[`${call}.${name}`] ?? BITS[name];
  if (bits !== undefined) return { is: 'bits', operand, names: bits };
  const names = ENUMERATIONS[`${call}.${name}`] ?? ENUMERATIONS[name];
  return names === undefined ? integer(operand) : { is: 'enumeration', operand, names };
}
