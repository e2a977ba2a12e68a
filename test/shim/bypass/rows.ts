/** Ways round a guard: what comes of each, as root and as another user. The test tries them, `docs/bypasses.md` shows them. */
import { KIND_MECHANISMS } from '../../../shim/doctor/mechanisms.ts';

export interface Bypass {
  /** Of `attempts.c`. */
  readonly attempt: string;
  readonly way: string;
  /** What comes of it: errnos, or `reached` where it is named and not prevented. */
  readonly root: readonly string[];
  readonly user: readonly string[];
  readonly how: string;
}

const DECIDED = 'decided: the object that the kernel resolved';
const FILTER = 'refused by the filter';

/** @param errnos of root, and of the other user where they differ; several where machines differ */
const row = (attempt: string, way: string, errnos: string, how: string): Bypass => {
  const [root, user = root] = errnos.split(' / ').map((one) => one.split('|'));
  return { attempt, way, root, user, how };
};

/** A kind that is decided before it takes effect refuses; one that is seen afterwards is named. */
const waits = (kind: string): boolean => KIND_MECHANISMS.get(kind)!.timing !== 'after the fact';
const renamed = (kind: string): readonly [errnos: string, how: string] =>
  waits(kind)
    ? ['EPERM', `decided: rules of kind \`${kind}\` are asked for both names`]
    : ['reached', `named: \`${kind}\` is seen after it took effect; rules about it can kill`];

export const BYPASSES: readonly Bypass[] = [
  row('plain_read', 'open for reading', 'EPERM', DECIDED),
  row('plain_write', 'open for writing', 'EPERM', DECIDED),
  row('plain_truncation', 'open with O_TRUNC', 'EPERM', DECIDED),
  row('truncation_by_path', 'truncate', 'EPERM', 'refused, or decided as `file.write`'),
  row('plain_exec', 'exec', 'EPERM', DECIDED),
  row('through_symlink', 'a symlink', 'EPERM', DECIDED),
  row('by_openat2', 'openat2', 'ENOSYS', FILTER),
  row('by_handle', 'open_by_handle_at', 'EPERM', FILTER),
  row('by_io_uring', 'io_uring', 'ENOSYS', FILTER),
  row('by_32_bit_call', '32-bit calls (int 0x80)', 'ENOSYS|signal 11', FILTER),
  row('by_x32_call', 'x32 calls', 'ENOSYS', FILTER),
  row('by_new_mount', 'a new mount', 'EPERM', FILTER),
  row('by_bind_mount', 'a bind mount', 'EPERM', FILTER),
  row('by_mount_descriptor', 'open_tree', 'EPERM', FILTER),
  row('by_new_file_system', 'fsopen', 'EPERM', FILTER),
  row('by_unshared_mounts', 'unshare of mounts', 'EPERM', FILTER),
  row('by_user_namespace', 'unshare of users', 'EPERM', FILTER),
  row('by_cloned_namespace', 'clone with a namespace', 'EPERM', FILTER),
  row('by_clone3', 'clone3 with a namespace', 'ENOSYS', FILTER),
  row('by_setns', 'setns', 'EPERM', FILTER),
  row('by_chroot', 'chroot', 'EPERM', FILTER),
  row('by_pivot_root', 'pivot_root', 'EPERM', FILTER),
  row('by_own_root', '/proc/self/root', 'EPERM', DECIDED),
  row('by_other_folder', '/proc/PID/cwd', 'EPERM', DECIDED),
  row(
    'by_memory_file',
    '/proc/PID/mem of a process of the same user',
    'reached',
    'named: files of /proc raise no event; reached are only processes of the workload',
  ),
  row('by_ptrace', 'ptrace', 'EPERM', FILTER),
  row('by_foreign_write', 'process_vm_writev', 'EPERM', FILTER),
  row('by_foreign_descriptor', 'pidfd_getfd', 'EPERM', FILTER),
  row('by_executable_memory', 'a program in a memfd with MFD_EXEC', 'EACCES', FILTER),
  row('by_plain_memory', 'a program in a memfd', 'EACCES', '`vm.memfd_noexec` of its namespace'),
  row('by_deleted_program', 'a deleted executable', 'EPERM', DECIDED),
  row('by_loader', 'ld.so PROGRAM', 'EPERM', 'decided: what a loader opens is asked as `exec` too'),
  row('by_script', 'a script with the program as interpreter', 'EPERM', DECIDED),
  row(
    'by_link_from_before',
    'a hard link from before',
    'reached',
    'named: rules are about the path under which a file is opened',
  ),
  row('by_new_link', 'a new hard link', ...renamed('file.link')),
  row('by_rename', 'a rename', ...renamed('file.rename')),
  row('by_open_descriptor', 'a descriptor that was left open', 'EBADF', 'closed before the start'),
  row(
    'by_passed_descriptor',
    'a descriptor passed over a socket from outside',
    'reached',
    'named: it is open already, and whoever passes it is outside; `net.connect` decides which sockets are reached',
  ),
  row('by_outside_helper', 'a helper behind a unix socket', 'EPERM', 'decided: `net.connect`, by its path'),
  row('by_packet_socket', 'AF_PACKET', 'EPERM', FILTER),
  row('by_raw_socket', 'a raw socket', 'EPERM', FILTER),
  row('by_vsock', 'AF_VSOCK', 'EPERM', FILTER),
  row('by_sctp', 'SCTP', 'EPROTONOSUPPORT', FILTER),
  row('by_routes', 'routes, address translation, tunnels', 'EPERM', 'CAP_NET_ADMIN is dropped'),
  row('by_setuid_program', 'a setuid program', 'EPERM', DECIDED),
  row('by_core_pattern', 'core_pattern', 'EROFS / EACCES|EROFS', '/proc/sys is read-only'),
  row('by_cgroup', 'cgroup.procs', 'EROFS / EACCES|EROFS', '/sys is read-only'),
  row('by_userfaultfd', 'userfaultfd', 'EPERM', FILTER),
  row('by_fanotify', 'fanotify by the workload itself', 'EPERM', FILTER),
  row('by_bpf', 'bpf', 'EPERM', FILTER),
  row('by_keyring', 'keyrings', 'EPERM', FILTER),
  row('by_key_request', 'request_key, which starts a helper', 'EPERM', FILTER),
  row('by_device_node', 'a device node of its own', 'EPERM', FILTER),
  row('by_raw_memory', '/dev/mem', 'EPERM|ENOENT|EACCES', 'CAP_SYS_RAWIO is dropped'),
  row('by_terminal', 'TIOCSTI', 'EPERM', FILTER),
  row('by_shared_memory', 'System V shared memory', 'reached', 'named: the IPC namespace is that of the host'),
];
