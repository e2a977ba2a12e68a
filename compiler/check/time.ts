/** Times of RFC 3339. */

const TIME = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** Nanoseconds since 1970; null where the text is not a time. Leap seconds are none: the kernel's clock has none. */
export function parseTime(text: string): bigint | null {
  const found = TIME.exec(text);
  if (!found) return null;
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map(Number);
  const milliseconds = Date.UTC(year, month - 1, day, hour, minute, second);
  const date = new Date(milliseconds);
  const real =
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    hour < 24 &&
    minute < 60 &&
    second < 60 &&
    year >= 100;
  const [sign, hours, minutes] = [found[8], Number(found[9] ?? 0), Number(found[10] ?? 0)];
  if (!real || hours > 23 || minutes > 59) return null;
  const offset = BigInt(hours * 60 + minutes) * 60_000_000_000n * (sign === '-' ? -1n : 1n);
  return BigInt(milliseconds) * 1_000_000n + BigInt((found[7] ?? '').padEnd(9, '0')) - offset;
}
