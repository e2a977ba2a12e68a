/** System calls that wait for Lictor's answer, by what a bundle needs; each only where its registers say that it may matter. */
import type { Needs } from '../needs.ts';
import { always, NOTIFY, refusal, whenAny, whenGiven, whenOneOf, type Check } from './checks.ts';

/** Names of system calls, and which calls of them. */
type Group = readonly (readonly [names: string, check: Check])[];

const EPERM = 1;
const O_CREAT = 0o100;
/** O_TMPFILE without the O_DIRECTORY that belongs to it. */
const TMPFILE = 0o20000000;
const MSG_FASTOPEN = 0x20000000;
const FS_IOC_SETFLAGS = 0x40086602;
const FS_IOC_FSSETXATTR = 0x401c5820;

/** The start of every exec: it is where a process's facts become those of another program. */
const EXEC: Group = [['execve execveat', always(NOTIFY)]];
const CONNECT: Group = [
  ['connect', always(NOTIFY)],
  // TCP fast open connects with its first data
  ['sendto sendmmsg', whenAny(3, MSG_FASTOPEN, NOTIFY)],
  ['sendmsg', whenAny(2, MSG_FASTOPEN, NOTIFY)],
];
/** Where a socket gets the server that its queries go to. */
const RESOLVERS: Group = [['connect', always(NOTIFY)]];
const BIND: Group = [['bind', always(NOTIFY)]];
const SEND: Group = [
  ['sendto', whenGiven(4, NOTIFY)],
  // their addresses stand in memory
  ['sendmsg sendmmsg', always(NOTIFY)],
];
const LISTEN: Group = [['listen', always(NOTIFY)]];
const ACCEPT: Group = [['accept accept4', always(NOTIFY)]];
const TREE: Group = [
  ['open', whenAny(1, O_CREAT | TMPFILE, NOTIFY)],
  ['openat', whenAny(2, O_CREAT | TMPFILE, NOTIFY)],
  [
    // bind makes the file of a unix socket
    'creat mkdir mkdirat mknod mknodat symlink symlinkat unlink unlinkat rmdir rename renameat renameat2 link linkat truncate bind',
    always(NOTIFY),
  ],
];
const RENAMES: Group = [['rename renameat renameat2', always(NOTIFY)]];
const ATTR: Group = [
  ['chmod fchmod fchmodat fchmodat2 chown lchown fchown fchownat utime utimes futimesat utimensat', always(NOTIFY)],
  ['setxattr lsetxattr fsetxattr setxattrat removexattr lremovexattr fremovexattr removexattrat', always(NOTIFY)],
  ['file_setattr', always(NOTIFY)],
  ['ioctl', whenOneOf(1, [FS_IOC_SETFLAGS, FS_IOC_FSSETXATTR], NOTIFY)],
];
/** It opens nothing, so no permission event decides it. */
const NO_TRUNCATE: Group = [['truncate', always(refusal(EPERM))]];

/** @returns the groups that a bundle needs, in the order in which their checks stand */
export const notified = (needs: Needs): readonly Group[] => [
  EXEC,
  ...(needs.connect ? [CONNECT] : needs.queries ? [RESOLVERS] : []),
  ...(needs.bind ? [BIND] : []),
  ...(needs.send ? [SEND] : []),
  ...(needs.listen ? [LISTEN] : []),
  ...(needs.accept ? [ACCEPT] : []),
  ...(needs.tree ? [TREE] : []),
  ...(needs.renames ? [RENAMES] : []),
  ...(needs.attr ? [ATTR] : []),
  ...(needs.writes && !needs.tree ? [NO_TRUNCATE] : []),
];
