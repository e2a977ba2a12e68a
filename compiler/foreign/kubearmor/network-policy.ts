/** KubeArmorNetworkPolicy: the firewall of hosts. Its rules are asked in order, and the first that matches decides. */
import { diagnose } from '../../diagnostics/index.ts';
import type { Span } from '../../diagnostics/diagnostic.ts';
import { headOf, type Report } from '../../schema/read.ts';
import type { Spanned, Text } from '../../schema/shape.ts';
import { all, ALWAYS, quoted, some, test, written, type Condition } from '../condition.ts';
import { nameOf, UniqueNames } from '../names.ts';
import type { ForeignDocument, Lowered } from '../system.ts';
import { at, lowered, type Plain } from '../tree.ts';
import { readDocument, watched } from './document.ts';
import { notesOf, type EntryAction, type Notes } from './entry.ts';
import { nothingLeft } from './policy.ts';
import type { Postures } from './posture.ts';
import { hostSelection, scopeOf } from './selection.ts';
import { severityOf } from './severity.ts';
import { RESOURCES, type ResourceKind } from './shapes.ts';

const DIRECTIONS = {
  ingress: { on: ['net.accept'], peer: 'net.remote_ip', port: 'net.local_port' },
  egress: { on: ['net.connect', 'net.send'], peer: 'net.remote_ip', port: 'net.remote_port' },
} as const;
type Direction = keyof typeof DIRECTIONS;

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
/** Behind everything that says something of programs: of its own, the order of documents counts. */
const FIRST_ORDER = 2001;

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

/** @param documents of all kinds, in document order */
export function hostFirewall(
  documents: readonly { readonly kind: ResourceKind; readonly document: ForeignDocument }[],
  postures: Postures,
  names: UniqueNames,
  report: Report,
): Lowered[] {
  const own = documents.filter(({ kind }) => kind === 'KubeArmorNetworkPolicy');
  return own.flatMap(({ document }, n) => {
    const made = policyOf(document, postures, names, own.length > 1 ? FIRST_ORDER + n : null, report);
    return made === null ? [] : [made];
  });
}

function policyOf(
  { root }: ForeignDocument,
  postures: Postures,
  names: UniqueNames,
  order: number | null,
  reportAll: Report,
): Lowered | null {
  const { report, failed } = watched(reportAll);
  const read = readDocument(RESOURCES.KubeArmorNetworkPolicy, root, report);
  if (read?.spec === undefined) {
    report(diagnose('L5005', 'the key `spec` is missing', headOf(root), '`ingress` and `egress` stand under it'));
    return null;
  }
  const { metadata, spec } = read;
  const taken = new UniqueNames();
  const actions: EntryAction[] = [];
  const rules = (['ingress', 'egress'] as const).flatMap((direction): Plain[] =>
    (spec[direction]?.value ?? []).flatMap((flow: Flow) => {
      const notes = notesOf([flow, spec], report);
      const when = conditionOf(flow, direction, report);
      if (when === null) return [];
      actions.push(notes.action);
      return [ruleOf(flow, direction, when, notes, taken)];
    }),
  );
  if (rules.length === 0) {
    if (!failed()) report(nothingLeft(metadata, headOf(root)));
    return null;
  }
  const posture = { allow: undefined, audit: 'audit', block: 'deny' }[postures.network];
  const kinds = ['net.connect', 'net.send', 'net.accept'];
  const name = names.take(nameOf(metadata?.name?.value ?? '', 'policy'));
  const span = metadata?.name?.span ?? headOf(root);
  return lowered(
    'Policy',
    span,
    { name, annotations: { 'kubearmor.com/kind': 'KubeArmorNetworkPolicy' } },
    {
      mode: 'enforce',
      order: order ?? undefined,
      scope: scopeOf(hostSelection(spec.nodeSelector)),
      defaults:
        actions.includes('Allow') && posture !== undefined
          ? Object.fromEntries(kinds.map((kind) => [kind, posture]))
          : undefined,
      rules,
    },
  );
}

const DOES: Readonly<Record<EntryAction, readonly [verb: string, action: string]>> = {
  Allow: ['allow', 'allow'],
  Audit: ['audit', 'audit'],
  Block: ['block', 'deny'],
};

function ruleOf(
  flow: Flow,
  direction: Direction,
  when: Condition,
  { action, severity, tags, message }: ReturnType<typeof notesOf>,
  names: UniqueNames,
): Plain {
  const [verb, does] = DOES[action];
  const { on } = DIRECTIONS[direction];
  return at(flow.head, {
    name: names.take(`${verb}-${direction}`),
    on: on.length === 1 ? on[0] : on,
    when: written(when, flow.head),
    action: does,
    ...(does === 'allow'
      ? {}
      : {
          severity: severity === null ? undefined : severityOf(severity),
          tags: tags.length > 0 ? tags : undefined,
          message: message === null ? undefined : at(message.span, message.value),
        }),
  });
}

/** @returns null where it cannot be decided, which is reported */
function conditionOf(flow: Flow, direction: Direction, report: Report): Condition | null {
  if (flow.iface !== undefined && flow.iface.value.length > 0) {
    const help = 'leave `iface` out: the rule then holds for every interface';
    report(diagnose('L5006', 'events do not say which interface packets take', flow.iface.span, help));
    return null;
  }
  const { peer } = DIRECTIONS[direction];
  const blocks = (flow.from ?? flow.to)?.value.flatMap(({ ipBlock }) => (ipBlock?.cidr ? [ipBlock.cidr] : [])) ?? [];
  const networks = blocks.map((cidr) => test(`${peer} in (${quoted(cidr.value)})`, cidr.span));
  const ports = (flow.ports?.value ?? []).map((port) => portOf(port, direction, report));
  if (ports.some((port) => port === null)) return null;
  return all([
    networks.length === 0 ? ALWAYS : some(networks),
    ports.length === 0 ? ALWAYS : some(ports.filter((port) => port !== null)),
  ]);
}

function portOf({ port, endPort, protocol, head }: Port, direction: Direction, report: Report): Condition | null {
  const name = (protocol?.value ?? 'tcp').toLowerCase();
  if (!PROTOCOLS.includes(name)) {
    const help = `it is one of ${PROTOCOLS.join(', ')}`;
    report(diagnose('L5004', `unknown protocol \`${protocol?.value}\``, protocol?.span ?? head, help));
    return null;
  }
  const transport = test(`net.protocol = ${quoted(name)}`, protocol?.span ?? head);
  if (port === undefined) return transport;
  const text = String(port.value);
  const number = Object.hasOwn(PORTS, text) ? PORTS[text] : /^[0-9]+$/.test(text) ? Number(text) : NaN;
  if (!(number >= 0 && number <= 65535)) {
    report(
      diagnose(
        'L5004',
        `\`${text}\` is no port`,
        port.span,
        `write its number, or one of ${Object.keys(PORTS).join(', ')}`,
      ),
    );
    return null;
  }
  const field = DIRECTIONS[direction].port;
  if (endPort === undefined || endPort.value === number)
    return all([transport, test(`${field} = ${number}`, port.span)]);
  return all([transport, test(`${field} >= ${number}`, port.span), test(`${field} <= ${endPort.value}`, endPort.span)]);
}
