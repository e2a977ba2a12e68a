/** Fields of the expression language, their types and where they come from (contract, "An event record"). Data only. */

/** The number of a type, in generated tables, is its index. */
export const FIELD_TYPES = [
  'string',
  'address',
  'list', // list of strings
  'map', // string to string: labels
  // from here on numbers, which stand in a record's slot itself
  'int',
  'uint', // syscall arguments: 64 bit unsigned
  'bool',
  'flags', // closed set of names, a bit each
] as const;
export type FieldType = (typeof FIELD_TYPES)[number];

/** Those that are written as texts. */
export const TEXT_TYPES: readonly FieldType[] = FIELD_TYPES.slice(0, FIELD_TYPES.indexOf('int'));

export interface FieldSpec {
  readonly id: number;
  readonly name: string;
  readonly type: FieldType;
  /** Whose fact it is: of one event, of the process (subject) or of the workload. Inline values win over facts. */
  readonly of: 'event' | 'subject' | 'workload';
  /** Bytes at most of a string, or of a list's encoded elements. */
  readonly max: number;
  /** Only these kinds can carry it; absent: as its group says. */
  readonly kinds?: readonly string[];
  /** Closed list of flag names (bit = position), or the values that a string field is documented to take. */
  readonly values?: readonly string[];
  /** May be delivered incomplete; then named in `event.truncated`. */
  readonly cut?: boolean;
  /** What it is derived from when it is not given. */
  readonly derived?: string;
  readonly doc: string;
}

/** Effective capabilities in the kernel's bit order, lower case without `cap_`. */
export const CAPABILITIES: readonly string[] = (
  'chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable ' +
  'net_bind_service net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio sys_chroot sys_ptrace ' +
  'sys_pacct sys_admin sys_boot sys_nice sys_resource sys_time sys_tty_config mknod lease audit_write audit_control ' +
  'setfcap mac_override mac_admin syslog wake_alarm block_suspend audit_read perfmon bpf checkpoint_restore'
).split(' ');

const FILE_TYPES = 'regular folder symlink socket device pipe elf script secret'.split(' ');
const FILE_FLAGS = 'rdonly wronly rdwr creat excl trunc append tmpfile directory nofollow direct sync cloexec'.split(
  ' ',
);

/** What a descriptor refers to. */
const DESCRIPTOR_TYPES = 'file directory pipe terminal device ipv4 ipv6 unix socket anonymous'.split(' ');

const PATH = 4096;
const TEXT = 16384;
const NAME = 4096;

type Extra = Partial<Pick<FieldSpec, 'kinds' | 'values' | 'cut' | 'derived'>>;
const field = (
  id: number,
  name: string,
  type: FieldType,
  of: FieldSpec['of'],
  max: number,
  doc: string,
  extra: Extra = {},
): FieldSpec => ({ id, name, type, of, max, doc, ...extra });

/** Identifiers are part of the record format: append, never renumber. 0 is an empty slot. */
export const FIELDS: readonly FieldSpec[] = [
  field(1, 'proc.name', 'string', 'subject', NAME, 'file name of the program', { derived: 'proc.path' }),
  field(2, 'proc.path', 'string', 'subject', PATH, 'resolved path of the program'),
  field(3, 'proc.invoked', 'string', 'subject', PATH, 'the path as it was written'),
  field(4, 'proc.comm', 'string', 'subject', NAME, 'the name that the process gave itself'),
  field(5, 'proc.script', 'string', 'subject', PATH, 'the `#!` script that the program interprets'),
  field(6, 'proc.pname', 'string', 'subject', NAME, "file name of the parent's program", { derived: 'proc.ppath' }),
  field(7, 'proc.ppath', 'string', 'subject', PATH, "resolved path of the parent's program"),
  field(8, 'proc.caller_name', 'string', 'event', NAME, 'file name of the image that calls execve', {
    derived: 'proc.caller_path',
    kinds: ['exec'],
  }),
  field(9, 'proc.caller_path', 'string', 'event', PATH, 'path of the image that calls execve', { kinds: ['exec'] }),
  field(10, 'proc.cmdline', 'string', 'subject', TEXT, 'the arguments joined by one space', {
    derived: 'proc.args',
    cut: true,
  }),
  field(11, 'proc.pcmdline', 'string', 'subject', TEXT, "the parent's command line", { cut: true }),
  field(12, 'proc.cwd', 'string', 'subject', PATH, 'working directory'),
  field(13, 'proc.user', 'string', 'subject', NAME, 'user name'),
  field(14, 'proc.service', 'string', 'subject', NAME, 'system service that the process belongs to'),
  field(15, 'proc.args', 'list', 'subject', TEXT, 'arguments, the program name first', { cut: true }),
  field(16, 'proc.ancestors', 'list', 'subject', TEXT, 'paths of the ancestors, the parent first', { cut: true }),
  field(17, 'proc.pid', 'int', 'subject', 8, 'process id'),
  field(18, 'proc.ppid', 'int', 'subject', 8, 'process id of the parent'),
  field(19, 'proc.uid', 'int', 'subject', 8, 'real user id'),
  field(20, 'proc.euid', 'int', 'subject', 8, 'effective user id'),
  field(21, 'proc.gid', 'int', 'subject', 8, 'real group id'),
  field(22, 'proc.loginuid', 'int', 'subject', 8, 'login user id of the audit system'),
  field(23, 'proc.session', 'int', 'subject', 8, 'session id'),
  field(24, 'proc.interactive', 'bool', 'subject', 8, 'has a controlling terminal'),
  field(25, 'proc.memfd', 'bool', 'subject', 8, 'the program is an anonymous file in memory'),
  field(26, 'proc.upper_layer', 'bool', 'subject', 8, "the program lies in the container's writable layer"),
  field(27, 'proc.caps', 'flags', 'subject', 8, 'effective capabilities', { values: CAPABILITIES }),
  field(28, 'proc.permitted', 'flags', 'subject', 8, 'permitted capabilities: what it can make effective', {
    values: CAPABILITIES,
  }),
  field(
    29,
    'proc.vpid',
    'int',
    'subject',
    8,
    'process id in its own PID namespace: 1 is the first process of a container',
  ),
  field(77, 'proc.env', 'list', 'subject', TEXT, 'environment that the program was started with, `NAME=value`', {
    cut: true,
  }),
  field(78, 'proc.file_owner_uid', 'int', 'subject', 8, "owner of the program's file"),
  field(79, 'proc.file_mode', 'int', 'subject', 8, "permission bits of the program's file with setuid, setgid, sticky"),
  field(97, 'proc.group_leader', 'bool', 'subject', 8, 'leads its process group: a shell started it as a job'),
  field(98, 'proc.age', 'int', 'event', 8, 'nanoseconds since the process was made'),
  ...['stdin', 'stdout', 'stderr'].map((name, n) =>
    field(
      102 + n,
      `proc.${name}_type`,
      'string',
      'subject',
      NAME,
      `what descriptor ${n} refers to when the program starts`,
      {
        values: DESCRIPTOR_TYPES,
      },
    ),
  ),

  field(30, 'file.path', 'string', 'event', PATH, 'resolved path of the object'),
  field(31, 'file.other_path', 'string', 'event', PATH, 'the other side of a rename or link'),
  field(32, 'file.side', 'string', 'event', NAME, 'which side of a rename or link this question is about', {
    values: ['source', 'target'],
    kinds: ['file.rename', 'file.link'],
  }),
  field(33, 'file.invoked', 'string', 'event', PATH, 'the path as it was written'),
  field(34, 'file.dir', 'string', 'event', PATH, 'directory of the object', { derived: 'file.path' }),
  field(35, 'file.name', 'string', 'event', NAME, 'last component of the path', { derived: 'file.path' }),
  field(36, 'file.ext', 'string', 'event', NAME, 'extension without its dot', { derived: 'file.path' }),
  field(37, 'file.link_target', 'string', 'event', PATH, 'what a symbolic link points to'),
  field(38, 'file.type', 'flags', 'event', 8, 'type of the object', { values: FILE_TYPES }),
  field(39, 'file.flags', 'flags', 'event', 8, 'flags of the open', { values: FILE_FLAGS }),
  field(40, 'file.mode', 'int', 'event', 8, 'permission bits with setuid, setgid, sticky'),
  field(41, 'file.owner_uid', 'int', 'event', 8, 'owner of the object'),
  field(42, 'file.dev', 'int', 'event', 8, 'device number'),
  field(43, 'file.ino', 'int', 'event', 8, 'inode number'),
  field(44, 'file.md5', 'string', 'event', NAME, 'MD5 of the content, where the sensor can'),
  field(45, 'file.sha256', 'string', 'event', NAME, 'SHA-256 of the content, where the sensor can'),
  field(46, 'file.upper_layer', 'bool', 'event', 8, "the object lies in the container's writable layer"),
  field(47, 'file.attribute', 'string', 'event', NAME, 'which attribute is changed', {
    values: ['mode', 'owner', 'times', 'xattr', 'flags'],
    kinds: ['file.attr'],
  }),
  field(48, 'file.new_mode', 'int', 'event', 8, 'the permission bits that are asked for, before the umask', {
    kinds: ['file.attr', 'file.create'],
  }),
  field(49, 'file.new_owner_uid', 'int', 'event', 8, 'the owner that is asked for', { kinds: ['file.attr'] }),

  field(50, 'net.remote_ip', 'address', 'event', 16, 'address of the peer'),
  field(51, 'net.local_ip', 'address', 'event', 16, 'own address'),
  field(52, 'net.remote_port', 'int', 'event', 8, 'port of the peer'),
  field(53, 'net.local_port', 'int', 'event', 8, 'own port'),
  field(54, 'net.protocol', 'string', 'event', NAME, 'transport protocol', {
    values: ['tcp', 'udp', 'icmp', 'icmpv6', 'sctp', 'raw'],
  }),
  field(55, 'net.family', 'string', 'event', NAME, 'address family', {
    values: ['ipv4', 'ipv6', 'unix'],
    derived: 'net.remote_ip, else net.local_ip, else net.path',
  }),
  field(56, 'net.private', 'bool', 'event', 8, 'the peer is in a private range', { derived: 'net.remote_ip' }),
  field(57, 'net.domain', 'string', 'event', NAME, 'the name that a DNS query asks for'),
  field(58, 'net.path', 'string', 'event', PATH, 'path of a unix socket'),
  field(
    59,
    'net.query_type',
    'string',
    'event',
    NAME,
    'the type of record that a DNS query asks for: `A`, `TXT`, `TYPE65`',
    {
      kinds: ['net.dns'],
    },
  ),

  field(60, 'syscall.name', 'string', 'event', NAME, 'name of the system call'),
  field(61, 'syscall.nr', 'int', 'event', 8, 'number of the system call'),
  ...[0, 1, 2, 3, 4, 5].map((n) => field(62 + n, `syscall.arg${n}`, 'uint', 'event', 8, `argument ${n}`)),
  ...[0, 1, 2, 3, 4, 5].map((n) =>
    field(68 + n, `syscall.sarg${n}`, 'string', 'event', PATH, `argument ${n}, where it is a path or a name`),
  ),
  field(74, 'syscall.ret', 'int', 'event', 8, 'return value'),
  field(75, 'cap.name', 'string', 'event', NAME, 'the capability that is used', { values: CAPABILITIES }),
  field(76, 'syscall.fd_type', 'string', 'event', NAME, 'what argument 0 refers to, where it is a descriptor', {
    values: DESCRIPTOR_TYPES,
  }),

  field(80, 'container.id', 'string', 'workload', NAME, 'container id'),
  field(81, 'container.name', 'string', 'workload', NAME, 'container name'),
  field(82, 'container.image', 'string', 'workload', NAME, 'whole image reference with tag or digest'),
  field(83, 'container.image_tag', 'string', 'workload', NAME, 'tag of the image', { derived: 'container.image' }),
  field(84, 'container.privileged', 'bool', 'workload', 8, 'the container is privileged'),
  field(85, 'k8s.namespace', 'string', 'workload', NAME, 'namespace of the pod'),
  field(86, 'k8s.pod', 'string', 'workload', NAME, 'name of the pod'),
  field(87, 'k8s.node', 'string', 'workload', NAME, 'name of the node'),
  field(88, 'k8s.cluster', 'string', 'workload', NAME, 'name of the cluster'),
  field(89, 'k8s.labels', 'map', 'workload', TEXT, 'labels of the pod'),
  field(90, 'k8s.cluster_labels', 'map', 'workload', TEXT, 'labels of the cluster'),
  field(91, 'host.name', 'string', 'workload', NAME, 'host name'),
  field(92, 'host.labels', 'map', 'workload', TEXT, 'labels of the host'),
  field(93, 'host.class', 'string', 'workload', NAME, 'class of the workload', {
    values: ['host', 'container', 'kubernetes', 'serverless'],
    derived: 'k8s.pod, container.id',
  }),

  field(94, 'event.kind', 'string', 'event', NAME, 'the kind; written at the top of the JSON form as `kind`'),
  field(
    95,
    'event.time',
    'int',
    'event',
    8,
    'nanoseconds since 1970; at the top of the JSON form as `time` (RFC 3339)',
  ),
  field(96, 'event.truncated', 'list', 'event', TEXT, 'names of the fields that were cut'),
];

/** Other names for the same field. */
export const FIELD_ALIASES: Readonly<Record<string, string>> = {
  'net.outgoing_ip': 'net.remote_ip',
  'net.outgoing_port': 'net.remote_port',
  'net.private_subnet': 'net.private',
};
