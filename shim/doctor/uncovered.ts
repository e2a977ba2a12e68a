/** What guarding a launched workload does not cover in this version, and why. Data only: `docs/limits.md` shows it. */

export interface Uncovered {
  readonly what: string;
  readonly why: string;
}

export const UNCOVERED: readonly Uncovered[] = [
  {
    what: 'mapping code and capabilities are decided after the fact',
    why: 'eBPF tracepoints see them when they have taken effect, and this kernel refuses LSM programs; a record says `degraded`, and `kill` still acts',
  },
  {
    what: 'opening a file of proc, a device, a FIFO or a file in memory is decided after the fact, but for what creates it; and only where some rule of the bundle may be about paths below /proc or /dev',
    why: 'fanotify has permission events for files and directories alone (seen with Linux 6.18), and on proc none at all (EINVAL): the kernel holds locks there while it opens, and who answers could wait for one; the sensor makes every system call of the machine 0.1 to 0.15 µs longer, so it is not there for nothing',
  },
  {
    what: 'block devices, and character devices of storage (`sg`, `bsg`, `nvme`, `mtd`, `ubi`, `dax`, `raw`), are refused (EPERM) where a policy is about files or programs, without a record',
    why: 'they hold the file systems: who opens one reads and writes past every rule about a path',
  },
  {
    what: 'what is performed for a program is checked against the label of Lictor in other security modules (AppArmor, SELinux), not against its own; a Landlock domain of its own it cannot make there (EOPNOTSUPP)',
    why: 'labels and domains are not among what a thread can take on for another',
  },
  {
    what: 'a workload can signal the process group that Lictor was started in, and so stop or kill Lictor: its opens wait, or it ends with it',
    why: 'in a group of its own it would not get what a terminal sends; without Lictor the group is its own as well',
  },
  {
    what: 'ftruncate and fallocate ask nobody',
    why: 'they change what was opened for writing; that was decided when it was opened',
  },
  {
    what: 'a unix socket that a guarded workload binds to a path whose folder ends in `..` tells the path without it in getsockname',
    why: 'it is bound by its own text in a tree where that leads to the folder that was decided; nothing there can stand for `..`',
  },
  {
    what: 'a call that is asked fails with EINTR if a signal whose handler was set without SA_RESTART comes before Lictor has received it, also where that call otherwise never does: fork and getpid under a rule about all system calls',
    why: 'SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV protects a call only from when it was received; with SA_RESTART the kernel makes it again',
  },
  {
    what: 'nothing is made, removed or renamed in a folder whose path is longer than 4,096 bytes (EACCES), where the policy asks for changes',
    why: 'rules are about paths, and the kernel tells none that is longer; programs reach such folders by relative names',
  },
  {
    what: 'a caller with more than 1,024 supplementary groups may change no file, where the policy asks for changes',
    why: 'Lictor acts with all groups of a caller, and has room for so many',
  },
  {
    what: 'a path that reaches another process through `/proc/PID` of a program that is not dumpable is refused (EACCES) where Lictor performs the call',
    why: 'the performing thread has the credentials of the caller but is not of its process; `/proc/self` is known as the caller itself',
  },
  {
    what: 'a program that comes to run with other arguments than were decided is killed before its first instruction, where a rule reads arguments; its exec does not fail with an errno',
    why: 'another thread can exchange them before the kernel copies them, and the next hook is where the program stands; interpreters of binfmt_misc change them too',
  },
  {
    what: 'a program that comes to run with another environment, or standard streams of another type, than were decided is killed in the same way, where a rule reads `proc.env`, or `proc.stdin_type` and its like',
    why: 'another thread, or a process that shares the table of descriptors, can exchange them until the kernel takes them over',
  },
  {
    what: '`proc.env` is what the program was started with, as it lies in memory: variables that a program sets later are not seen, and one that writes over its own is seen in what it wrote only where the process is first met in /proc',
    why: 'setenv makes no system call',
  },
  {
    what: 'where a rule reads `proc.env`, records carry it, secrets included, unless `--redact` hides them; where none does, nobody reads it, and `record` writes it only with `--environment`',
    why: 'a record shows what was decided on',
  },
  {
    what: 'facts of a process that together are longer than 64 KiB are cut and named in `event.truncated`: first the environment, then the parent’s command line, then the ancestors',
    why: 'a record has no more room; a program’s own arguments always fit',
  },
  {
    what: '`proc.stdin_type`, `proc.stdout_type` and `proc.stderr_type` say what the streams were when the program started; what it puts there later, a rule of kind `syscall` about `dup2` sees',
    why: 'they are facts of the program; of a process that was first met in /proc, what they are then',
  },
  {
    what: '`proc.group_leader` is that of the question where operations are asked, and that of the last exec or fork where they are only observed',
    why: 'setpgid changes it without an exec, and a record of a sensor carries only what changes often',
  },
  {
    what: '`proc.file_owner_uid` is a user id of the initial user namespace: as the mount shows it where execs are asked and in /proc, as the file system keeps it in records of the sensor; on an idmapped mount these differ',
    why: 'a BPF program sees the inode, and the mapping of a mount has no stable layout in the kernel',
  },
  {
    what: 'of unix sockets, the path of a bind (where no change of files is asked), and which socket listens, can be exchanged by another thread after the verdict',
    why: 'no hook sees the kernel’s copy of either, and a guard that listened would be the peer that clients see; paths of connect and send are compared in the kernel from Linux 6.7',
  },
  {
    what: 'a thread that waits in accept(2) stops for a debugger outside only where that sends it a signal of its own',
    why: 'what waits for an answer can only be killed; the guard answers where a signal comes for the thread or stops its process, so handlers run, and processes stop, at once',
  },
  {
    what: 'memory of accepted connections is counted to Lictor’s own cgroup',
    why: 'the guard accepts them',
  },
  {
    what: 'a symlink or folder in the path of a unix socket can be exchanged after the verdict',
    why: 'the kernel follows the path after the hook that compares it',
  },
  {
    what: 'connected or listening sockets that a workload inherits, or receives over a unix socket, are used without a question; nor does source routing (`IP_OPTIONS`) raise one',
    why: 'questions are about addresses that a call names; `lictor run` closes all descriptors but the standard streams',
  },
  {
    what: 'what a dynamic loader of the machine opens, when it is executed as a program, is asked as exec too; it is refused where no rule is about opens. A copy of a loader, or an interpreter, only reads what it runs',
    why: 'the kernel executes the loader, not the program that it loads; a program that runs other programs by itself cannot be told from one that reads',
  },
  {
    what: 'a standard stream that is a folder is refused at the start; a file that is handed in so can be opened again by /proc without a question',
    why: 'such a descriptor lies on a mount of the host, which has no mark; a path that begins there would be asked by nobody',
  },
  {
    what: 'hard links that existed before, descriptors passed in from outside, and changes by other processes are not followed',
    why: 'paths are those under which the kernel opens a file; what is open already is not opened again',
  },
  {
    what: 'a process can act under the name of another program of the same user, by what that program lets it: `LD_PRELOAD`, `/proc/PID/mem`',
    why: 'rules that tell programs apart trust the kernel’s word for what was executed; ptrace and its kin are refused, files of /proc cannot be',
  },
  {
    what: 'strings behind the pointers of a system call (`syscall.sarg0` …) can be changed by another thread after the verdict; `syscall.ret` is absent',
    why: 'a rule of kind `syscall` is decided before the call begins; its number and registers are the kernel’s own copy',
  },
  {
    what: 'what argument 0 of a system call refers to (`syscall.fd_type`) can be changed by another thread after the verdict; of close and its like, which leave nothing, it is absent',
    why: 'descriptors are looked up by the call itself, after it was answered; a sensor sees them when the call returns',
  },
  {
    what: '`proc.age` of what is asked is up to 10 ms too much',
    why: 'the kernel tells user space when a process began in steps of a hundredth of a second; records of sensors have it exactly',
  },
  {
    what: 'exit, exit_group and rt_sigreturn are never refused; `kill`, `stop` and `isolate` act, and the record says `degraded`',
    why: 'these calls have no way to fail: a program that cannot end, or return from a signal handler, goes astray',
  },
  {
    what: 'shared memory and queues of System V and POSIX, and helpers outside that a socket reaches or a file that they read (tables of cron), act outside of the guard',
    why: 'the IPC namespace is the host’s; `net.connect` decides which sockets are reached, and whoever listens there is not of the workload',
  },
  {
    what: 'a directory that a process outside of the workload renames keeps what the kernel knew of it until Lictor hears of the rename, some ten microseconds later',
    why: 'fanotify tells of renames when they have happened; only directories in which no policy had anything to say are concerned, and the workload’s own renames are heard of before',
  },
  {
    what: 'one thread answers a workload: 16 processes that do nothing but open files, unknown to the kernel’s cache, are answered 16,600 times a second on two processors, and one that opens a file now and then beside them waits 0.9 ms for it',
    why: 'fanotify wakes every thread that waits in a group with each answer, so more threads to answer would wait for the same; opens in directories that no rule is about ask nobody',
  },
  {
    what: '`proc.upper_layer` and `file.upper_layer` are told of overlayfs in the kernel: on an overlay of another kind (fuse-overlayfs) they are false; a file that only got another owner or mode counts as changed; records of sensors have the latter only of an object that is open',
    why: 'which layer a file comes from stands in what overlayfs keeps of it, and in its inode alone',
  },
  {
    what: 'names that are asked for over TLS, HTTPS or QUIC, at another port than 53, through IPsec of the host, or by a helper outside (systemd-resolved behind its unix socket, nscd) are no `net.dns`',
    why: 'what is encrypted cannot be read, and packets of a helper are not of the workload; `net.connect` decides which servers and which sockets are reached',
  },
  {
    what: 'where a policy can refuse DNS queries, one that cannot be read does not leave: more than 1,280 bytes, several questions, a response, IP options, IPv6 extension headers, UDP_SEGMENT, a TCP message that is spread over segments or lies in pages of a file or of the sender (sendfile, MSG_ZEROCOPY), and any whose address was rewritten on its way from a server at port 53 to another port (127.0.0.11 of Docker)',
    why: 'a verdict holds for the bytes that leave and for where they go; resolvers send none of these, and packets are seen before they are fragmented and after addresses were rewritten',
  },
  {
    what: 'a query from a socket that is not connected (musl sends so) to a server at port 53 whose packets the host or the container rewrites to another port (127.0.0.11 of Docker) is no `net.dns`',
    why: 'packets are seen after addresses were rewritten, and such a socket does not say where the packet went before; `net.send` decides it by its written address and port',
  },
  {
    what: 'an allowed query over TCP leaves about 0.2 s later, where a policy can refuse queries; a refused one resets the connection, of which the server is not told',
    why: 'the kernel drops the segment until it is decided, and TCP sends it again after its shortest timeout; over UDP Lictor sends it at once',
  },
  {
    what: 'an allowed query over UDP is sent by Lictor, where a policy can refuse queries: rules of a firewall about the user or cgroup of the sender, and a socket’s mark or interface, are not applied to it; while a workload is isolated none is sent, not even to management addresses',
    why: 'what was decided is a copy of the packet, which nobody can change any more, and Lictor sends that',
  },
  {
    what: 'a socket that is connected to port 53 gets no ICMP errors (IP_RECVERR), and a datagram socket that asks for them without being connected gets ENOBUFS for its queries, where a policy can refuse queries',
    why: 'the kernel tells a sender that wants errors that its datagram was dropped; Lictor switches that off when the socket is connected',
  },
  {
    what: 'workloads are guarded on x86-64 only',
    why: 'the filter and the sensors read system call registers of that machine; everything without a kernel works elsewhere',
  },
  {
    what: 'in a recording, another thread can change what `openat2` asks for (`file.flags`, `file.new_mode`) before it is read',
    why: 'it stands in memory of the program, which the sensor reads when the call returns; a guarded workload has no `openat2`, and what other calls ask for is the kernel’s own copy',
  },
  {
    what: 'a sensor follows symlinks of a path that a call names only afterwards, in user space',
    why: 'such a call cannot be resolved in a tracepoint; the record has the flag `lexical` where it could not be settled',
  },
];
