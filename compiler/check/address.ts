/** Addresses and networks from text, in the 16-byte form in which an IPv4 address is ::ffff:a.b.c.d. */
import ipaddr from 'ipaddr.js';
import type { Bytes, Constant } from '../../vm/bundle/normal.ts';

export type Address = Extract<Constant, { is: 'address' }>;
export type Network = Extract<Constant, { is: 'cidr' }>;

// ipaddr.js also reads shortened, octal and hexadecimal forms (0177.1), which are another address elsewhere.
const IPV4 = /^(?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2})$/;
const MAPPED: Bytes = '\0'.repeat(10) + '\xff\xff';

function parseBytes(text: string): { bytes: Bytes; bits: number } | null {
  if (IPV4.test(text) && ipaddr.IPv4.isValid(text)) {
    return { bytes: MAPPED + String.fromCharCode(...ipaddr.IPv4.parse(text).toByteArray()), bits: 32 };
  }
  if (!text.includes(':') || text.includes('%') || !ipaddr.IPv6.isValid(text)) return null;
  return { bytes: String.fromCharCode(...ipaddr.IPv6.parse(text).toByteArray()), bits: 128 };
}

/** An address without prefix or zone; null where the text is none. */
export function parseAddress(text: string): Address | null {
  const parsed = parseBytes(text);
  return parsed && { is: 'address', value: parsed.bytes };
}

/** The bytes with everything behind the first `bits` bits zero. */
function masked(bytes: Bytes, bits: number): Bytes {
  return String.fromCharCode(
    ...Array.from(bytes, (char, i) => char.charCodeAt(0) & (0xff00 >> Math.max(0, Math.min(8, bits - 8 * i))) & 0xff),
  );
}

/** An address with a prefix; `exact` tells whether the bits behind the prefix were zero. */
export function parseNetwork(text: string): { network: Network; exact: boolean } | null {
  const [address, prefix, ...more] = text.split('/');
  if (more.length > 0 || prefix === undefined || !/^(?:0|[1-9]\d{0,2})$/.test(prefix)) return null;
  const parsed = parseBytes(address);
  if (!parsed || Number(prefix) > parsed.bits) return null;
  const bits = Number(prefix) + 128 - parsed.bits;
  const value = masked(parsed.bytes, bits);
  return { network: { is: 'cidr', value, bits }, exact: value === parsed.bytes };
}

/** A network of one address. */
export const networkOf = (address: Address): Network => ({ is: 'cidr', value: address.value, bits: 128 });

export const ALL_IPV4: Network = { is: 'cidr', value: MAPPED + '\0'.repeat(4), bits: 96 };

export const contains = (network: Network, address: Bytes): boolean => masked(address, network.bits) === network.value;

/**
 * Whether an IPv6 network takes in the IPv4-mapped addresses, as `::/0` does. They are IPv4 addresses, which no IPv6
 * network has.
 */
export const coversIpv4 = (network: Network): boolean => network.bits < 96 && contains(network, ALL_IPV4.value);

export const isIpv4 = (address: Bytes): boolean => contains(ALL_IPV4, address);

/** As people write it. */
export function printNetwork(network: Network): string {
  const parsed = ipaddr.fromByteArray(Array.from(network.value, (char) => char.charCodeAt(0)));
  return network.bits >= 96 && isIpv4(network.value)
    ? `${(parsed as ipaddr.IPv6).toIPv4Address().toString()}/${network.bits - 96}`
    : `${parsed.toString()}/${network.bits}`;
}
