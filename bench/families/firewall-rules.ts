/** Firewall rules and headers as plain data, and which rules match a header: how events that none matches are told. */
import { around, LEVELS, type Network } from './sites.ts';

export interface Ports {
  readonly low: number;
  readonly high: number;
}

/** What a rule asks for; null: not constrained. */
export interface Rule {
  /** The sites that its networks belong to. */
  readonly site: number;
  readonly other: number;
  readonly source: Network | null;
  readonly destination: Network | null;
  readonly protocol: string | null;
  readonly sourcePorts: Ports | null;
  readonly destinationPorts: Ports | null;
  readonly program: string | null;
}

export interface Header {
  readonly site: number;
  readonly other: number;
  readonly source: string;
  readonly destination: string;
  readonly protocol: string;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly program: string;
}

const within = (ports: Ports | null, port: number): boolean => !ports || (port >= ports.low && port <= ports.high);

const key = (net: Network | null): string => (net ? `${net.value}${net.bits}` : '');

/** @returns whether some rule matches a header: rules are found by their pair of networks */
export const matcher = (rules: readonly Rule[]): ((header: Header) => boolean) => {
  const byNetworks = new Map<string, Rule[]>();
  for (const rule of rules) {
    const name = `${key(rule.source)} ${key(rule.destination)}`;
    const list = byNetworks.get(name);
    if (list) list.push(rule);
    else byNetworks.set(name, [rule]);
  }
  const keys = (site: number, address: string): string[] =>
    LEVELS.map((level) => (level === 'any' ? '' : key(around(site, level, address))));
  const isMet = (h: Header) => (rule: Rule): boolean =>
    (rule.protocol === null || rule.protocol === h.protocol) &&
    (rule.program === null || rule.program === h.program) &&
    within(rule.sourcePorts, h.sourcePort) &&
    within(rule.destinationPorts, h.destinationPort); // prettier-ignore
  return (header) => {
    const sources = keys(header.site, header.source);
    const destinations = keys(header.other, header.destination);
    const met = isMet(header);
    return sources.some((a) => destinations.some((b) => byNetworks.get(`${a} ${b}`)?.some(met)));
  };
};
