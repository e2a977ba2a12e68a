/** Names of bits and numbers that Falco shows for arguments of system calls, as Linux has them. */
export type Names = Readonly<Record<string, number>>;

export const MODE: Names = {
  S_IXOTH: 0o1,
  S_IWOTH: 0o2,
  S_IROTH: 0o4,
  S_IXGRP: 0o10,
  S_IWGRP: 0o20,
  S_IRGRP: 0o40,
  S_IXUSR: 0o100,
  S_IWUSR: 0o200,
  S_IRUSR: 0o400,
  S_ISVTX: 0o1000,
  S_ISGID: 0o2000,
  S_ISUID: 0o4000,
};

export const CLONE: Names = {
  CLONE_NEWTIME: 0x80,
  CLONE_NEWNS: 0x20000,
  CLONE_NEWCGROUP: 0x2000000,
  CLONE_NEWUTS: 0x4000000,
  CLONE_NEWIPC: 0x8000000,
  CLONE_NEWUSER: 0x10000000,
  CLONE_NEWPID: 0x20000000,
  CLONE_NEWNET: 0x40000000,
};

export const MOUNT: Names = {
  MS_RDONLY: 1,
  MS_NOSUID: 2,
  MS_NODEV: 4,
  MS_NOEXEC: 8,
  MS_SYNCHRONOUS: 16,
  MS_REMOUNT: 32,
  MS_BIND: 4096,
  MS_MOVE: 8192,
  MS_REC: 16384,
  MS_SLAVE: 1 << 19,
  MS_SHARED: 1 << 20,
};

export const PTRACE: Names = {
  PTRACE_TRACEME: 0,
  PTRACE_PEEKTEXT: 1,
  PTRACE_PEEKDATA: 2,
  PTRACE_PEEKUSR: 3,
  PTRACE_POKETEXT: 4,
  PTRACE_POKEDATA: 5,
  PTRACE_POKEUSR: 6,
  PTRACE_CONT: 7,
  PTRACE_KILL: 8,
  PTRACE_SINGLESTEP: 9,
  PTRACE_GETREGS: 12,
  PTRACE_SETREGS: 13,
  PTRACE_GETFPREGS: 14,
  PTRACE_SETFPREGS: 15,
  PTRACE_ATTACH: 16,
  PTRACE_DETACH: 17,
  PTRACE_SYSCALL: 24,
  PTRACE_SETOPTIONS: 0x4200,
  PTRACE_GETEVENTMSG: 0x4201,
  PTRACE_GETSIGINFO: 0x4202,
  PTRACE_SETSIGINFO: 0x4203,
  PTRACE_GETREGSET: 0x4204,
  PTRACE_SETREGSET: 0x4205,
  PTRACE_SEIZE: 0x4206,
  PTRACE_INTERRUPT: 0x4207,
  PTRACE_LISTEN: 0x4208,
};

export const BPF: Names = Object.fromEntries(
  (
    'MAP_CREATE MAP_LOOKUP_ELEM MAP_UPDATE_ELEM MAP_DELETE_ELEM MAP_GET_NEXT_KEY PROG_LOAD OBJ_PIN OBJ_GET PROG_ATTACH ' +
    'PROG_DETACH PROG_TEST_RUN PROG_GET_NEXT_ID MAP_GET_NEXT_ID PROG_GET_FD_BY_ID MAP_GET_FD_BY_ID OBJ_GET_INFO_BY_FD ' +
    'PROG_QUERY RAW_TRACEPOINT_OPEN BTF_LOAD'
  )
    .split(' ')
    .map((name, n) => [`BPF_${name}`, n]),
);

export const FAMILY: Names = {
  AF_UNSPEC: 0,
  AF_UNIX: 1,
  AF_LOCAL: 1,
  AF_INET: 2,
  AF_INET6: 10,
  AF_NETLINK: 16,
  AF_PACKET: 17,
  AF_ALG: 38,
  AF_VSOCK: 40,
};

export const SIGNAL: Names = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGSEGV: 11,
  SIGUSR2: 12,
  SIGTERM: 15,
  SIGCHLD: 17,
  SIGCONT: 18,
  SIGSTOP: 19,
};

/** Flags of an open, and ours for them. */
export const OPEN_FLAGS: Readonly<Record<string, string>> = {
  O_RDONLY: 'rdonly',
  O_WRONLY: 'wronly',
  O_RDWR: 'rdwr',
  O_CREAT: 'creat',
  O_EXCL: 'excl',
  O_TRUNC: 'trunc',
  O_APPEND: 'append',
  O_TMPFILE: 'tmpfile',
  O_DIRECTORY: 'directory',
  O_DIRECT: 'direct',
  O_SYNC: 'sync',
  O_CLOEXEC: 'cloexec',
};
