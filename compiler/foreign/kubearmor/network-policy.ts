/** KubeArmorNetworkPolicy, read: what each entry lets through, refuses or notes. What all of them do together is in `firewall.ts`. */
import { contains, parseNetwork, type Network } from '../../check/address.ts';
import { diagnose } from '../../diagnostics/index.ts';
import type { Span } from '../../diagnostics/diagnostic.ts';
import { headOf, type Report } from '../../schema/read.ts';
import type { Spanned, Text } from '../../schema/shape.ts';
import { all, ALWAYS, quoted, quotedSet, some, test, type Condition } from '../condition.ts';
import { nameOf, UniqueNames } from '../names.ts';
import type { ForeignDocument } from '../system.ts';
import { readDocument, watched } from './document.ts';
import { notesOf, type Notes } from './entry.ts';
import { nothingLeft } from './policy.ts';
import { hostSelection, type Selection } from './selection.ts';
import { RESOURCES } from './shapes.ts';

export const DIRECTIONS = {
  ingress: { on: ['net.accept'], peer: 'net.remote_ip', port: 'net.local_port' },
  egress: { on: ['net.connect', 'net.send'], peer: 'net.remote_ip', port: 'net.remote_port' },
} as const;
export type Direction = keyof typeof DIRECTIONS;

/** Names that KubeArmor documents; it looks others up where it runs. */
const PORTS: Readonly<Record<string, number>> = {
  dns: 53,
  domain: 53,
  ftp: 21,
  http: 80,
  https: 443,
  ntp: 123,
  smtp: 25,
  ssh: 22,
  telnet: 23,
};
const PROTOCOLS = ['tcp', 'udp', 'sctp'];
/** What an entry of either direction has. */
interface Flow extends Notes {
  readonly head: Span;
  readonly from?: Peers;
  readonly to?: Peers;
  readonly iface?: Spanned<readonly Text[]>;
  readonly ports?: Spanned<readonly Port[]>;
}
type Peers = Spanned<readonly { readonly ipBlock?: { readonly cidr?: Text }; readonly head: Span }[]>;
interface Port {
  readonly head: Span;
  readonly port?: Spanned<string | bigint>;
  readonly endPort?: Spanned<number>;
  readonly protocol?: Text;
}

interface PortRange {
  readonly protocol: string;
  readonly from: number;
  readonly to: number;
  readonly when: Condition;
}

/** The packets that an entry is about. */
interface Packets {
  /** Of the peer; null: any. */
  readonly networks: readonly Network[] | null;
  /** Null: any, of any protocol. */
  readonly ports: readonly PortRange[] | null;
  /** Holds for them, but never on the loopback interface. */
  readonly when: Condition;
}

/** An entry of either direction. */
export interface FlowEntry extends ReturnType<typeof notesOf>, Packets {
  readonly direction: Direction;
  /** Unique in its policy. */
  readonly name: string;
  readonly span: Span;
}

export interface NetworkPolicy {
  /** As it may be the name of a policy of ours. */
  readonly name: string;
  readonly selection: Selection;
  readonly flows: readonly FlowEntry[];
  /** Whether it makes an allow-list: what its entries say for themselves does not count. */
  readonly allows: boolean;
  /** Of its name. */
  readonly span: Span;
}

/** @returns null where nothing of it is left, which is reported */
export function readNetworkPolicy({ root }: ForeignDocument, reportAll: Report): NetworkPolicy | null {
  const { report, failed } = watched(reportAll);
  const read = readDocument(RESOURCES.KubeArmorNetworkPolicy, root, report);
  if (read?.spec === undefined) {
    report(diagnose('L5005', 'the key `spec` is missing', headOf(root), '`ingress` and `egress` stand under it'));
    return null;
  }
  const { metadata, spec } = read;
  const taken = new UniqueNames();
  const flows = (['ingress', 'egress'] as const).flatMap((direction): FlowEntry[] =>
    (spec[direction]?.value ?? []).flatMap((flow: Flow) => {
      const notes = notesOf([flow, spec], report);
      const packets = packetsOf(flow, direction, report);
      if (packets === null) return [];
      const name = taken.take(`${notes.action.toLowerCase()}-${direction}`);
      return [{ ...notes, ...packets, direction, name, span: flow.head }];
    }),
  );
  if (flows.length === 0) {
    if (!failed()) report(nothingLeft(metadata, headOf(root)));
    return null;
  }
  return {
    name: nameOf(metadata?.name?.value ?? '', 'policy'),
    selection: hostSelection(spec.nodeSelector),
    flows,
    allows: spec.action?.value.toLowerCase() === 'allow',
    span: metadata?.name?.span ?? headOf(root),
  };
}

/** The loopback interface, which nothing is filtered on. */
const LOOPBACK = ['127.0.0.0/8', '::1/128'];
const LOOPBACKS = LOOPBACK.flatMap((text) => parseNetwork(text)?.network ?? []);

const offLoopback = (span: Span): Condition => test(`net.remote_ip not in ${quotedSet(LOOPBACK)}`, span);

/** What a firewall sees: neither sockets of the file system nor the loopback interface. */
export const isPacket = (span: Span): Condition => all([test('exists(net.remote_ip)', span), offLoopback(span)]);

/** Whether an address could be of both networks. */
export const overlap = (a: Network, b: Network): boolean => contains(a, b.value) || contains(b, a.value);

/** @returns null where it cannot be decided, which is reported */
function packetsOf(flow: Flow, direction: Direction, report: Report): Packets | null {
  if (flow.iface !== undefined && flow.iface.value.length > 0) {
    const help = 'leave `iface` out: the rule then holds for every interface';
    report(diagnose('L5006', 'events do not say which interface packets take', flow.iface.span, help));
    return null;
  }
  const { peer } = DIRECTIONS[direction];
  const blocks = (flow.from ?? flow.to)?.value.flatMap(({ ipBlock }) => (ipBlock?.cidr ? [ipBlock.cidr] : [])) ?? [];
  const peers = blocks.map((cidr) => test(`${peer} in (${quoted(cidr.value)})`, cidr.span));
  const ports = (flow.ports?.value ?? []).map((port) => portsOf(port, direction, report));
  if (ports.some((port) => port === null)) return null;
  const known = ports.filter((port) => port !== null);
  // Of what is no network, it is said when the condition is read.
  const networks = blocks.flatMap(({ value }) => parseNetwork(value)?.network ?? []);
  const isApart = !networks.some((one) => LOOPBACKS.some((other) => overlap(one, other)));
  return {
    networks: networks.length > 0 ? networks : null,
    ports: known.length > 0 ? known : null,
    when: all([
      blocks.length === 0 ? isPacket(flow.head) : isApart ? ALWAYS : offLoopback(flow.head),
      blocks.length === 0 ? ALWAYS : some(peers),
      known.length === 0 ? ALWAYS : some(known.map(({ when }) => when)),
    ]),
  };
}

function portsOf({ port, endPort, protocol, head }: Port, direction: Direction, report: Report): PortRange | null {
  const name = (protocol?.value ?? 'tcp').toLowerCase();
  if (!PROTOCOLS.includes(name)) {
    const help = `it is one of ${PROTOCOLS.join(', ')}`;
    report(diagnose('L5004', `unknown protocol \`${protocol?.value}\``, protocol?.span ?? head, help));
    return null;
  }
  const transport = test(`net.protocol = ${quoted(name)}`, protocol?.span ?? head);
  if (port === undefined) return { protocol: name, from: 0, to: 65535, when: transport };
  const text = String(port.value);
  const from = Object.hasOwn(PORTS, text) ? PORTS[text] : /^[0-9]+$/.test(text) ? Number(text) : NaN;
  if (!(from >= 0 && from <= 65535)) {
    const help = `write its number, or one of ${Object.keys(PORTS).join(', ')}`;
    report(diagnose('L5004', `\`${text}\` is no port`, port.span, help));
    return null;
  }
  const field = DIRECTIONS[direction].port;
  const to = endPort?.value ?? from;
  const range =
    endPort === undefined || to === from
      ? [test(`${field} = ${from}`, port.span)]
      : [test(`${field} >= ${from}`, port.span), test(`${field} <= ${to}`, endPort.span)];
  return { protocol: name, from, to, when: all([transport, ...range]) };
}
