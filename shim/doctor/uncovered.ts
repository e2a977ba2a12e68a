/** What guarding a launched workload does not cover in this version, and why. Data only: `docs/limits.md` shows it. */

export interface Uncovered {
  readonly what: string;
  readonly why: string;
}

export const UNCOVERED: readonly Uncovered[] = [
  {
    what: 'create, delete, rename, link, attribute changes, listen, accept, capabilities and system calls are decided after the fact',
    why: 'eBPF tracepoints see them when they have taken effect, and this kernel refuses LSM programs; a record says `degraded`, and `kill` still acts',
  },
  { what: 'opening a file below /proc asks nobody', why: 'fanotify has no permission events on proc (EINVAL)' },
  {
    what: 'truncate(2) by path is refused to every guarded workload whose policy asks for `file.write`',
    why: 'it opens nothing, so no permission event decides it',
  },
  {
    what: 'arguments of an exec can be changed by another thread after the verdict',
    why: 'they are read from memory before the kernel copies them; the path is not: that is the object which the kernel resolved',
  },
  {
    what: 'the path of a unix socket, and `net.protocol`, can be changed by another thread after the verdict',
    why: 'the first is read from memory, the second from the descriptor; addresses and ports of IPv4 and IPv6 are compared in the kernel',
  },
  {
    what: 'a program that the dynamic loader or an interpreter gets as an argument is a read, not an exec',
    why: 'the kernel executes the loader; deny the loader as a program, or decide reads of executables',
  },
  {
    what: 'hard links that existed before, descriptors passed in from outside, and changes by other processes are not followed',
    why: 'paths are those under which the kernel opens a file; what is open already is not opened again',
  },
  {
    what: 'mounts, namespaces, chroot, io_uring, openat2, clone3, 32-bit and x32 calls are refused in a guarded workload',
    why: 'each is a way round the marks or the filter; programs fall back or say so',
  },
  {
    what: 'workloads are guarded on x86-64 only',
    why: 'the filter and the sensors read system call registers of that machine; everything without a kernel works elsewhere',
  },
  {
    what: 'a sensor follows symlinks of a path that a call names only afterwards, in user space',
    why: 'such a call cannot be resolved in a tracepoint; the record has the flag `lexical` where it could not be settled',
  },
];
