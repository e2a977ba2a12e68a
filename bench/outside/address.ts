/** Addresses as ClassBench writes them: IPv4 with dots or as a number, IPv6 with colons; 16 bytes, IPv4 as ::ffff:a.b.c.d. */
import ipaddr from 'ipaddr.js';
import type { Bytes } from '../../vm/bundle/normal.ts';

const IPV4_PREFIX = '\0\0\0\0\0\0\0\0\0\0\xff\xff';

const latin1 = (bytes: readonly number[]): Bytes => String.fromCharCode(...bytes);

/** @returns null where the text is no address */
export const parseAddress = (text: string): { readonly bytes: Bytes; readonly isIPv4: boolean } | null => {
  if (/^\d{1,10}$/.test(text)) {
    const value = Number(text);
    if (value >= 2 ** 32) return null;
    return { bytes: IPV4_PREFIX + latin1([24, 16, 8, 0].map((shift) => (value >>> shift) & 255)), isIPv4: true };
  }
  if (ipaddr.IPv4.isValidFourPartDecimal(text))
    return { bytes: IPV4_PREFIX + latin1(ipaddr.IPv4.parse(text).toByteArray()), isIPv4: true };
  if (!text.includes(':') || !ipaddr.IPv6.isValid(text)) return null;
  return { bytes: latin1(ipaddr.IPv6.parse(text).toByteArray()), isIPv4: false };
};

/** The network of an address: bits behind the prefix are zero. @param bits in the 128-bit form */
export const masked = (address: Bytes, bits: number): Bytes =>
  latin1(
    Array.from(address, (c, i) => {
      const kept = Math.min(8, Math.max(0, bits - i * 8));
      return c.charCodeAt(0) & (0xff00 >> kept) & 0xff;
    }),
  );
