/**
 * (e) Firewall rules: local and remote network, port ranges, protocol and program, any of them absent, IPv4 and IPv6, in
 * three styles of filter sets. Where rules overlap, the narrower one mostly stands first. The source is the local end.
 */
import type { Expr } from '../../vm/bundle/normal.ts';
import { batchSeed, Random } from '../../test/generators/random.ts';
import { and, compares, equals, inNetwork, kind, normalForm, policy, rule, values } from './build.ts';
import { asking, type Family, type Generator, type Question } from './family.ts';
import { type Header, matcher, type Ports, type Rule } from './firewall-rules.ts';
import { OPEN, PORTS, PROTOCOLS, type Style, STYLES } from './firewall-styles.ts';
import { addressWithin, hostOf, isIPv6, type Level, type Network, networkOf } from './sites.ts';

const CONNECT = [kind('net.connect')];
/** Rules to a site at every size, so that more rules are more sites and not deeper ones; and rules that name a program. */
const RULES_A_SITE = 25;
const WITH_PROGRAM = 0.2;
/**
 * Rules that name a service alone, whatever the size: one of each shape at least, and no more than the published sets have,
 * since few differ.
 */
const SERVICES = { least: 4, most: 40 };
/** How far from the narrowest-first order a rule may stand, in bits. */
const JITTER = 24;
const WELL_KNOWN = [
  80, 443, 53, 22, 25, 123, 389, 3306, 5432, 8080, 110, 143, 161, 445, 636, 993, 1433, 1521, 3389, 6379,
];

const PORTED = ['tcp', 'udp'] as const;
const CLOSED = ['region', 'site', 'block', 'subnet', 'range', 'host'] as const;
const programOf = (i: number): string => `/usr/bin/agent-${i}`;

const draw = <T extends string>(r: Random, shares: Readonly<Record<T, number>>, names: readonly T[]): T => {
  let left = r.below(100);
  for (const name of names) if ((left -= shares[name]) < 0) return name;
  return names[names.length - 1];
};

const portsOf = (r: Random, form: (typeof PORTS)[number]): Ports | null => {
  switch (form) {
    case 'wc':
      return null;
    case 'hi':
      return { low: 1024, high: 65535 };
    case 'lo':
      return { low: 0, high: 1023 };
    case 'ar': {
      const low = 1024 + 512 * r.below(100);
      return { low, high: low + (16 << r.below(6)) - 1 };
    }
    default: {
      const port = r.chance(0.8)
        ? WELL_KNOWN[Math.floor(WELL_KNOWN.length * Math.pow(r.below(1000) / 1000, 2))]
        : 1 + r.below(20_000);
      return { low: port, high: port };
    }
  }
};

const WIDE: ReadonlySet<string> = new Set(['any', 'region', 'site']);

/** Some sites have more rules than others. */
const siteOf = (r: Random, sites: number): number => Math.floor(sites * Math.pow(r.below(1 << 24) / (1 << 24), 1.3));

const makeRule = (r: Random, seed: number, style: Style, sites: number, programs: number): Rule => {
  const site = siteOf(r, sites);
  let other = siteOf(r, sites);
  if (isIPv6(site) !== isIPv6(other)) other = isIPv6(site) ? other - (other % 4) + 3 : other - (other % 4);
  const open = draw(r, style.open, OPEN);
  const from = open === 'source' ? 'any' : draw(r, style.source, CLOSED);
  const to = open === 'destination' ? 'any' : draw(r, style.destination, CLOSED);
  const net = (at: number, l: Level): Network | null => l === 'any' ? null : networkOf(seed, at, l, r.below(1 << 20)); // prettier-ignore
  // what leaves both ends wide open names a service, or else it would match whatever comes
  const service = WIDE.has(from) && WIDE.has(to);
  const protocol = service ? r.pick(PORTED) : draw(r, style.protocol, PROTOCOLS);
  const ported = protocol === 'tcp' || protocol === 'udp';
  return {
    site,
    other,
    source: net(site, from),
    destination: net(other, to),
    protocol: protocol === 'any' ? null : protocol,
    sourcePorts: ported ? portsOf(r, draw(r, style.sourcePort, PORTS)) : null,
    destinationPorts: ported ? portsOf(r, service ? 'em' : draw(r, style.destinationPort, PORTS)) : null,
    program: r.chance(WITH_PROGRAM) ? programOf(r.below(programs)) : null,
  };
};

/** A rule for a service from and to anywhere. @param i its number: shapes take turns */
const makeService = (r: Random, i: number, programs: number): Rule => ({
  site: 0,
  other: 0,
  source: null,
  destination: null,
  protocol: r.pick(PORTED),
  sourcePorts: i % 4 < 2 ? null : portsOf(r, 'em'),
  destinationPorts: portsOf(r, 'em'),
  program: i % 2 === 0 ? null : programOf(r.below(programs)),
});

const widthOf = ({ source, destination, protocol, sourcePorts, destinationPorts, program }: Rule): number => {
  const open = (net: Network | null): number => (net ? 128 - net.bits : 128);
  const ports = (p: Ports | null): number => (p ? Math.log2(p.high - p.low + 1) : 16);
  return (
    open(source) +
    open(destination) +
    ports(sourcePorts) +
    ports(destinationPorts) +
    (protocol ? 0 : 2) +
    (program ? 0 : 4)
  );
};

const nameOf = (rule: Rule): string =>
  [rule.source, rule.destination]
    .map((net) => (net ? `${net.value}${String.fromCharCode(net.bits)}` : ''))
    .concat([rule.sourcePorts, rule.destinationPorts].map((p) => (p ? `${p.low}-${p.high}` : '')))
    .concat(rule.protocol ?? '', rule.program ?? '')
    .join(' ');

/** Distinct rules, mostly the narrower first, and behind them all one that no other overlaps. */
const makeRules = (n: number, seed: number, style: Style): Rule[] => {
  const r = new Random(batchSeed(seed, n ^ 0x0e));
  const sites = 4 * Math.ceil(Math.max(1, n / RULES_A_SITE / 4));
  const programs = Math.ceil(Math.sqrt(n));
  const names = new Set<string>();
  const made: { readonly rule: Rule; readonly at: number }[] = [];
  const services = Math.min(SERVICES.most, Math.max(SERVICES.least, Math.round((n * style.services) / 1000)));
  while (made.length < n - 1) {
    const i = made.length;
    const next = i < services ? makeService(r, i, programs) : makeRule(r, seed, style, sites, programs);
    const name = nameOf(next);
    if (names.has(name)) continue;
    names.add(name);
    made.push({ rule: next, at: widthOf(next) + r.below(JITTER) });
  }
  const rules = made.sort((a, b) => a.at - b.at).map(({ rule }) => rule);
  const [site, other] = [sites + 1024, sites + 1025];
  const last = {
    site,
    other,
    source: networkOf(seed, site, 'host', 0),
    destination: networkOf(seed, other, 'host', 1),
  };
  return [...rules, { ...last, protocol: 'sctp', sourcePorts: null, destinationPorts: null, program: null }];
};

/** Conditions, those of equal parts shared. */
class Conditions {
  readonly #parts = new Map<string, Expr>();

  of(rule: Rule): Expr {
    return and(
      ...this.#network('net.local_ip', rule.source),
      ...this.#network('net.remote_ip', rule.destination),
      ...this.#ports('net.local_port', rule.sourcePorts),
      ...this.#ports('net.remote_port', rule.destinationPorts),
      ...this.#text('net.protocol', rule.protocol),
      ...this.#text('proc.path', rule.program),
    );
  }

  #part(name: string, make: () => Expr): Expr {
    let part = this.#parts.get(name);
    if (part === undefined) this.#parts.set(name, (part = make()));
    return part;
  }
  #network(name: string, net: Network | null): Expr[] {
    return net ? [this.#part(`${name} ${net.value} ${net.bits}`, () => inNetwork(name, net.value, net.bits))] : [];
  }
  #text(name: string, value: string | null): Expr[] {
    return value === null ? [] : [this.#part(`${name} ${value}`, () => equals(name, value))];
  }
  #ports(name: string, ports: Ports | null): Expr[] {
    if (!ports) return [];
    const { low, high } = ports;
    const compare = (cmp: '=' | '>=' | '<=', n: number): Expr => this.#part(`${name} ${cmp} ${n}`, () => compares(name, cmp, n)); // prettier-ignore
    if (low === high) return [compare('=', low)];
    return [...(low > 0 ? [compare('>=', low)] : []), ...(high < 65535 ? [compare('<=', high)] : [])];
  }
}

const question = (h: Header): Question => ({
  kind: CONNECT[0],
  values: values({
    'net.local_ip': h.source,
    'net.remote_ip': h.destination,
    'net.local_port': BigInt(h.sourcePort),
    'net.remote_port': BigInt(h.destinationPort),
    'net.protocol': h.protocol,
    'proc.path': h.program,
  }),
});

/** A header that a rule matches. */
const headerOf = (r: Random, seed: number, rule: Rule): Header => {
  const port = (p: Ports | null): number => p ? r.between(p.low, p.high) : r.chance(0.5) ? r.pick(WELL_KNOWN) : r.between(1024, 65535); // prettier-ignore
  const address = (net: Network | null, site: number): string => net ? addressWithin(r, seed, site, net) : hostOf(seed, site, r.below(12)); // prettier-ignore
  return {
    site: rule.site,
    other: rule.other,
    source: address(rule.source, rule.site),
    destination: address(rule.destination, rule.other),
    protocol: rule.protocol ?? r.pick(['tcp', 'udp', 'icmp']),
    sourcePort: port(rule.sourcePorts),
    destinationPort: port(rule.destinationPorts),
    program: rule.program ?? programOf(r.below(1000)),
  };
};

const firewall =
  (style: Style): Generator =>
  (n: number, seed: number): Family => {
    const rules = makeRules(n, seed, style);
    const conditions = new Conditions();
    const normal = rules.map((one, i) =>
      rule(i, { kinds: CONNECT, when: conditions.of(one), action: i % 3 === 0 ? 'audit' : 'deny' }),
    );
    const matches = matcher(rules);
    const hit = (i: number, r: Random): Question => question(headerOf(r, seed, rules[i]));
    /** Two rules' headers crossed, so that each part is known; what no mixture escapes comes from where no rule looks. */
    const miss = (r: Random): Question => {
      for (let tries = 0; tries < 20; tries++) {
        const one = headerOf(r, seed, r.pick(rules));
        const two = headerOf(r, seed, r.pick(rules));
        if (isIPv6(one.site) !== isIPv6(two.other)) continue;
        const { other, destination, protocol } = r.chance(0.5) ? two : one;
        const header = { ...one, other, destination, protocol, destinationPort: 20_000 + r.below(45_000) };
        if (!matches(header)) return question(header);
      }
      const last = headerOf(r, seed, rules[n - 1]);
      return question({ ...last, source: last.destination, destination: last.source });
    };
    return { normal: normalForm(policy('firewall', normal)), events: asking(n, seed, hit, miss) };
  };

/** (e) in the style of access control lists. */
export const accessLists = firewall(STYLES.acl);
/** (e) in the style of firewalls. */
export const firewalls = firewall(STYLES.fw);
/** (e) in the style of IP chains. */
export const ipChains = firewall(STYLES.ipc);
