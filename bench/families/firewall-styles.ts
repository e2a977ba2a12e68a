/**
 * Shares in which filter sets use wildcards, prefix lengths, ports and protocols, after what was published of twelve real
 * ones (Taylor and Turner, "ClassBench", INFOCOM 2005; Taylor, "Survey and taxonomy of packet classification techniques",
 * 2005): access lists name both ends closely and the service by its destination port; firewalls leave one end open in
 * every second rule; IP chains lie between. Rounded, so that each style stands for its kind and no set is copied.
 */
import type { Level } from './sites.ts';

export const PROTOCOLS = ['any', 'tcp', 'udp', 'icmp'] as const;
/** Classes of port ranges: wildcard, from 1024, below 1024, an arbitrary range, one port. */
export const PORTS = ['wc', 'hi', 'lo', 'ar', 'em'] as const;

/** Shares in percent. */
type Shares<T extends string> = Readonly<Record<T, number>>;

export interface Style {
  readonly source: Shares<Level>;
  readonly destination: Shares<Level>;
  readonly protocol: Shares<(typeof PROTOCOLS)[number]>;
  readonly sourcePort: Shares<(typeof PORTS)[number]>;
  readonly destinationPort: Shares<(typeof PORTS)[number]>;
  /** Rules that leave both ends open and name a service alone. */
  readonly open: number;
}

export const STYLES = {
  acl: {
    source: { any: 10, region: 3, site: 8, block: 10, subnet: 34, range: 10, host: 25 },
    destination: { any: 3, region: 2, site: 5, block: 10, subnet: 30, range: 15, host: 35 },
    protocol: { any: 7, tcp: 75, udp: 15, icmp: 3 },
    sourcePort: { wc: 96, hi: 2, lo: 0, ar: 0, em: 2 },
    destinationPort: { wc: 20, hi: 4, lo: 1, ar: 11, em: 64 },
    open: 0.2,
  },
  fw: {
    source: { any: 45, region: 4, site: 6, block: 5, subnet: 15, range: 5, host: 20 },
    destination: { any: 25, region: 3, site: 5, block: 5, subnet: 15, range: 7, host: 40 },
    protocol: { any: 22, tcp: 48, udp: 22, icmp: 8 },
    sourcePort: { wc: 80, hi: 8, lo: 0, ar: 4, em: 8 },
    destinationPort: { wc: 45, hi: 6, lo: 1, ar: 8, em: 40 },
    open: 2,
  },
  ipc: {
    source: { any: 15, region: 5, site: 10, block: 10, subnet: 20, range: 10, host: 30 },
    destination: { any: 12, region: 4, site: 9, block: 10, subnet: 20, range: 10, host: 35 },
    protocol: { any: 17, tcp: 52, udp: 26, icmp: 5 },
    sourcePort: { wc: 70, hi: 5, lo: 0, ar: 5, em: 20 },
    destinationPort: { wc: 48, hi: 6, lo: 2, ar: 8, em: 36 },
    open: 0.5,
  },
} as const satisfies Readonly<Record<string, Style>>;
