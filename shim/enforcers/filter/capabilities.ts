/** Capabilities that a guarded workload does not have, and why. Data only; `docs/limits.md` shows it. */
import type { Needs } from '../needs.ts';

export interface Dropped {
  /** Names, with their bits (linux/capability.h). */
  readonly capabilities: Readonly<Record<string, number>>;
  readonly why: string;
  /** Dropped only then; absent: always. */
  readonly when?: (needs: Needs) => boolean;
}

export const DROPPED: readonly Dropped[] = [
  { capabilities: { CAP_SYS_ADMIN: 21 }, why: 'mounts, namespaces and most settings of the kernel' },
  { capabilities: { CAP_SYS_MODULE: 16, CAP_BPF: 39, CAP_PERFMON: 38 }, why: 'code and probes in the kernel' },
  {
    capabilities: { CAP_SYS_RAWIO: 17, CAP_MKNOD: 27 },
    why: 'raw memory, ports, and devices under names of their own',
  },
  { capabilities: { CAP_SYS_PTRACE: 19, CAP_CHECKPOINT_RESTORE: 40 }, why: 'memory and identity of other processes' },
  { capabilities: { CAP_DAC_READ_SEARCH: 2 }, why: 'files by their handles instead of by paths' },
  { capabilities: { CAP_MAC_OVERRIDE: 32, CAP_MAC_ADMIN: 33 }, why: 'policies of other security modules' },
  { capabilities: { CAP_SYS_BOOT: 22 }, why: 'another kernel' },
  {
    capabilities: { CAP_NET_ADMIN: 12 },
    why: 'routes, address translation and tunnels send what was allowed elsewhere; kept where no rule is about the network',
    when: (needs) => needs.connect || needs.bind || needs.send || needs.queries,
  },
];

/**
 * @param needs of the bundle
 * @returns the set as bits
 */
export const droppedFor = (needs: Needs): bigint =>
  DROPPED.filter(({ when }) => !when || when(needs))
    .flatMap(({ capabilities }) => Object.values(capabilities))
    .reduce((bits, bit) => bits | (1n << BigInt(bit)), 0n);
