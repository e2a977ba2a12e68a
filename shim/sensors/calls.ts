/**
 * How the system calls of x86-64 name the file that they are about: data for shim/bpf/file.bpf.c, which has one way of
 * reading for each shape. Calls that are not here change no file, or cannot be read:
 * io_uring does all of these past every system call, and is refused where it matters.
 */
import { KINDS } from '../../vm/spec/kinds.ts';
import { FIELDS } from '../../vm/spec/fields.ts';
import { ANY_TYPE, CALL_SHAPES, encodeStruct, FOLLOW, MODE_TYPE, NO_ARGUMENT } from './layout.ts';

type Shape = (typeof CALL_SHAPES)[number];
type Attribute = 'mode' | 'owner' | 'times' | 'xattr' | 'flags';

interface Call {
  readonly nr: number;
  /** Kinds that the call can ask. */
  readonly kinds: readonly string[];
  readonly shape: Shape;
  readonly folder?: number;
  readonly path: number;
  readonly folder2?: number;
  readonly path2?: number;
  readonly flags?: number;
  readonly type?: number;
  /** Of `file.attr`. */
  readonly attribute?: Attribute;
  /** Numbers of the arguments with the mode, and with the owner, that are asked for. */
  readonly newMode?: number;
  readonly newOwner?: number;
  readonly follow?: (typeof FOLLOW)[number];
  readonly followBits?: number;
  readonly test?: number;
  readonly value?: number;
  readonly value2?: number;
}

const NOFOLLOW = 0x100;
const FOLLOW_BIT = 0x400;
const PROT_EXEC = 4;
const FS_IOC_SETFLAGS = 0x40086602;
const FS_IOC_FSSETXATTR = 0x401c5820;

const TYPES = FIELDS.find((field) => field.name === 'file.type')!.values!;
const [FOLDER, SYMLINK] = [TYPES.indexOf('folder'), TYPES.indexOf('symlink')];

const OPENS: readonly Shape[] = ['open', 'creat', 'openat2'];

const opens = (nr: number, shape: Shape, path: number, more: Partial<Call> = {}): Call => ({
  nr,
  kinds: ['file.read', 'file.write', 'file.create'],
  shape,
  path,
  ...more,
});
const call = (kind: string, nr: number, shape: Shape, path: number, more: Partial<Call> = {}): Call => ({
  nr,
  kinds: [kind],
  shape,
  path,
  ...more,
});
/** Changes an attribute of what a path names. */
const attr = (attribute: Attribute, nr: number, more: Partial<Call> = {}): Call =>
  call('file.attr', nr, 'path', 0, { attribute, follow: 'always', ...more });
/** Below a folder, with flags. */
const attrAt = (attribute: Attribute, nr: number, more: Partial<Call> = {}): Call =>
  attr(attribute, nr, { folder: 0, path: 1, follow: 'unless', followBits: NOFOLLOW, ...more });
/** Of what a descriptor stands for. */
const attrOf = (attribute: Attribute, nr: number, more: Partial<Call> = {}): Call =>
  attr(attribute, nr, { shape: 'descriptor', follow: 'never', ...more });

// prettier-ignore
const CALLS: readonly Call[] = [
  opens(2, 'open', 0, { flags: 1, newMode: 2 }), // open
  opens(85, 'creat', 0, { newMode: 1 }), // creat
  opens(257, 'open', 1, { flags: 2, newMode: 3 }), // openat
  opens(437, 'openat2', 1, { flags: 2 }), // openat2

  call('file.write', 76, 'path', 0, { follow: 'always' }), // truncate
  call('file.write', 77, 'descriptor', 0), // ftruncate
  call('file.write', 285, 'descriptor', 0), // fallocate

  call('file.create', 83, 'path', 0, { newMode: 1, type: FOLDER }), // mkdir
  call('file.create', 258, 'path', 1, { folder: 0, newMode: 2, type: FOLDER }), // mkdirat
  call('file.create', 133, 'path', 0, { flags: 1, newMode: 1, type: MODE_TYPE }), // mknod
  call('file.create', 259, 'path', 1, { folder: 0, flags: 2, newMode: 2, type: MODE_TYPE }), // mknodat
  call('file.create', 88, 'symlink', 1, { path2: 0, type: SYMLINK }), // symlink
  call('file.create', 266, 'symlink', 2, { folder: 1, path2: 0, type: SYMLINK }), // symlinkat
  call('file.create', 49, 'socket', 0), // bind of a unix socket

  call('file.delete', 87, 'path', 0), // unlink
  call('file.delete', 84, 'path', 0, { type: FOLDER }), // rmdir
  call('file.delete', 263, 'path', 1, { folder: 0 }), // unlinkat

  call('file.rename', 82, 'pair', 0, { path2: 1 }), // rename
  call('file.rename', 264, 'pair', 1, { folder: 0, folder2: 2, path2: 3 }), // renameat
  call('file.rename', 316, 'pair', 1, { folder: 0, folder2: 2, path2: 3 }), // renameat2
  call('file.link', 86, 'pair', 0, { path2: 1 }), // link
  call('file.link', 265, 'pair', 1, { folder: 0, folder2: 2, path2: 3, flags: 4, follow: 'when', followBits: FOLLOW_BIT }), // linkat

  attr('mode', 90, { newMode: 1 }), attrOf('mode', 91, { newMode: 1 }), // chmod fchmod
  attrAt('mode', 268, { follow: 'always', newMode: 2 }), attrAt('mode', 452, { flags: 3, newMode: 2 }), // fchmodat fchmodat2
  attr('owner', 92, { newOwner: 1 }), attrOf('owner', 93, { newOwner: 1 }), // chown fchown
  attr('owner', 94, { follow: 'never', newOwner: 1 }), attrAt('owner', 260, { flags: 4, newOwner: 2 }), // lchown fchownat
  attr('times', 132), attr('times', 235), // utime utimes
  attrAt('times', 261, { follow: 'always' }), attrAt('times', 280, { flags: 3 }), // futimesat utimensat
  attr('xattr', 188), attr('xattr', 197), // setxattr removexattr
  attr('xattr', 189, { follow: 'never' }), attr('xattr', 198, { follow: 'never' }), // lsetxattr lremovexattr
  attrOf('xattr', 190), attrOf('xattr', 199), // fsetxattr fremovexattr
  attrAt('xattr', 463, { flags: 2 }), attrAt('xattr', 466, { flags: 2 }), // setxattrat removexattrat
  attrAt('flags', 469, { flags: 4 }), // file_setattr
  attrOf('flags', 16, { flags: 1, test: 0xffffffff, value: FS_IOC_SETFLAGS, value2: FS_IOC_FSSETXATTR }), // ioctl

  call('file.map_exec', 9, 'descriptor', 4, { flags: 2, test: PROT_EXEC, value: PROT_EXEC, value2: PROT_EXEC }), // mmap
  call('file.map_exec', 10, 'mapping', 0, { flags: 2, test: PROT_EXEC, value: PROT_EXEC, value2: PROT_EXEC }), // mprotect
];

const kindId = (name: string): number => KINDS.find((kind) => kind.name === name)!.id;

/**
 * @param kinds names of the kinds that are wanted
 * @param opened those of them that are wanted of opens alone
 * @returns by system call number: a `call` for the map; only calls that can ask one of them
 */
export const watchedCalls = (kinds: readonly string[], opened: readonly string[]): ReadonlyMap<number, Uint8Array> =>
  new Map(
    CALLS.filter((of) =>
      of.kinds.some((kind) => kinds.includes(kind) && (OPENS.includes(of.shape) || !opened.includes(kind))),
    ).map((of) => [
      of.nr,
      encodeStruct('call', {
        kind: kindId(of.kinds[0]),
        shape: CALL_SHAPES.indexOf(of.shape),
        folder: of.folder ?? NO_ARGUMENT,
        path: of.path,
        folder2: of.folder2 ?? NO_ARGUMENT,
        path2: of.path2 ?? NO_ARGUMENT,
        flags: of.flags ?? NO_ARGUMENT,
        type: of.type ?? ANY_TYPE,
        follow: FOLLOW.indexOf(of.follow ?? 'never'),
        new_mode: of.newMode ?? NO_ARGUMENT,
        new_owner: of.newOwner ?? NO_ARGUMENT,
        attribute_length: of.attribute?.length ?? 0,
        attribute: Buffer.from(of.attribute ?? ''),
        follow_bits: of.followBits ?? 0,
        test: of.test ?? 0,
        value: of.value ?? 0,
        value2: of.value2 ?? 0,
      }),
    ]),
  );
