/** Addresses: 16 bytes, IPv4 in the mapped form `::ffff:a.b.c.d`, which therefore *is* the IPv4 address. */
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { Bytes } from '../bundle/normal.ts';

const MAPPED = '\0\0\0\0\0\0\0\0\0\0\xff\xff';

/**
 * @param text dotted IPv4 or any form of IPv6, without a zone
 * @returns 16 bytes, undefined for any other text
 */
export function parseAddress(text: string): Bytes | undefined {
  const version = text.includes('%') ? 0 : isIP(text);
  if (version === 4) return MAPPED + dotted(text);
  return version === 6 ? groups(text) : undefined;
}

const dotted = (text: string): Bytes => String.fromCharCode(...text.split('.').map(Number));

/** The groups of an IPv6 address that is known to be valid. (ipaddr.js reads `::1.2.3.4` as `::ffff:1.2.3.4`.) */
function groups(text: string): Bytes {
  const [head, tail] = text.split('::').map((side) =>
    side
      .split(':')
      .filter((group) => group !== '')
      .map((group) => (group.includes('.') ? dotted(group) : word(parseInt(group, 16))))
      .join(''),
  );
  return tail === undefined ? head : head + '\0'.repeat(16 - head.length - tail.length) + tail;
}

const word = (value: number): Bytes => String.fromCharCode(value >> 8, value & 0xff);

/** @param address 16 bytes; written as dotted IPv4, or as RFC 5952 says */
export function formatAddress(address: Bytes): string {
  const bytes = [...Buffer.from(address, 'latin1')];
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
