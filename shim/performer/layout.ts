/** What the performer (C) and the guard (TypeScript) say to each other. Data only; `generated/operation.h` is made from it. */
import { member } from '../sensors/layout.ts';

/** Room for one path: a path, and ` (deleted)` behind it. */
export const PATH_ROOM = 4352;
/** `new_owner` of a chown that leaves the owner as it is. */
export const NO_OWNER = 0xffffffff;
/** Room for one path as it was written. */
export const TEXT_ROOM = 4096;

/** What a performed system call does, in the order of their numbers, from 1. */
export const OPERATIONS = [
  'open',
  'tmpfile',
  'mkdir',
  'mknod',
  'symlink',
  'delete',
  'rename',
  'link',
  'truncate',
  'chmod',
  'chown',
  'utimes',
  'setxattr',
  'removexattr',
  'flags',
  'bind',
] as const;
export type OperationName = (typeof OPERATIONS)[number];

/** A system call that waits to be decided; paths in the order of the call. */
export const OPERATION = [
  member('kind', 'u32', 'number of OPERATIONS'),
  member('tid', 'u32', 'thread that asks'),
  member('flags', 'u32', 'as the call has them'),
  member('mode', 'u32', 'as the call has it: the umask is not taken off'),
  member('exists', 'u32', 'not 0: the target of a rename is there'),
  member('owner', 'u32', 'user id with which files are made'),
  member('new_owner', 'u32', 'user id that a chown asks for, NO_OWNER: none'),
  member('umask', 'u32', "the caller's"),
  member('direct', 'u32', "not 0: performed by the guard's thread, as soon as it is decided"),
  member('path_length', 'u32', 'bytes of `path`', 2),
  member('invoked_length', 'u32', 'bytes of `invoked`', 2),
  member('link_length', 'u32', 'bytes of `link`'),
  member('upper_layer', 'u32', 'not 0: what each path names lies in the writable layer of an overlay', 2),
  member('status', 'u8', 'struct stat of what each path names', 2 * 144),
  member('path', 'u8', 'as the workload names it, symlinks followed', 2 * PATH_ROOM),
  member('invoked', 'u8', 'as it was written', 2 * TEXT_ROOM),
  member('link', 'u8', 'text of a symlink that is made', TEXT_ROOM),
];
