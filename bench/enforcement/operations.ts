/** What is measured: operations of `operations.c`, what each is done to, and what a study of the same mechanisms took. */

/** Ports of the bench; its policy refuses what begins with `denied`. */
export interface Ports {
  /** Somebody listens there. */
  readonly open: number;
  /** Nobody does: sockets of the workload are bound to it. */
  readonly own: number;
  /** To connect to, send to and bind to; to listen at; to accept from. */
  readonly denied: number;
  readonly deniedListen: number;
  readonly deniedAccept: number;
}

export interface Operation {
  /** As `operations.c` names it. */
  readonly name: string;
  readonly what: string;
  readonly allowed: (ports: Ports) => string;
  readonly denied: (ports: Ports) => string;
  /** µs that a prototype in C took, which decided nothing: the aim. */
  readonly study?: readonly [allowed: number, denied?: number];
  /** Calls in a batch: few where one is dear. */
  readonly batch?: number;
}

const file = (name: string) => (): string => name;
const FILE = { allowed: file('plain'), denied: file('denied') };
const MISSING = { allowed: file('missing'), denied: file('denied-missing') };
const OPEN = { allowed: ({ open }: Ports) => String(open), denied: ({ denied }: Ports) => String(denied) };
const own = ({ own: port }: Ports): string => String(port);

export const OPERATIONS: readonly Operation[] = [
  { name: 'open-read', what: 'open for reading', ...FILE, study: [22, 21] },
  { name: 'open-write', what: 'open for writing', ...FILE, study: [22, 21] },
  { name: 'open-new', what: 'open with O_CREAT, new file', ...MISSING, study: [75, 27] },
  { name: 'open-existing', what: 'open with O_CREAT, existing file', ...FILE, study: [51] },
  { name: 'mkdir-rmdir', what: 'mkdir and rmdir', ...MISSING, study: [154] },
  { name: 'unlink', what: 'unlink', allowed: file('passing'), denied: file('denied-unlink'), study: [40, 27] },
  { name: 'rename', what: 'rename', ...FILE, study: [40] },
  { name: 'link', what: 'link', ...FILE, study: [66] },
  { name: 'symlink', what: 'symlink', ...MISSING },
  { name: 'chmod', what: 'chmod', ...FILE, study: [28, 21] },
  { name: 'chown', what: 'chown', ...FILE, study: [28, 21] },
  { name: 'truncate', what: 'truncate', ...FILE, study: [55] },
  { name: 'utimes', what: 'utimensat', ...FILE },
  { name: 'setxattr', what: 'setxattr', ...FILE },
  { name: 'connect-tcp', what: 'connect, TCP', ...OPEN, study: [15] },
  { name: 'connect-udp', what: 'connect, UDP', ...OPEN, study: [11.2] },
  { name: 'sendto', what: 'sendto, UDP', ...OPEN, study: [15.4] },
  { name: 'bind', what: 'bind', allowed: own, denied: OPEN.denied },
  { name: 'listen', what: 'listen', allowed: own, denied: (ports) => String(ports.deniedListen) },
  { name: 'accept', what: 'accept', allowed: own, denied: (ports) => String(ports.deniedAccept) },
  {
    name: 'exec',
    what: 'vfork, exec, exit',
    allowed: file('./true'),
    denied: file('./denied-true'),
    study: [442, 58],
    batch: 5,
  },
  { name: 'syscall-registers', what: 'a system call, by registers', allowed: file('0'), denied: file('2') },
  { name: 'syscall-notified', what: 'a system call, notified', allowed: file('0'), denied: file('1'), study: [12] },
];

/** Denies what is named so and asks about everything else, in the virtual machine: nothing of the folder is a plain allow. */
export const askingPolicy = ({ denied, deniedListen, deniedAccept }: Ports): string => `apiVersion: lictor.dev/v1
kind: Policy
metadata: {name: enforcement}
spec:
  mode: enforce
  rules:
    - name: files
      on: [file.read, file.write, file.create, file.delete, file.rename, file.link, file.attr]
      when: 'file.name startswith "denied"'
      action: deny
    - {name: programs, on: exec, when: 'proc.name startswith "denied"', action: deny}
    - {name: reach, on: [net.connect, net.send], when: 'net.remote_port = ${denied}', action: deny}
    - {name: bind, on: net.bind, when: 'net.local_port = ${denied}', action: deny}
    - {name: listen, on: net.listen, when: 'net.local_port = ${deniedListen}', action: deny}
    - {name: accept, on: net.accept, when: 'net.local_port = ${deniedAccept}', action: deny}
    - {name: registers, on: syscall, when: 'syscall.name = "getpriority" and syscall.arg0 = 2', action: deny}
    - {name: notified, on: syscall, when: 'syscall.name = "getrusage" and (syscall.arg0 = 1 or proc.name = "nobody")', action: deny}
`;

/** Concerns two files of one directory of the tree: the kernel may know of everything else. */
export const touchingPolicy = (folder: string): string => `apiVersion: lictor.dev/v1
kind: Policy
metadata: {name: touching}
spec:
  mode: enforce
  rules:
    - name: two-files
      on: [file.read, file.modify]
      when: 'file.path in ("${folder}/tree/d3/f1", "${folder}/tree/d3/f2") and proc.name != "tar"'
      action: deny
`;
