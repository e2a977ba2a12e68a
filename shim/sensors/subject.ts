/**
 * The key of a process in records: its start time above its process id. Both stand in `/proc/PID/stat`, so every part
 * makes the same key by itself, and a process id that is used again gives another one.
 *
 *     63                          22 21          0
 *     | start, in ticks since boot  | process id  |
 */
const PID_BITS = 22n;
/** USER_HZ is 100. */
export const NS_A_TICK = 10_000_000;

/**
 * @param pid of the process (thread group) in the initial PID namespace
 * @param start field 22 of `/proc/PID/stat`: clock ticks (USER_HZ, 100 a second) after boot
 */
export const subjectKey = (pid: number, start: bigint): bigint => (start << PID_BITS) | BigInt(pid);

/** @returns the process id that a key holds */
export const subjectPid = (key: bigint): number => Number(key & ((1n << PID_BITS) - 1n));

/** @returns the start time that a key holds, given in halves of 32 bits */
export const startTicks = (low: number, high: number): number => high * 2 ** 10 + (low >>> 22);

/**
 * @param stat text of `/proc/PID/stat`
 * @returns the key, or null where the text is none
 */
export const subjectOfStat = (stat: string): bigint | null => {
  // The name in parentheses may hold blanks and parentheses itself: fields count from the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const start = fields[22 - 3];
  return /^\d+$/.test(start ?? '') ? subjectKey(Number.parseInt(stat, 10), BigInt(start)) : null;
};
