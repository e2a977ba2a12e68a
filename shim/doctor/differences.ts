/**
 * Where ordinary programs behave otherwise in a guarded workload whose policy allows everything, as their own tests show it
 * (`npm run test:compat`). Data only: `docs/limits.md` shows it, and the runner fails on any other difference.
 */

export interface Difference {
  /** Whose tests, and which of them. */
  readonly suite: string;
  readonly test: RegExp;
  /** In words, bare and guarded. */
  readonly what: string;
  readonly why: string;
}

export const DIFFERENCES: readonly Difference[] = [
  {
    suite: 'python',
    test: /test_sethostname$/,
    what: 'passes → skipped: the name cannot be set',
    why: 'it needs CAP_SYS_ADMIN, and the name is that of the whole machine',
  },
  {
    suite: 'python',
    test: /test_shutil\.TestCopy\.test_copy(2_)?xattr/,
    what: 'passes → skipped: there are no attributes named `trusted.…`',
    why: 'they need CAP_SYS_ADMIN, which root loses in a guarded workload: with it, it could leave the guard',
  },
  {
    suite: 'python',
    test: /test_socket\.\w*UDPLITE|^test_socket$/,
    what: 'passes → fails: there are no sockets of UDP-Lite',
    why: 'transports other than TCP and UDP are refused where a policy asks about sockets: no program in the kernel sees where they lead',
  },
  {
    suite: 'coreutils',
    test: /(special-bits|preserve-gid|setgid|owned-by-other|sticky-to-xpart|fail-2eperm|no-give-up|chroot-credentials)\.sh$/,
    what: 'pass → skipped or fail: `chroot --user` is refused',
    why: 'under another root paths mean something else; this one is the same, but the call says so in memory that another thread can change',
  },
  {
    suite: 'coreutils',
    test: /(cross-dev-symlink|problematic-chars|over-mount-device|bind-mount-dir-cycle(-v2)?|one-file-system|read-only)\.sh$/,
    what: 'pass → skipped: nothing can be mounted',
    why: 'a mount that is made later has no mark',
  },
  {
    suite: 'coreutils',
    test: /(inotify-(race2?|rotate-resources|only-regular)|nocache_eof|stat-free-symlinks|mv\/atomic2?)\.sh$/,
    what: 'pass → skipped: gdb and strace do not work',
    why: 'ptrace is refused: rules tell programs apart, and one that takes another over would act under its name',
  },
  {
    suite: 'coreutils',
    test: /(pwd-long|long-from-unreadable|rm\/deep-2)\.sh$/,
    what: 'pass → skipped or fail: nothing is made below a folder whose path is longer than 4,096 bytes (EACCES)',
    why: 'rules are about paths, and the kernel tells none that is longer',
  },
];
