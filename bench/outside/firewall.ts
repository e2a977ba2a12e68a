/** ClassBench's filters as rules and its headers as events: by turns denied and audited, since the format has no actions. */
import type { Expr, NormalForm } from '../../vm/bundle/normal.ts';
import type { Asked } from '../families/index.ts';
import { and, compares, equals, inNetwork, kind, normalForm, policy, rule, values } from '../families/build.ts';
import type { Filter, Header, Network, Ports } from './classbench.ts';

const CONNECT = kind('net.connect');
const NAMES: Readonly<Record<number, string>> = {
  1: 'icmp',
  6: 'tcp',
  17: 'udp',
  58: 'icmpv6',
  132: 'sctp',
  255: 'raw',
};

/** The name of a protocol, else its number. */
const nameOf = (protocol: number): string => NAMES[protocol] ?? String(protocol);

const network = (name: string, { value, bits }: Network): Expr[] => (bits === 0 ? [] : [inNetwork(name, value, bits)]);

const ports = (name: string, { low, high }: Ports): Expr[] => {
  if (low === high) return [compares(name, '=', low)];
  return [...(low > 0 ? [compares(name, '>=', low)] : []), ...(high < 65535 ? [compares(name, '<=', high)] : [])];
};

/** The first filter that matches decides. */
export const firewallRules = (filters: readonly Filter[]): NormalForm =>
  normalForm(
    policy(
      'filters',
      filters.map((filter, i) =>
        rule(i, {
          kinds: [CONNECT],
          when: and(
            ...network('net.local_ip', filter.source),
            ...network('net.remote_ip', filter.destination),
            ...ports('net.local_port', filter.sourcePorts),
            ...ports('net.remote_port', filter.destinationPorts),
            ...(filter.protocol === undefined ? [] : [equals('net.protocol', nameOf(filter.protocol))]),
          ),
          action: i % 2 === 0 ? 'deny' : 'audit',
        }),
      ),
    ),
  );

export const firewallEvents = (headers: readonly Header[]): Asked[] =>
  headers.map((header, i) => ({
    event: {
      kind: CONNECT,
      time: BigInt(i + 1),
      values: values({
        'net.local_ip': header.source,
        'net.remote_ip': header.destination,
        'net.local_port': BigInt(header.sourcePort),
        'net.remote_port': BigInt(header.destinationPort),
        'net.protocol': nameOf(header.protocol),
      }),
    },
  }));
