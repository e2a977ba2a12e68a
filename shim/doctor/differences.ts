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
    test: /test_socket\.\w*UDPLITE/,
    what: 'passes → fails: there are no sockets of UDP-Lite',
    why: 'transports other than TCP and UDP are refused where a policy asks about sockets: no program in the kernel sees where they lead',
  },
];
