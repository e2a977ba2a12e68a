/**
 * Networks as firewalls name them: sites of one block each, in regions, with blocks, subnets, ranges and hosts inside each
 * other. An address lies in six of them at most; in the published filter sets it is in three to seven (Taylor and Turner).
 */
import { batchSeed, type Random } from '../../test/generators/random.ts';
import type { Bytes } from '../../vm/bundle/normal.ts';

/** From wide to narrow; `any` is no network at all. */
export const LEVELS = ['any', 'region', 'site', 'block', 'subnet', 'range', 'host'] as const;
export type Level = (typeof LEVELS)[number];

export interface Network {
  readonly value: Bytes;
  readonly bits: number;
}

/** Bits of each level in the 128-bit form. */
const IPV4_BITS: Readonly<Record<Level, number>> = { any: 0, region: 108, site: 112, block: 116, subnet: 120, range: 124, host: 128 }; // prettier-ignore
const IPV6_BITS: Readonly<Record<Level, number>> = { any: 0, region: 44, site: 48, block: 56, subnet: 64, range: 120, host: 128 }; // prettier-ignore
/** Networks of a site at each level. */
const EACH: Readonly<Record<Level, number>> = { any: 1, region: 1, site: 1, block: 3, subnet: 6, range: 4, host: 12 };

/** One site in four has IPv6 addresses. */
export const isIPv6 = (site: number): boolean => site % 4 === 3;

/** One of the networks of a site at a level, by a number that any integer may be. */
export const networkOf = (seed: number, site: number, level: Level, number: number): Network => {
  const host = number % EACH.host;
  const bits = (isIPv6(site) ? IPV6_BITS : IPV4_BITS)[level];
  const within = level === 'block' ? number % EACH.block : level === 'subnet' ? number % EACH.subnet : host;
  const range = level === 'range' ? number % EACH.range : host;
  return { value: masked(addressIn(seed, site, within, range), bits), bits };
};

/** An address of a host that rules name, or of a neighbour of it. */
export const hostOf = (seed: number, site: number, number: number): Bytes => {
  const host = number % EACH.host;
  return addressIn(seed, site, host, host);
};

/** An address in a network: of any host, or of one that rules name as well, so that chains are found in full. */
export const addressWithin = (r: Random, seed: number, site: number, { value, bits }: Network): Bytes => {
  for (let tries = 0; tries < 12 && r.chance(0.9); tries++) {
    const known = hostOf(seed, site, r.below(EACH.host));
    if (masked(known, bits) === value) return known;
  }
  let address = value.slice(0, bits >> 3);
  if (bits & 7) address += String.fromCharCode(value.charCodeAt(bits >> 3) | r.below(1 << (8 - (bits & 7))));
  while (address.length < 16) address += String.fromCharCode(r.below(256));
  return address;
};

/** The network at a level that an address of a site lies in. */
export const around = (site: number, level: Level, address: Bytes): Network => {
  const bits = (isIPv6(site) ? IPV6_BITS : IPV4_BITS)[level];
  return { value: masked(address, bits), bits };
};

const addressIn = (seed: number, site: number, within: number, range: number): Bytes => {
  const subnet = within % EACH.subnet;
  const hash = (part: number, number: number): number => batchSeed(seed ^ (part << 24), site * 64 + number);
  const block = (hash(1, subnet % EACH.block) & 15) << 4;
  const third = block | (hash(2, subnet) & 15);
  const ranged = range % 2 === 0 ? hash(3, range % EACH.range) & 15 : hash(4, range) & 15;
  const last = (ranged << 4) | (hash(5, range) & 15);
  const number = Math.floor(site / 4);
  if (isIPv6(site)) {
    const tail = `${'\0'.repeat(7)}${String.fromCharCode(last)}`;
    return `\x2a\0${String.fromCharCode(number >> 16, (number >> 8) & 255, number & 255, 0)}${String.fromCharCode(third, hash(6, subnet) & 255)}${tail}`;
  }
  const block16 = number * 3 + (site % 4);
  return `${'\0'.repeat(10)}\xff\xff${String.fromCharCode(11 + (block16 >> 8), block16 & 255, third, last)}`;
};

const masked = (address: Bytes, bits: number): Bytes => {
  const whole = bits >> 3;
  const part = bits & 7 ? String.fromCharCode(address.charCodeAt(whole) & (0xff00 >> (bits & 7))) : '';
  return (address.slice(0, whole) + part).padEnd(16, '\0');
};
