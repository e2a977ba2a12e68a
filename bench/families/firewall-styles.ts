/**
 * Shares in which filter sets use wildcards, prefix lengths, ports and protocols: for each style the mean of the parameter
 * files that ClassBench has of it, five of access lists, five of firewalls, two of IP chains, made from sets of 68 to 4,557
 * real filters (Taylor and Turner, "ClassBench: A Packet Classification Benchmark", INFOCOM 2005 and ToN 15(3), 2007).
 * Lengths are gathered into those that sites have (`sites.ts`): up to /15 as regions, /16, /17 to /23 as blocks, /24, /25 to
 * /31 as ranges, /32. Of what the files say jointly only two things are kept: which ends are open together, and that there
 * are no ports without a protocol that has them. The lengths of both ends, the ports and the protocol are drawn each for
 * itself; which ports and sites there are, IPv6 and programs are this project's.
 */
import type { Level } from './sites.ts';

export const PROTOCOLS = ['any', 'tcp', 'udp', 'icmp', 'raw'] as const;
/** Classes of port ranges: wildcard, from 1024, below 1024, an arbitrary range, one port. */
export const PORTS = ['wc', 'hi', 'lo', 'ar', 'em'] as const;
/** Which ends a filter leaves open. */
export const OPEN = ['source', 'destination', 'none'] as const;

/** Shares in percent. */
type Shares<T extends string> = Readonly<Record<T, number>>;

export interface Style {
  /** Of each thousand filters: those that leave both ends open, which name a service alone. */
  readonly services: number;
  /** Of the others. */
  readonly open: Shares<(typeof OPEN)[number]>;
  /** Lengths where the end is not open. */
  readonly source: Shares<Exclude<Level, 'any'>>;
  readonly destination: Shares<Exclude<Level, 'any'>>;
  /** `raw`: all other protocols. */
  readonly protocol: Shares<(typeof PROTOCOLS)[number]>;
  readonly sourcePort: Shares<(typeof PORTS)[number]>;
  readonly destinationPort: Shares<(typeof PORTS)[number]>;
}

export const STYLES = {
  acl: {
    services: 10,
    open: { source: 5, destination: 4, none: 91 },
    source: { region: 5, site: 8, block: 7, subnet: 12, range: 13, host: 55 },
    destination: { region: 3, site: 3, block: 2, subnet: 5, range: 11, host: 76 },
    protocol: { any: 13, tcp: 58, udp: 20, icmp: 8, raw: 1 },
    sourcePort: { wc: 100, hi: 0, lo: 0, ar: 0, em: 0 },
    destinationPort: { wc: 30, hi: 6, lo: 0, ar: 9, em: 55 },
  },
  fw: {
    services: 100,
    open: { source: 49, destination: 33, none: 18 },
    source: { region: 1, site: 4, block: 7, subnet: 24, range: 5, host: 59 },
    destination: { region: 0, site: 0, block: 4, subnet: 13, range: 5, host: 78 },
    protocol: { any: 8, tcp: 36, udp: 21, icmp: 8, raw: 27 },
    sourcePort: { wc: 56, hi: 16, lo: 2, ar: 1, em: 25 },
    destinationPort: { wc: 42, hi: 7, lo: 0, ar: 1, em: 50 },
  },
  ipc: {
    services: 3,
    open: { source: 30, destination: 8, none: 62 },
    source: { region: 0, site: 3, block: 14, subnet: 24, range: 7, host: 52 },
    destination: { region: 0, site: 4, block: 2, subnet: 15, range: 7, host: 72 },
    protocol: { any: 31, tcp: 18, udp: 32, icmp: 19, raw: 0 },
    sourcePort: { wc: 79, hi: 0, lo: 0, ar: 1, em: 20 },
    destinationPort: { wc: 65, hi: 3, lo: 0, ar: 1, em: 31 },
  },
} as const satisfies Readonly<Record<string, Style>>;
