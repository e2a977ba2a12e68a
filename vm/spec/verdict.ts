/** Actions, errno names and the 16-byte verdict (contract, "The raw VM interface"). Data only. */

/** In order of strictness: the number is the rank, a larger one is stricter (semantics, section 5). */
export const ACTIONS = ['allow', 'audit', 'deny', 'kill', 'isolate', 'stop'] as const;
export type Action = (typeof ACTIONS)[number];

/** What happens to the operation: `audit` lets it pass. */
export const EFFECTS = ['allow', 'deny', 'kill', 'isolate', 'stop'] as const;
export type Effect = (typeof EFFECTS)[number];

export const TIERS = ['admin', 'default', 'baseline'] as const;
export const MODES = ['enforce', 'observe', 'off'] as const;
export const SEVERITIES = ['info', 'low', 'medium', 'high', 'critical'] as const;
export const LOGS = ['audit', 'incident'] as const;
export const WORKLOAD_CLASSES = ['host', 'container', 'kubernetes', 'serverless'] as const;

/** Errno names that a rule may ask for, with Linux' numbers (asm-generic/errno-base.h, errno.h). */
export const ERRNOS: Readonly<Record<string, number>> = {
  EPERM: 1,
  ENOENT: 2,
  EIO: 5,
  ENXIO: 6,
  EAGAIN: 11,
  ENOMEM: 12,
  EACCES: 13,
  EBUSY: 16,
  EEXIST: 17,
  EXDEV: 18,
  ENODEV: 19,
  ENOTDIR: 20,
  EINVAL: 22,
  EMFILE: 24,
  ETXTBSY: 26,
  ENOSPC: 28,
  EROFS: 30,
  ENOSYS: 38,
  EPROTONOSUPPORT: 93,
  EOPNOTSUPP: 95,
  EAFNOSUPPORT: 97,
  EADDRINUSE: 98,
  EADDRNOTAVAIL: 99,
  ENETDOWN: 100,
  ENETUNREACH: 101,
  ECONNABORTED: 103,
  ECONNRESET: 104,
  ETIMEDOUT: 110,
  ECONNREFUSED: 111,
  EHOSTUNREACH: 113,
};
export const DEFAULT_ERRNO = 'EPERM';

/** Byte offsets in a verdict. Rules are numbered over the whole bundle in order of decision, policies likewise. */
export const VERDICT = {
  size: 16,
  action: 0, // u8, index into ACTIONS: the actual decision
  flags: 1, // u8, VERDICT_FLAGS
  errno: 2, // u8, 0 where the operation passes
  asIfAction: 3, // u8, of the as-if decision
  rule: 4, // u32, NO_RULE for a default or nothing
  asIfRule: 8, // u32
  policy: 12, // u16, NO_POLICY where nothing applies
  asIfPolicy: 14, // u16
} as const;

export const VERDICT_FLAGS = {
  default: 1, // the actual decision is a default
  would: 2, // the as-if decision differs
  matches: 4, // `continue` rules were noted: see the export `matches`
  asIfDefault: 8, // the as-if decision is a default
  assumed: 16, // policies were assumed to hold: see the export `assumed`
  malformed: 32, // the record was not well formed; the action is deny
} as const;

export const NO_RULE = 0xffffffff;
export const NO_POLICY = 0xffff;
