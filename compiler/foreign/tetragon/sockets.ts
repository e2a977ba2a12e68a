/** Comparisons of sockets and addresses. */
import { parseAddress, parseNetwork, printNetwork } from '../../check/address.ts';
import type { Span } from '../../diagnostics/diagnostic.ts';
import type { LocatedScalar } from '../../document/located.ts';
import { all, not, oneOf, quotedSet, test, type Condition } from '../condition.ts';
import type { Findings } from './findings.ts';
import type { Meaning } from './hooks.ts';
import { askRanges, parseNumber, parseRange } from './numbers.ts';
import { polarOf, type Operator } from './operators.ts';
import { comparedTo } from './texts.ts';

type Socket = Extract<Meaning, { is: 'socket' | 'address' }>;

const PROTOCOLS: Readonly<Record<string, readonly [number: bigint, name: string]>> = {
  IPPROTO_ICMP: [1n, 'icmp'],
  IPPROTO_TCP: [6n, 'tcp'],
  IPPROTO_UDP: [17n, 'udp'],
  IPPROTO_ICMPV6: [58n, 'icmpv6'],
  IPPROTO_SCTP: [132n, 'sctp'],
  IPPROTO_RAW: [255n, 'raw'],
};
const FAMILIES: typeof PROTOCOLS = {
  AF_UNIX: [1n, 'unix'],
  AF_LOCAL: [1n, 'unix'],
  AF_INET: [2n, 'ipv4'],
  AF_INET6: [10n, 'ipv6'],
};

/** What is compared, by operator: whose end, and what of it. */
const ENDS: Readonly<
  Record<string, readonly [end: 'source' | 'destination', what: 'address' | 'port' | 'privileged']>
> = {
  SAddr: ['source', 'address'],
  DAddr: ['destination', 'address'],
  SPort: ['source', 'port'],
  DPort: ['destination', 'port'],
  SPortPriv: ['source', 'privileged'],
  DPortPriv: ['destination', 'privileged'],
};

const PORTS = [0n, 65535n] as const;

/** @returns undefined where it cannot be decided, or a value is wrong: said */
export function askSocket(
  socket: Socket,
  operator: Operator,
  values: readonly LocatedScalar[],
  span: Span,
  findings: Findings,
): Condition | undefined {
  const { op, negated } = polarOf(operator);
  if (op === 'Family') return named('net.family', FAMILIES, values, span, findings);
  if (op === 'Protocol' && socket.is === 'socket') return named('net.protocol', PROTOCOLS, values, span, findings);
  const asked = ENDS[op] as (typeof ENDS)[string] | undefined;
  if (asked === undefined || (socket.is === 'address' && asked[0] === 'destination')) {
    const help = op === 'State' ? 'our questions come before the operation, so a connection has no state yet' : null;
    findings.refuse(span, `\`${operator}\` of this argument is not known`, help);
    return undefined;
  }
  const end = endOf(socket, asked[0]);
  if (end === undefined) {
    const help = socket.is === 'socket' ? 'an argument of type `sockaddr` has the address that is asked for' : null;
    findings.refuse(span, `\`${operator}\`: the socket does not have this address yet`, help);
    return undefined;
  }
  if (asked[1] === 'address') return addresses(`net.${end}_ip`, values, negated, span, findings);
  const port = `net.${end}_port`;
  if (asked[1] === 'privileged') return test(`${port} ${negated ? '>=' : '<'} 1024`, span);
  const ranges = values.map((value) => {
    const range = parseRange(value.text);
    if (range === undefined) findings.wrong(value, 'values', 'a port, or `low:high`');
    return range;
  });
  if (ranges.includes(undefined)) return undefined;
  const condition = askRanges(port, ranges as NonNullable<(typeof ranges)[number]>[], PORTS, span);
  return negated ? not(condition) : condition;
}

function endOf(socket: Socket, end: 'source' | 'destination'): 'local' | 'remote' | undefined {
  if (socket.is === 'address') return socket.of;
  if (end === 'source') return socket.own ? 'local' : undefined;
  return socket.peer ? 'remote' : undefined;
}

/** Numbers or names that our events know by name; others are nothing that they can be. */
function named(
  field: string,
  table: typeof PROTOCOLS,
  values: readonly LocatedScalar[],
  span: Span,
  findings: Findings,
): Condition | undefined {
  const names: string[] = [];
  for (const value of values) {
    const number = parseNumber(value.text);
    const found = number === undefined ? table[value.text] : Object.values(table).find(([of]) => of === number);
    if (found === undefined) {
      findings.refuse(
        value.span,
        `\`${value.text}\` is none that events have`,
        `they have ${Object.keys(table).join(', ')}`,
      );
      return undefined;
    }
    names.push(found[1]);
  }
  return oneOf(field, names, span);
}

/** Networks count by their prefix, whatever stands behind it. What has no address of IP never matches, negated or not. */
function addresses(
  field: string,
  values: readonly LocatedScalar[],
  negated: boolean,
  span: Span,
  findings: Findings,
): Condition | undefined {
  const networks = values.map((value) => {
    const network = parseNetwork(value.text);
    const text = network !== null ? printNetwork(network.network) : parseAddress(value.text) && value.text;
    if (text === null) {
      const help = value.text.startsWith('${')
        ? 'put the network in its place'
        : 'an address, or a network `10.0.0.0/8`';
      findings.wrong(value, 'values', help);
    }
    return text;
  });
  if (networks.includes(null)) return undefined;
  const texts = [...new Set(networks as string[])];
  const single = texts.length === 1 && !texts[0].includes('/');
  const condition = single
    ? comparedTo(field, negated, texts, span)
    : test(`${field} ${negated ? 'not ' : ''}in ${quotedSet(texts)}`, span);
  return negated ? all([test(`exists(${field})`, span), condition]) : condition;
}
