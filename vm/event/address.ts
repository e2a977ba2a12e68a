/** Addresses: 16 bytes, IPv4 in the mapped form `::ffff:a.b.c.d`, which therefore *is* the IPv4 address. */
import ipaddr from 'ipaddr.js';
import type { Bytes } from '../bundle/normal.ts';

const MAPPED = '\0\0\0\0\0\0\0\0\0\0\xff\xff';

/**
 * @param text dotted IPv4 or any form of IPv6, without a zone
 * @returns 16 bytes, undefined for any other text
 */
export function parseAddress(text: string): Bytes | undefined {
  return text.includes(':') ? ipv6(text) : DOTTED.test(text) ? MAPPED + dotted(text) : undefined;
}

const DOTTED = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;
const dotted = (text: string): Bytes => String.fromCharCode(...text.split('.').map(Number));

/**
 * The text forms of RFC 4291, section 2.2. (ipaddr.js reads `::1.2.3.4` as `::ffff:1.2.3.4`, and forms that are none.)
 * `::` stands once at most, for one group of zeros or more.
 */
function ipv6(text: string): Bytes | undefined {
  const sides = text.split('::');
  const head = groups(sides[0], sides.length === 1);
  const tail = sides.length === 1 ? '' : groups(sides[1], true);
  if (sides.length > 2 || head === undefined || tail === undefined) return undefined;
  const zeros = 16 - head.length - tail.length;
  if (sides.length === 1 ? zeros !== 0 : zeros < 2) return undefined;
  return head + '\0'.repeat(zeros) + tail;
}

/** @param last whether the address ends here: its last group may be dotted */
function groups(side: string, last: boolean): Bytes | undefined {
  if (side === '') return '';
  let bytes = '';
  const parts = side.split(':');
  for (const [i, part] of parts.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(part)) bytes += word(parseInt(part, 16));
    else if (last && i === parts.length - 1 && DOTTED.test(part)) bytes += dotted(part);
    else return undefined;
  }
  return bytes;
}

const word = (value: number): Bytes => String.fromCharCode(value >> 8, value & 0xff);

/** @param address 16 bytes; written as dotted IPv4, or as RFC 5952 says */
export function formatAddress(address: Bytes): string {
  const bytes = Array.from(address, (byte) => byte.charCodeAt(0));
  return ipaddr.fromByteArray(isIPv4(address) ? bytes.slice(12) : bytes).toString();
}

export const isIPv4 = (address: Bytes): boolean => address.startsWith(MAPPED);

/**
 * @param network 16 bytes whose bits after the first `bits` are zero
 * @param bits length of the prefix in the 128-bit form: 96 more than an IPv4 prefix is written with
 */
export function inNetwork(address: Bytes, network: Bytes, bits: number): boolean {
  const whole = bits >> 3;
  if (address.slice(0, whole) !== network.slice(0, whole)) return false;
  const rest = bits & 7;
  return rest === 0 || (address.charCodeAt(whole) ^ network.charCodeAt(whole)) >> (8 - rest) === 0;
}

const PRIVATE: readonly [text: string, bits: number][] = [
  ['0.0.0.0', 104],
  ['10.0.0.0', 104],
  ['172.16.0.0', 108],
  ['192.168.0.0', 112],
  ['100.64.0.0', 106],
  ['127.0.0.0', 104],
  ['169.254.0.0', 112],
  ['::', 128],
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
];
const PRIVATE_NETWORKS = PRIVATE.map(([text, bits]) => ({ network: parseAddress(text)!, bits }));

/** Whether an address is in one of the ranges of `net.private`. */
export const isPrivate = (address: Bytes): boolean =>
  PRIVATE_NETWORKS.some(({ network, bits }) => inNetwork(address, network, bits));
