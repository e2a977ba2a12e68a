/** Times: RFC 3339 texts with up to nine fraction digits, and nanoseconds since 1970. */

const RFC3339 = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:Z|([+-])(\d{2}):(\d{2}))$/i;
const LATEST = 2n ** 63n - 1n;

/**
 * @param text `2026-11-21T02:07:28.123456789Z`, or with an offset such as `+01:00`
 * @returns nanoseconds since 1970, or undefined for what is not a time, not after 1970-01-01T00:00:00Z (a record
 *   writes that instant as "not given"), or beyond 64 bits (the year 2262)
 */
export function parseTime(text: string): bigint | undefined {
  const match = RFC3339.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number);
  const [fraction, sign, offsetHour, offsetMinute] = match.slice(7);
  // A leap second is written 60; the clock counts it as the second after.
  if (hour > 23 || minute > 59 || second > 60 || Number(offsetHour ?? 0) > 23 || Number(offsetMinute ?? 0) > 59) {
    return undefined;
  }
  const midnight = new Date(0);
  midnight.setUTCFullYear(year, month - 1, day);
  if (midnight.getUTCMonth() !== month - 1 || midnight.getUTCDate() !== day) return undefined;
  const offset = (Number(offsetHour ?? 0) * 60 + Number(offsetMinute ?? 0)) * (sign === '-' ? -1 : 1);
  const seconds = midnight.getTime() / 1000 + (hour * 60 + minute - offset) * 60 + second;
  const time = BigInt(seconds) * 1_000_000_000n + BigInt((fraction ?? '').padEnd(9, '0'));
  return time > 0n && time <= LATEST ? time : undefined;
}

/** @param time nanoseconds since 1970, not negative; always written in UTC with nine fraction digits */
export function formatTime(time: bigint): string {
  const seconds = new Date(Number(time / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  return `${seconds}.${String(time % 1_000_000_000n).padStart(9, '0')}Z`;
}
