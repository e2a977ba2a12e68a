/** How each kind is decided for a launched workload, and the fields that its questions carry. Data only. */
import { KINDS } from '../../vm/spec/index.ts';
import { SENSOR_KINDS, sensorFields } from '../sensors/index.ts';

/**
 * `inline`: the kernel refuses on its own copy of the arguments, or Lictor performs the operation on its copy. `synchronous`: the operation waits for the answer.
 * `after the fact`: seen when it has taken effect; it cannot be refused, but its process killed.
 */
export type Timing = 'inline' | 'synchronous' | 'after the fact' | 'impossible';

export interface Caveat {
  readonly text: string;
  /** It concerns only rules that read one of these fields; absent: every rule that refuses. */
  readonly fields?: readonly string[];
}

export interface KindMechanism {
  readonly kind: string;
  readonly timing: Timing;
  /** In words: `fanotify`, `seccomp and cgroup BPF`, `eBPF sensor`. */
  readonly mechanism: string;
  /** Names of probes without which it does not work. */
  readonly probes: readonly string[];
  /** It fails operations with EPERM, whatever a rule asks for. */
  readonly onlyEperm: boolean;
  /** Names of the fields of the object that are filled, or derived from those. */
  readonly fields: readonly string[];
  /** What is not covered. */
  readonly caveats: readonly Caveat[];
}

const OBJECT = 'path invoked dir name ext type mode owner_uid dev ino upper_layer'
  .split(' ')
  .map((name) => `file.${name}`);
const MADE = 'path invoked dir name ext type flags mode owner_uid link_target new_mode upper_layer'
  .split(' ')
  .map((name) => `file.${name}`);
const CHANGED = [...OBJECT, ...'attribute new_mode new_owner_uid'.split(' ').map((name) => `file.${name}`)];
const PAIR = [...OBJECT, 'file.other_path', 'file.side'];
const FILE = [...OBJECT, 'file.flags'];
const REMOTE = 'remote_ip remote_port protocol family private path'.split(' ').map((name) => `net.${name}`);
const LOCAL = 'local_ip local_port protocol family path'.split(' ').map((name) => `net.${name}`);
const CALL = 'name nr fd_type arg0 arg1 arg2 arg3 arg4 arg5 sarg0 sarg1 sarg2 sarg3 sarg4 sarg5'
  .split(' ')
  .map((name) => `syscall.${name}`);
const DERIVED: Readonly<Record<string, readonly string[]>> = {
  'file.path': ['file.dir', 'file.name', 'file.ext'],
  'net.remote_ip': ['net.private', 'net.family'],
  'net.local_ip': ['net.family'],
};

const OPENS = {
  timing: 'synchronous',
  mechanism: 'fanotify',
  probes: ['privileges', 'launcher', 'cgroup', 'fanotify', 'seccomp', 'sensors'],
  onlyEperm: true,
} as const;
/** The workload itself cannot: Lictor performs the call on what was decided. */
const PERFORMED = {
  timing: 'synchronous',
  mechanism: 'seccomp, performer',
  probes: ['privileges', 'launcher', 'cgroup', 'seccomp', 'landlock', 'sensors'],
  onlyEperm: false,
} as const;
const SOCKETS = {
  timing: 'inline',
  mechanism: 'seccomp and cgroup BPF',
  probes: ['privileges', 'launcher', 'cgroup', 'seccomp', 'sensors', 'gate'],
  onlyEperm: false,
} as const;
/** Decided on registers or a duplicate of the descriptor. */
const NOTIFIED = {
  timing: 'inline',
  mechanism: 'seccomp',
  probes: ['privileges', 'launcher', 'cgroup', 'seccomp', 'sensors'],
  onlyEperm: false,
} as const;
const UNASKED: Caveat = {
  text: 'files of /proc, devices, FIFOs and files in memory raise no permission event: opening them is decided after the fact',
};
const OPENED: Caveat = { text: 'ftruncate and fallocate change what was opened for writing, and was decided then' };
const ARGUMENTS: Caveat = {
  text: 'a program whose arguments another thread exchanged after the verdict is killed before its first instruction; so is one of binfmt_misc',
  fields: ['proc.args', 'proc.cmdline'],
};
const ENVIRONMENT: Caveat = {
  text: 'a program whose environment another thread exchanged after the verdict is killed before its first instruction',
  fields: ['proc.env'],
};
const STREAMS: Caveat = {
  text: 'a program whose standard streams another thread exchanged after the verdict is killed before its first instruction',
  fields: ['proc.stdin_type', 'proc.stdout_type', 'proc.stderr_type'],
};
const LOADED: Caveat = {
  text: 'a program that an interpreter, or a copy of the loader, gets as an argument is seen as a read',
};
const UNIX_BIND: Caveat = {
  text: 'the path of a unix socket that is bound is decided on a copy that another thread can change; an abstract name is not',
  fields: ['net.path'],
};
const UNIX_LISTEN: Caveat = {
  text: 'a unix socket that listens is known by its descriptor, which another thread can exchange',
  fields: ['net.path'],
};
const UNIX_PATH: Caveat = {
  text: 'a symlink or folder in the path of a unix socket can be exchanged after the verdict',
  fields: ['net.path'],
};
const IMPLICIT: Caveat = {
  text: 'the port that the kernel chooses for a socket that was never bound is no `net.bind`',
};
const REFUSED: Caveat = {
  text: 'a query that is refused is answered with REFUSED, over TCP by a reset, whatever errno the rule asks for',
};
const OTHER_WAYS: Caveat = {
  text: 'names that are asked for in secret (TLS, HTTPS, QUIC), at another port than 53, or by a helper outside are no `net.dns`',
};
const PASSED: Caveat = { text: 'connected sockets that were passed in, or received over a unix socket, ask nobody' };

const POINTED: Caveat = {
  text: 'strings behind pointers are read before the kernel reads them: another thread can exchange them',
  fields: [0, 1, 2, 3, 4, 5].map((n) => `syscall.sarg${n}`),
};
const REFERRED: Caveat = {
  text: 'what a descriptor refers to is seen before the call looks it up: another thread can exchange it',
  fields: ['syscall.fd_type'],
};
const ENDLESS: Caveat = { text: 'exit, exit_group and rt_sigreturn are never refused; kill, stop and isolate act' };

const BY_KIND: Readonly<Record<string, Omit<KindMechanism, 'kind'>>> = {
  exec: {
    ...OPENS,
    fields: ['proc.caller_path', 'proc.caller_name'],
    caveats: [ARGUMENTS, ENVIRONMENT, STREAMS, LOADED],
  },
  'file.read': { ...OPENS, fields: FILE, caveats: [UNASKED] },
  'file.write': { ...OPENS, probes: [...OPENS.probes, 'landlock'], fields: FILE, caveats: [UNASKED, OPENED] },
  'file.create': { ...PERFORMED, fields: MADE, caveats: [] },
  'file.delete': { ...PERFORMED, fields: OBJECT, caveats: [] },
  'file.rename': { ...PERFORMED, fields: PAIR, caveats: [] },
  'file.link': { ...PERFORMED, fields: PAIR, caveats: [] },
  'file.attr': { ...PERFORMED, fields: CHANGED, caveats: [] },
  'net.connect': { ...SOCKETS, fields: REMOTE, caveats: [UNIX_PATH, PASSED] },
  'net.send': { ...SOCKETS, fields: REMOTE, caveats: [UNIX_PATH, PASSED] },
  'net.bind': { ...SOCKETS, fields: LOCAL, caveats: [UNIX_BIND, IMPLICIT] },
  'net.listen': { ...NOTIFIED, fields: LOCAL, caveats: [UNIX_LISTEN] },
  'net.accept': { ...NOTIFIED, fields: [...new Set([...LOCAL, ...REMOTE])], caveats: [] },
  'net.dns': {
    timing: 'inline',
    mechanism: 'cgroup BPF',
    probes: [...NOTIFIED.probes, 'sensor net.dns', 'raw sockets'],
    onlyEperm: false,
    fields: [...new Set([...LOCAL, ...REMOTE, 'net.domain', 'net.query_type'])].filter((name) => name !== 'net.path'),
    caveats: [REFUSED, OTHER_WAYS],
  },
  syscall: { ...NOTIFIED, fields: CALL, caveats: [POINTED, REFERRED, ENDLESS] },
};

const withDerived = (fields: readonly string[]): readonly string[] => [
  ...new Set(fields.flatMap((field) => [field, ...(DERIVED[field] ?? [])])),
];

const mechanismOf = (kind: string): KindMechanism => {
  const known = BY_KIND[kind];
  if (known) return { kind, ...known, fields: ['proc.age', ...known.fields] };
  const sensor = SENSOR_KINDS.includes(kind);
  return {
    kind,
    timing: sensor ? 'after the fact' : 'impossible',
    mechanism: sensor ? 'eBPF sensor' : 'none',
    probes: sensor ? ['privileges', 'launcher', 'cgroup', 'seccomp', 'sensors', `sensor ${kind}`] : [],
    onlyEperm: false,
    fields: withDerived(sensorFields(kind)),
    caveats: [],
  };
};

export const KIND_MECHANISMS: ReadonlyMap<string, KindMechanism> = new Map(
  KINDS.map(({ name }) => [name, mechanismOf(name)]),
);

/** Fields of processes and workloads that nothing fills. */
export const UNFILLED: ReadonlySet<string> = new Set(['proc.service']);
