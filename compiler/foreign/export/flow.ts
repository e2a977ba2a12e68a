/** Conditions on peers, ports and protocols, as rules of NetworkPolicy have them. */
import { networkOf, printNetwork } from '../../check/address.ts';
import type { Constant, Expr } from '../../../vm/bundle/normal.ts';
import { conjuncts, disjuncts, equality, fieldOf } from './expression.ts';

/** What a NetworkPolicy can name; without one it means TCP. */
const PROTOCOLS = ['tcp', 'udp', 'sctp'];
const PORTS = { first: 1, last: 65535 };

export interface FlowPort {
  readonly protocol: string;
  readonly port?: number;
  readonly endPort?: number;
}
export interface Flow {
  /** CIDRs; null: everybody. */
  readonly networks: readonly string[] | null;
  /** null: every port of every protocol. */
  readonly ports: readonly FlowPort[] | null;
}

/** Ports from the first to the last, both included. */
type Range = readonly [first: number, last: number];

/**
 * @param port the field that a rule of this direction names ports of
 * @returns null where the condition is something else
 */
export function flowOf(expr: Expr, port: string): Flow | null {
  let networks: readonly string[] | null = null;
  let protocols: readonly string[] | null = null;
  let ranges: readonly Range[] | null = null;
  for (const part of conjuncts(expr)) {
    const peers = networksOf(part);
    const names = protocolsOf(part);
    const found = rangesOf(part, port);
    if (peers !== null && networks === null) networks = peers;
    else if (names !== null && protocols === null) protocols = names;
    else if (found !== null) ranges = ranges === null ? found : both(ranges, found);
    else return null;
  }
  // A list without anything means everything there.
  if (networks?.length === 0 || protocols?.length === 0 || ranges?.length === 0) return null;
  if (protocols === null && ranges === null) return { networks, ports: null };
  const ports = (protocols ?? PROTOCOLS).flatMap((name): FlowPort[] => {
    const protocol = name.toUpperCase();
    return (ranges ?? [null]).map((range) =>
      range === null ? { protocol } : { protocol, port: range[0], ...(range[1] !== range[0] && { endPort: range[1] }) },
    );
  });
  return { networks, ports };
}

function networksOf(expr: Expr): string[] | null {
  const found = disjuncts(expr).map((part): readonly Constant[] | null => {
    if (part.op === 'within' && fieldOf(part.left) === 'net.remote_ip' && part.right.is === 'cidr') return [part.right];
    const equal = equality(part);
    return equal?.field === 'net.remote_ip' ? equal.constants : null;
  });
  if (found.includes(null)) return null;
  const cidrs = found.flatMap((constants) =>
    (constants ?? []).flatMap((constant) =>
      constant.is === 'cidr'
        ? [printNetwork(constant)]
        : constant.is === 'address'
          ? [printNetwork(networkOf(constant))]
          : [],
    ),
  );
  return [...new Set(cidrs)];
}

function protocolsOf(expr: Expr): string[] | null {
  const found = disjuncts(expr).map(equality);
  if (!found.every((equal) => equal?.field === 'net.protocol')) return null;
  const values = found.flatMap((equal) => (equal?.constants ?? []).map(({ value }) => String(value)));
  return values.every((value) => PROTOCOLS.includes(value)) ? [...new Set(values)] : null;
}

/** @returns null where it is no test of this port alone */
function rangesOf(expr: Expr, port: string): readonly Range[] | null {
  if (expr.op === 'or') {
    const found = expr.args.map((arg) => rangesOf(arg, port));
    return found.includes(null) ? null : found.flatMap((ranges) => ranges ?? []);
  }
  if (expr.op === 'and' && expr.args.length > 0) {
    const found = expr.args.map((arg) => rangesOf(arg, port));
    return found.reduce((a, b) => (a === null || b === null ? null : both(a, b)));
  }
  const equal = equality(expr);
  if (equal?.field === port) return within(equal.constants.map(({ value }) => [Number(value), Number(value)]));
  if (expr.op !== 'compare' || expr.cmp === '=' || fieldOf(expr.left) !== port || expr.right.is !== 'int') return null;
  const bound = Number(expr.right.value);
  switch (expr.cmp) {
    case '<':
      return within([[-Infinity, bound - 1]]);
    case '<=':
      return within([[-Infinity, bound]]);
    case '>':
      return within([[bound + 1, Infinity]]);
    case '>=':
      return within([[bound, Infinity]]);
  }
}

/** What of the ranges is ports. */
const within = (ranges: readonly Range[]): readonly Range[] => both(ranges, [[PORTS.first, PORTS.last]]);

const both = (a: readonly Range[], b: readonly Range[]): readonly Range[] =>
  a.flatMap(([first, last]) =>
    b.flatMap(([from, to]): Range[] => {
      const range: Range = [Math.max(first, from), Math.min(last, to)];
      return range[0] <= range[1] ? [range] : [];
    }),
  );
