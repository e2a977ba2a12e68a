/** Privileges, cgroups and the system calls that the guard stands on. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { getSystemErrorName } from 'node:util';
import koffi from 'koffi';
import { lacking } from '../run/requirements.ts';
import { makeCgroup, removeCgroup } from '../workloads/cgroup.ts';
import type { Probe } from './report.ts';

const SYS = { socket: 41, fanotifyInit: 300, seccomp: 317, landlock: 444, pidfdOpen: 434, pidfdTake: 438 } as const;
/** Those that give a descriptor which is only looked at. */
const MADE: readonly number[] = [SYS.socket, SYS.fanotifyInit, SYS.pidfdTake];
/** FAN_CLASS_CONTENT | FAN_CLOEXEC | FAN_NONBLOCK | FAN_REPORT_TID */
const FANOTIFY_FLAGS = 0x4 | 0x1 | 0x2 | 0x100;
const SECCOMP_GET_ACTION_AVAIL = 2;
const SECCOMP_RET_USER_NOTIF = 0x7fc00000;
const LANDLOCK_CREATE_RULESET_VERSION = 1;
const AF_INET = 2;
const SOCK_RAW = 3;
const IPPROTO_RAW = 255;
/** The first with LANDLOCK_ACCESS_FS_REFER. */
const LANDLOCK_ABI = 2;

const errorText = (errno: number): string => {
  try {
    return getSystemErrorName(-errno);
  } catch {
    return `errno ${errno}`;
  }
};

/** @returns a function that makes a system call: its result, or the negative errno */
const systemCalls = (): ((number: number, ...args: readonly (number | Uint8Array)[]) => number) => {
  const libc = koffi.load('libc.so.6');
  const numbers = libc.func('long syscall(long number, long a, long b, long c, long d)');
  const pointer = libc.func('long syscall(long number, long a, long b, void *c, long d)');
  const close = libc.func('int close(int fd)');
  return (number, a = 0, b = 0, c = 0) => {
    const result: number = typeof c === 'number' ? numbers(number, a, b, c, 0) : pointer(number, a, b, c, 0);
    if (result < 0) return -koffi.errno();
    if (MADE.includes(number)) close(result);
    return result;
  };
};

const probe = (name: string, errno: number, works: string, help: string): Probe =>
  errno >= 0
    ? { name, works: true, detail: works, help: null }
    : { name, works: false, detail: `refused: ${errorText(-errno)}`, help };

const cgroupProbe = (): Probe => {
  const made = makeCgroup(`${process.pid}-doctor-${randomBytes(4).toString('hex')}`);
  if ('error' in made)
    return {
      name: 'cgroup',
      works: false,
      detail: made.error,
      help: 'mount cgroup2 (mount -t cgroup2 none /sys/fs/cgroup)',
    };
  const kills = existsSync(join(made.path, 'cgroup.kill'));
  removeCgroup(made.path);
  return kills
    ? { name: 'cgroup', works: true, detail: `own cgroup below ${join(made.path, '..')}`, help: null }
    : { name: 'cgroup', works: false, detail: 'no cgroup.kill', help: 'Linux 5.14 or newer' };
};

export const systemProbes = (): readonly Probe[] => {
  const lacks = lacking();
  const privileges: Probe = {
    name: 'privileges',
    works: lacks.length === 0,
    detail: lacks.length === 0 ? 'root, with the capabilities that are needed' : `lacking: ${lacks.join('; ')}`,
    help: lacks.length === 0 ? null : 'run as root; what needs no kernel works without',
  };
  if (process.platform !== 'linux') return [privileges];
  const call = systemCalls();
  const action = new Uint8Array(new Uint32Array([SECCOMP_RET_USER_NOTIF]).buffer);
  const pidfd = call(SYS.pidfdOpen, process.pid, 0);
  const taken = pidfd < 0 ? pidfd : call(SYS.pidfdTake, pidfd, 0, 0);
  const fanotify = call(SYS.fanotifyInit, FANOTIFY_FLAGS, 0);
  const seccomp = call(SYS.seccomp, SECCOMP_GET_ACTION_AVAIL, 0, action);
  const raw = call(SYS.socket, AF_INET, SOCK_RAW, IPPROTO_RAW);
  const landlock = call(SYS.landlock, 0, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (pidfd >= 0) koffi.load('libc.so.6').func('int close(int fd)')(pidfd);
  return [
    privileges,
    cgroupProbe(),
    probe(
      'fanotify',
      fanotify,
      'permission events with the asking thread',
      'root, and a kernel with CONFIG_FANOTIFY_ACCESS_PERMISSIONS',
    ),
    probe('seccomp', seccomp, 'user notification', 'Linux 5.0 or newer with CONFIG_SECCOMP_FILTER'),
    {
      name: 'landlock',
      works: landlock >= LANDLOCK_ABI,
      detail:
        landlock >= LANDLOCK_ABI
          ? `ABI ${landlock}: the workload itself cannot change the tree of files`
          : `refused: ${landlock < 0 ? errorText(-landlock) : `ABI ${landlock}`}`,
      help: landlock >= LANDLOCK_ABI ? null : 'Linux 5.19 or newer with CONFIG_SECURITY_LANDLOCK, and landlock in lsm=',
    },
    probe('raw sockets', raw, 'DNS queries that were decided are sent', 'CAP_NET_RAW'),
    probe('pidfd', taken, "taking another process's descriptor", 'Linux 5.6 or newer, and CAP_SYS_PTRACE'),
    {
      name: 'memfd',
      works: existsSync('/proc/sys/vm/memfd_noexec'),
      detail: existsSync('/proc/sys/vm/memfd_noexec')
        ? 'programs in anonymous memory are refused to a guarded workload'
        : 'programs in anonymous memory run unseen',
      help: existsSync('/proc/sys/vm/memfd_noexec') ? null : 'Linux 6.3 or newer',
    },
  ];
};
