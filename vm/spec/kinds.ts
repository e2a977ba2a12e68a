/** Event kinds and the class names that stand for several of them (semantics, section 1). Data only. */

export interface KindSpec {
  readonly id: number;
  readonly name: string;
  /** Whether the operation can be refused at all; `proc.fork` and `proc.exit` cannot. */
  readonly deniable: boolean;
  /** The groups of object fields that an event of this kind can carry, beside `proc`, `container`, `k8s`, `host`, `event`. */
  readonly objects: readonly string[];
  readonly doc: string;
}

const kind = (id: number, name: string, objects: readonly string[], doc: string, deniable = true): KindSpec => ({
  id,
  name,
  deniable,
  objects,
  doc,
});

/** Identifiers are part of the record format: append, never renumber. 0 means "facts", not an event. */
export const KINDS: readonly KindSpec[] = [
  kind(1, 'exec', [], 'execve, execveat, fexecve; a `#!` script asks twice'),
  kind(2, 'file.read', ['file'], 'open for reading, opendir'),
  kind(3, 'file.write', ['file'], 'open for writing, O_TRUNC, truncate, fallocate'),
  kind(
    4,
    'file.create',
    ['file'],
    'O_CREAT of a missing file, O_TMPFILE, mkdir, mknod, symlink, bind of a unix socket',
  ),
  kind(5, 'file.delete', ['file'], 'unlink, rmdir; the existing target of a rename'),
  kind(6, 'file.rename', ['file'], 'rename, asked for the source and for the target'),
  kind(7, 'file.link', ['file'], 'link, asked for the source and for the target'),
  kind(8, 'file.attr', ['file'], 'chmod, chown, utimes, setxattr, removexattr, chattr'),
  kind(9, 'file.map_exec', ['file'], 'mmap or mprotect with PROT_EXEC of a file'),
  kind(10, 'net.connect', ['net'], 'connect (TCP, UDP, SCTP, unix)'),
  kind(11, 'net.send', ['net'], 'sendto, sendmsg, sendmmsg with an address'),
  kind(12, 'net.bind', ['net'], 'bind'),
  kind(13, 'net.listen', ['net'], 'listen'),
  kind(14, 'net.accept', ['net'], 'accept, accept4'),
  kind(15, 'net.dns', ['net'], 'DNS query on port 53, parsed'),
  kind(16, 'cap', ['cap'], 'use of a capability'),
  kind(17, 'syscall', ['syscall'], 'any system call by number, where a policy asks for it'),
  kind(18, 'proc.fork', [], 'fork, vfork, clone of a process', false),
  kind(19, 'proc.exit', [], 'exit of a process', false),
];

/** Names in `on` and `defaults` that stand for several kinds. */
export const KIND_CLASSES: Readonly<Record<string, readonly string[]>> = {
  file: KINDS.filter((k) => k.name.startsWith('file.')).map((k) => k.name),
  'file.modify': KINDS.filter(
    (k) => k.name.startsWith('file.') && k.name !== 'file.read' && k.name !== 'file.map_exec',
  ).map((k) => k.name),
  net: KINDS.filter((k) => k.name.startsWith('net.')).map((k) => k.name),
  proc: ['proc.fork', 'proc.exit'],
};
