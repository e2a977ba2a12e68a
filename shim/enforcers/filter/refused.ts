/**
 * System calls that a guarded workload does not have, and why. `ENOSYS` where libraries then fall back to a call that is
 * guarded, `EPERM` where there is nothing to fall back to. Data only; `docs/limits.md` shows it.
 */
import type { Needs } from '../needs.ts';
import { always, refusal, whenAny, whenOneOf, type Check } from './checks.ts';
import { low, oneOf, test } from './graph.ts';

export interface Refused {
  /** Names, and what of each is refused. */
  readonly calls: readonly string[];
  readonly check: Check;
  /** What of them is refused, in words; empty: all. */
  readonly where: string;
  readonly errno: 'ENOSYS' | 'EPERM' | 'EACCES' | 'EPROTONOSUPPORT' | 'EOPNOTSUPP';
  readonly why: string;
  /** Refused only then; absent: always. */
  readonly when?: (needs: Needs) => boolean;
}

const ERRNO = { EPERM: 1, EACCES: 13, ENOSYS: 38, EPROTONOSUPPORT: 93, EOPNOTSUPP: 95 } as const;
export const ABSENT = refusal(ERRNO.ENOSYS);
const DENIED = refusal(ERRNO.EPERM);

/** CLONE_NEW* of linux/sched.h. clone has its exit signal where unshare has CLONE_NEWTIME. */
const NAMESPACES = 0x7e020000;
const TIME_NAMESPACE = 0x80;
const MFD_EXEC = 0x10;
const TIOCSTI = 0x5412;
const TIOCLINUX = 0x541c;
const USERFAULTFD_IOC_NEW = 0xaa00;
const PR_SET_MM = 35;
const S_IFMT = 0o170000;
const DEVICES = [0o020000, 0o060000];
/** BTRFS_IOC_SNAP_CREATE, …_V2, BCH_IOCTL_SUBVOLUME_CREATE: their number, whatever their direction and size. */
const SNAPSHOTS = [0x9401, 0x9417, 0xbc10];
const IOC_NUMBER = 0xffff;
const FS_IOC_ENABLE_VERITY = 0x40806685;
const FS_IOC_SET_ENCRYPTION_POLICY = 0x800c6613;
const UNIX = 1;
const NETLINK = 16;
/** AF_UNIX, AF_INET, AF_INET6, AF_ALG. */
const FAMILIES = [UNIX, 2, 10, 38];
/** Its sockets are for processes, not for the kernel. */
const NETLINK_USERSOCK = 2;
const INTERNET = [2, 10];
const SOCK_TYPE = 0xf;
const STREAM_AND_DATAGRAM = [1, 2];
/** The default of the type, TCP, UDP. UDP-Lite connects, and ping sockets send, past the gate. */
const TRANSPORTS = [0, 6, 17];

const absent = (calls: string, why: string): Refused => ({
  calls: calls.split(' '),
  check: always(ABSENT),
  where: '',
  errno: 'ENOSYS',
  why,
});

const denied = (calls: string, why: string, where = '', check: Check = always(DENIED)): Refused => ({
  calls: calls.split(' '),
  check,
  where,
  errno: 'EPERM',
  why,
});

/** Sockets whose addresses the gate compares, and those that have none: all others are refused. */
const unseenSockets: Check = (otherwise) => {
  const transport = low(2, oneOf(TRANSPORTS, otherwise, refusal(ERRNO.EPROTONOSUPPORT)));
  const type = low(1, oneOf(STREAM_AND_DATAGRAM, transport, DENIED), SOCK_TYPE);
  const netlink = low(2, test('equal', NETLINK_USERSOCK, DENIED, otherwise));
  return low(0, oneOf(INTERNET, type, test('equal', NETLINK, netlink, oneOf(FAMILIES, otherwise, DENIED))));
};
const foreignPairs: Check = (otherwise) => low(0, test('equal', UNIX, otherwise, DENIED));

/** Sockets are asked about. */
const asksSockets = (needs: Needs): boolean =>
  needs.connect || needs.bind || needs.send || needs.listen || needs.accept;
/** Opens are asked about. */
const asksOpens = (needs: Needs): boolean => needs.reads || needs.writes || needs.exec;

export const REFUSED: readonly Refused[] = [
  absent('io_uring_setup io_uring_enter io_uring_register', 'operations without a system call: no filter sees them'),
  absent('openat2 clone3', 'what they do stands in memory, which another thread can change; libraries fall back'),
  denied(
    'mount umount2 pivot_root chroot open_tree open_tree_attr move_mount fsopen fsconfig fsmount fspick mount_setattr',
    'a mount that is made later has no mark, and under another root paths mean something else',
  ),
  denied('setns', 'another namespace has other mounts, processes or networks'),
  denied('clone', 'a new namespace has mounts without marks', 'with a namespace', whenAny(0, NAMESPACES, DENIED)),
  denied(
    'unshare',
    'a new namespace has mounts without marks',
    'with a namespace',
    whenAny(0, NAMESPACES | TIME_NAMESPACE, DENIED),
  ),
  denied('open_by_handle_at', 'opens a file by its number, on any mount'),
  denied('userfaultfd', 'a page that a program provides could hold up whoever reads its arguments'),
  denied(
    'ioctl',
    'types into the terminal that Lictor was started from; userfaultfd by its device',
    '`TIOCSTI`, `TIOCLINUX`, `USERFAULTFD_IOC_NEW`',
    whenOneOf(1, [TIOCSTI, TIOCLINUX, USERFAULTFD_IOC_NEW], DENIED),
  ),
  {
    ...denied(
      'ioctl',
      'the same files under another path, without a call that changes the tree',
      'that makes a snapshot (btrfs, bcachefs)',
      whenOneOf(1, SNAPSHOTS, DENIED, IOC_NUMBER),
    ),
    when: asksOpens,
  },
  {
    ...denied(
      'ioctl',
      'changes a file for good that is open for reading',
      '`FS_IOC_ENABLE_VERITY`, `FS_IOC_SET_ENCRYPTION_POLICY`',
      whenOneOf(1, [FS_IOC_ENABLE_VERITY, FS_IOC_SET_ENCRYPTION_POLICY], DENIED),
    ),
    when: (needs) => needs.attr,
  },
  {
    calls: ['landlock_create_ruleset'],
    check: always(refusal(ERRNO.EOPNOTSUPP)),
    where: 'where changes of files are asked',
    errno: 'EOPNOTSUPP',
    why: 'Lictor would perform for a program what its own domain forbids it; programs go on as where Landlock is switched off',
    when: (needs) => needs.tree || needs.attr,
  },
  denied(
    'ptrace process_vm_readv process_vm_writev pidfd_getfd',
    'rules tell programs apart: one that takes another over would act under its name',
  ),
  denied('prctl', 'changes the program that a process is taken for', '`PR_SET_MM`', whenOneOf(0, [PR_SET_MM], DENIED)),
  {
    calls: ['memfd_create'],
    check: whenAny(1, MFD_EXEC, refusal(ERRNO.EACCES)),
    where: '`MFD_EXEC`',
    errno: 'EACCES',
    why: 'programs in anonymous memory raise no event; without the flag the memory is not executable (`vm.memfd_noexec`)',
  },
  denied(
    'mknod',
    'a device opened under another name escapes rules about its path',
    'of a device',
    whenOneOf(1, DEVICES, DENIED, S_IFMT),
  ),
  denied(
    'mknodat',
    'a device opened under another name escapes rules about its path',
    'of a device',
    whenOneOf(2, DEVICES, DENIED, S_IFMT),
  ),
  denied('fanotify_init', 'a group of its own would answer questions about its own files'),
  denied('bpf perf_event_open', 'programs and probes in the kernel'),
  denied('init_module finit_module delete_module kexec_load kexec_file_load reboot', 'another kernel'),
  denied('add_key request_key keyctl', 'keyrings are shared with the host, and a request starts a helper outside'),
  denied('acct swapon swapoff quotactl quotactl_fd uselib', 'settings of the whole machine'),
  {
    calls: ['socket'],
    check: unseenSockets,
    where: 'other than unix, netlink to the kernel, AF_ALG, and TCP and UDP over IPv4 and IPv6',
    errno: 'EPERM',
    why: 'packet, vsock and raw sockets and other transports: the gate does not see their addresses; EPROTONOSUPPORT for other transports (SCTP, DCCP, UDP-Lite, MPTCP, ping)',
    when: asksSockets,
  },
  {
    ...denied('socketpair', 'sockets of TIPC reach more than each other', 'other than unix', foreignPairs),
    when: asksSockets,
  },
];
