/**
 * What hooks of the kernel are among our questions, and where their arguments lie in our events. Data only: a hook that is
 * not here is not watched.
 */

/** What an argument of a hook is, for one of our kinds. */
export type Meaning =
  | { readonly is: 'text'; readonly field: string; readonly ofMount?: true }
  /** The register of a system call, and whether it points to a text. */
  | { readonly is: 'register'; readonly n: number; readonly text: boolean }
  | { readonly is: 'number'; readonly field: string }
  /** A number of which only these bits are known: set, or not. */
  | { readonly is: 'bits'; readonly set: bigint; readonly clear: bigint }
  | { readonly is: 'capability' }
  | { readonly is: 'syscall' }
  /** A socket, and whether its peer is known; or a bare address, and whose it is. */
  | { readonly is: 'socket'; readonly peer: boolean; readonly own: boolean }
  | { readonly is: 'address'; readonly of: 'remote' | 'local' };

export interface Question {
  readonly kind: string;
  /** Where only some events of the kind are the hook's. */
  readonly when?: string;
  /** By index of the argument; a hole where our events do not have it. */
  readonly args: readonly (Meaning | undefined)[];
}

const text = (field: string): Meaning => ({ is: 'text', field });
const entry = (field: string): Meaning => ({ is: 'text', field, ofMount: true });
const NONE = undefined;
const FILE = text('file.path');
const ENTRY = entry('file.path');
const OTHER = entry('file.other_path');
const PROGRAM = text('proc.path');
const WRITTEN = text('file.invoked');
const CAPABILITY: Meaning = { is: 'capability' };
const PEER: Meaning = { is: 'socket', peer: true, own: true };
const OWN: Meaning = { is: 'socket', peer: false, own: true };
/** A socket whose addresses are not set yet. */
const FRESH: Meaning = { is: 'socket', peer: false, own: false };
const TO: Meaning = { is: 'address', of: 'remote' };
const OF: Meaning = { is: 'address', of: 'local' };

const on = (kinds: string, args: Question['args'], when?: string): readonly Question[] =>
  kinds.split(' ').map((kind) => (when === undefined ? { kind, args } : { kind, args, when }));

const exactly = (value: bigint): Meaning => ({ is: 'bits', set: value, clear: ~value });
const [MAY_WRITE, MAY_READ, PROT_EXEC] = [2n, 4n, 4n];

const OPENS = 'file.read file.write';
/** A file that is read or written: decided when it is opened for that. */
const access = (...before: Question['args']): readonly Question[] => [
  { kind: 'file.read', args: [...before, exactly(MAY_READ)] },
  { kind: 'file.write', args: [...before, exactly(MAY_WRITE)] },
];

const MODE = on('file.attr', [FILE, { is: 'number', field: 'file.new_mode' }], 'file.attribute = "mode"');
const OWNER = on('file.attr', [FILE, { is: 'number', field: 'file.new_owner_uid' }], 'file.attribute = "owner"');

const SOURCE = 'file.side = "source"';
const FOLDER = 'file.type has "folder"';
const TCP = 'net.protocol = "tcp"';
const UDP = 'net.protocol = "udp"';
const IPV4 = 'net.family = "ipv4"';
const IPV6 = 'net.family = "ipv6"';
const IP = 'net.family in ("ipv4", "ipv6")';
/** TCP, and what is built like it. */
const CONNECTED = `${IP} and net.protocol != "sctp"`;
const UNIX = 'net.family = "unix"';

const register = (n: number, text = false): Meaning => ({ is: 'register', n, text });

/** A system call, whose registers are its first arguments. */
const call = (name: string, args: number): readonly Question[] =>
  from(
    name,
    Array.from({ length: args }, (_, n) => register(n)),
  );

/** A function that a system call leads to, and that has other arguments. */
const from = (name: string, args: Question['args'] = [], when = ''): readonly Question[] =>
  on('syscall', args, `syscall.name = "${name}"${when}`);

/** A command of `bpf`. */
const bpf = (command: number): readonly Question[] => from('bpf', [], ` and syscall.arg0 & 0xffffffff = ${command}`);

/** What the kernel reads of a module or of a kernel to boot, as its `enum kernel_read_file_id` numbers it. */
const [MODULE, KEXEC_IMAGE] = [2n, 3n];
/** Packets go where a connection was made to, or where they are sent. */
const packets = (family: string): readonly Question[] => on('net.connect net.send', [NONE, PEER, PEER], family);

/** By name of the function; hooks of the security modules have theirs with `security_` in front. */
export const FUNCTIONS: Readonly<Record<string, readonly Question[]>> = {
  // Programs
  security_bprm_check: on('exec', [PROGRAM]),
  security_bprm_creds_for_exec: on('exec', [PROGRAM]),
  security_bprm_creds_from_file: on('exec', [PROGRAM, PROGRAM]),
  security_bprm_committing_creds: on('exec', [PROGRAM]),
  security_bprm_committed_creds: on('exec', [PROGRAM]),
  begin_new_exec: on('exec', [PROGRAM]),
  do_exit: on('proc.exit', []),
  do_group_exit: on('proc.exit', []),
  wake_up_new_task: on('proc.fork', []),

  // Files
  security_file_open: on(OPENS, [FILE]),
  security_file_post_open: access(FILE),
  security_file_permission: access(FILE),
  security_file_truncate: on('file.write', [FILE]),
  security_path_truncate: on('file.write', [FILE]),
  security_mmap_file: on('file.map_exec', [FILE, { is: 'bits', set: PROT_EXEC, clear: 0n }]),
  vfs_open: on(OPENS, [FILE, FILE]),
  vfs_read: on('file.read', [FILE]),
  vfs_write: on('file.write', [FILE]),
  fd_install: on(OPENS, [NONE, FILE], 'exists(file.path)'),
  do_filp_open: on(OPENS, [NONE, WRITTEN]),
  do_sys_openat2: on(OPENS, [NONE, WRITTEN]),
  security_inode_create: on('file.create', [NONE, ENTRY], 'not file.type hasany ("folder", "symlink")'),
  security_inode_mkdir: on('file.create', [NONE, ENTRY], FOLDER),
  security_path_mkdir: on('file.create', [NONE, ENTRY], FOLDER),
  security_inode_symlink: on('file.create', [NONE, ENTRY, text('file.link_target')], 'file.type has "symlink"'),
  security_path_symlink: on('file.create', [NONE, ENTRY, text('file.link_target')], 'file.type has "symlink"'),
  security_inode_mknod: on('file.create', [NONE, ENTRY], 'file.type hasany ("device", "pipe", "socket")'),
  security_inode_unlink: on('file.delete', [NONE, ENTRY], `not ${FOLDER}`),
  security_path_unlink: on('file.delete', [NONE, ENTRY], `not ${FOLDER}`),
  security_inode_rmdir: on('file.delete', [NONE, ENTRY], FOLDER),
  security_path_rmdir: on('file.delete', [NONE, ENTRY], FOLDER),
  security_inode_rename: on('file.rename', [NONE, ENTRY, NONE, OTHER], SOURCE),
  security_path_rename: on('file.rename', [NONE, ENTRY, NONE, OTHER], SOURCE),
  security_inode_link: on('file.link', [ENTRY, NONE, OTHER], SOURCE),
  security_path_link: on('file.link', [ENTRY, NONE, OTHER], SOURCE),
  security_path_chmod: MODE,
  security_path_chown: OWNER,
  chmod_common: MODE,
  chown_common: OWNER,
  security_inode_setattr: on('file.attr', [ENTRY, ENTRY], 'file.attribute in ("mode", "owner", "times")'),
  security_inode_setxattr: on('file.attr', [NONE, ENTRY], 'file.attribute = "xattr"'),
  security_inode_removexattr: on('file.attr', [NONE, ENTRY], 'file.attribute = "xattr"'),

  // Sockets
  security_socket_connect: on('net.connect', [FRESH, TO]),
  security_socket_bind: on('net.bind', [FRESH, OF]),
  security_socket_listen: on('net.listen', [OWN]),
  security_socket_accept: on('net.accept', [OWN]),
  tcp_connect: on('net.connect', [PEER], TCP),
  tcp_v4_connect: on('net.connect', [FRESH, TO], `${TCP} and ${IPV4}`),
  tcp_v6_connect: on('net.connect', [FRESH, TO], `${TCP} and ${IPV6}`),
  inet_stream_connect: on('net.connect', [FRESH, TO], `${TCP} and ${IP}`),
  unix_stream_connect: on('net.connect', [FRESH, TO], UNIX),
  ip4_datagram_connect: on('net.connect', [FRESH, TO], `${UDP} and ${IPV4}`),
  ip6_datagram_connect: on('net.connect', [FRESH, TO], `${UDP} and ${IPV6}`),
  ip_output: packets(IPV4),
  ip6_output: packets(IPV6),
  udp_sendmsg: on('net.send', [PEER], `${UDP} and ${IPV4}`),
  udpv6_sendmsg: on('net.send', [PEER], `${UDP} and ${IPV6}`),
  inet_bind: on('net.bind', [FRESH, OF], IPV4),
  inet6_bind: on('net.bind', [FRESH, OF], IPV6),
  inet_listen: on('net.listen', [OWN], IP),
  inet_csk_listen_start: on('net.listen', [OWN], CONNECTED),
  inet_csk_accept: on('net.accept', [OWN], CONNECTED),

  // Capabilities
  capable: on('cap', [CAPABILITY]),
  ns_capable: on('cap', [NONE, CAPABILITY]),
  cap_capable: on('cap', [NONE, NONE, CAPABILITY]),
  security_capable: on('cap', [NONE, NONE, CAPABILITY]),

  // System calls by what implements them
  __sys_setuid: call('setuid', 1),
  __sys_setgid: call('setgid', 1),
  __sys_setreuid: call('setreuid', 2),
  __sys_setregid: call('setregid', 2),
  __sys_setresuid: call('setresuid', 3),
  __sys_setresgid: call('setresgid', 3),
  __sys_setfsuid: call('setfsuid', 1),
  __sys_setfsgid: call('setfsgid', 1),
  security_bpf: call('bpf', 1),
  security_bpf_map_alloc: bpf(0),
  security_bpf_map_create: bpf(0),
  bpf_check: bpf(5),
  security_perf_event_open: from('perf_event_open'),
  security_perf_event_alloc: from('perf_event_open'),
  security_capset: from('capset'),
  security_sb_mount: from('mount', [register(0, true), NONE, register(2, true), register(3)]),
  security_sb_umount: from('umount2', [NONE, register(1)]),
  security_sb_pivotroot: from('pivot_root'),
  security_kernel_read_file: [
    ...from('finit_module', [NONE, exactly(MODULE)]),
    ...from('kexec_file_load', [NONE, exactly(KEXEC_IMAGE)]),
  ],
  security_kernel_load_data: [...from('init_module', [exactly(MODULE)]), ...from('kexec_load', [exactly(KEXEC_IMAGE)])],
  do_init_module: on('syscall', [], 'syscall.name in ("init_module", "finit_module")'),
  free_module: from('delete_module'),
};

const XATTR = [
  'extended attributes that are set and that are removed are not told apart',
  'both are asked about',
] as const;

/** Hooks that are a little more or less than the question that they become, and how. */
export const NOTES: Readonly<Record<string, readonly [message: string, help: string]>> = {
  security_mmap_file: ['only mappings that can be executed are asked about', 'others are decided at the open'],
  ip_output: ['packets are decided where they are sent to', 'answers to accepted connections are not asked about'],
  ip6_output: ['packets are decided where they are sent to', 'answers to accepted connections are not asked about'],
  security_kernel_read_file: ['only modules and kernels are asked about', 'firmware that the kernel reads is not'],
  security_kernel_load_data: ['only modules and kernels are asked about', 'firmware that the kernel reads is not'],
  security_inode_setattr: ['mode, owner and times are asked about', 'a change of the size is a `file.write`'],
  security_inode_setxattr: XATTR,
  security_inode_removexattr: XATTR,
  do_init_module: ['modules are asked about before they are loaded', 'one that turns out to be broken counts as well'],
  free_module: ['modules are asked about before they are unloaded', 'one that is in use counts as well'],
};

const PID: Meaning = { is: 'number', field: 'proc.pid' };

/** Tracepoints but those of system calls, by `subsystem/event`. Fields 0 to 3 of each are common to all. */
export const TRACEPOINTS: Readonly<Record<string, readonly Question[]>> = {
  'sched/sched_process_exec': on('exec', [NONE, NONE, NONE, NONE, text('proc.invoked'), PID]),
  'sched/sched_process_fork': on('proc.fork', []),
  'sched/sched_process_exit': on('proc.exit', []),
};
/** The same, attached `raw`: arguments are those of the tracepoint's prototype. */
export const RAW_TRACEPOINTS: Readonly<Record<string, readonly Question[]>> = {
  'sched/sched_process_exec': on('exec', [NONE, NONE, PROGRAM]),
  'sched/sched_process_fork': on('proc.fork', []),
  'sched/sched_process_exit': on('proc.exit', []),
};

/** For hooks that are not watched: what is, nearest to what they are used for. The first that fits. */
export const NEAREST: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/^(sk_alloc|_*sk_free|inet_sock|sock_)/, '`security_socket_connect`, `security_socket_accept`'],
  [/^(tcp_set_state|tcp_create_openreq_child|tcp_v[46]_syn_recv)/, '`inet_csk_accept`, `security_socket_accept`'],
  [/^(tcp_sendmsg|tcp_|inet_|security_socket_)/, '`tcp_connect`, `inet_csk_listen_start`, `security_socket_bind`'],
  [/^(ip6?_|udp|sk_filter|__cgroup_bpf|dev_|net_|kfree_skb|consume_skb)/, '`tcp_connect`, `udp_sendmsg`'],
  [/(commit|override|revert|prepare)_creds/, 'the system calls that change them: `sys_setuid`, `sys_setresuid`, …'],
  [/(create_user_ns|userns_create)/, '`sys_unshare`, `sys_clone`, `sys_clone3`'],
  [/module/, '`security_kernel_read_file`, `security_kernel_load_data`, `free_module`'],
  [/bpf|perf_event/, '`security_bpf`, `security_perf_event_open`'],
  [/ptrace/, '`sys_ptrace`'],
  [/(mount|sb_|pivot)/, '`sys_mount`, `sys_move_mount`, `sys_pivot_root`'],
  [/(setattr|setxattr|removexattr|chmod|chown)/, '`security_path_chmod`, `security_path_chown`'],
  [/(inode_|path_|dentry|file_|vfs_|tty_)/, '`security_file_open`, `security_path_unlink`, `security_path_rename`'],
  [/(task_kill|signal)/, '`sys_kill`, `sys_tkill`, `sys_tgkill`'],
  [/(exec|bprm)/, '`security_bprm_check`'],
];
