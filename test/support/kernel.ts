/**
 * Tests that use the kernel. Where it cannot be used they are skipped with the reason; in CI, or with
 * LICTOR_REQUIRE_KERNEL=1, they fail instead. Probes here only look: they load, attach and mark nothing.
 */
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import { skipTest } from './skip.ts';

const text = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

/** By need: what is missing here, or null. */
const PROBES = {
  root: () => (process.geteuid?.() === 0 ? null : 'needs root'),
  bpf: () => (existsSync('/sys/kernel/btf/vmlinux') ? null : 'the kernel has no BTF (/sys/kernel/btf/vmlinux)'),
  cgroup: () => (/^\S+ \S+ cgroup2 /m.test(text('/proc/mounts')) ? null : 'no cgroup2 is mounted'),
  fanotify: () => (existsSync('/proc/sys/fs/fanotify') ? null : 'the kernel has no fanotify'),
  seccomp: () =>
    text('/proc/sys/kernel/seccomp/actions_avail').includes('user_notif')
      ? null
      : 'the kernel has no seccomp user notification',
} as const;

/** What a test needs of the machine. */
export type Need = keyof typeof PROBES;

const required = process.env['LICTOR_REQUIRE_KERNEL'] === '1' || process.env['CI'] === 'true';

/**
 * @param needs what the test needs of the machine
 * @returns the first thing that is missing, in words, or null
 */
export const missing = (needs: readonly Need[]): string | null => {
  if (process.platform !== 'linux') return `needs Linux, this is ${process.platform}`;
  return needs.map((need) => PROBES[need]()).find((reason) => reason !== null) ?? null;
};

/**
 * Registers a test of uvu's shared suite; the file calls `test.run()` as usual.
 *
 * @param name of the test
 * @param needs what it needs of the machine; all but the missing is its own business
 * @param run the test; it detaches what it attached, also when it fails
 */
export const kernelTest = (name: string, needs: readonly Need[], run: () => void | Promise<void>): void => {
  const reason = missing(needs);
  if (reason === null) test(name, run);
  else if (required)
    test(name, () => {
      throw new Error(`kernel tests are required here, but this one ${reason}`);
    });
  else skipTest(name, reason);
};
