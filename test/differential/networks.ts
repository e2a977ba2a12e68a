/** A bundle of networks in networks: from the whole space to one address, around the block of IPv4 and in it, doubled. */
import type { Constant, Expr, NormalForm, NormalRule, Operand } from '../../vm/bundle/normal.ts';

import { Random } from '../generators/random.ts';
import { addressBits, addressNear, bitsAddress, fieldId, randomAddress } from '../generators/values.ts';
import type { Delivery } from './case.ts';

type Network = Extract<Constant, { is: 'cidr' }>;

const CONNECT = 10;
const REMOTE: Operand = { is: 'field', field: fieldId('net.remote_ip') };
const LOCAL: Operand = { is: 'field', field: fieldId('net.local_ip') };

const network = (address: string, bits: number): Network => {
  const host = BigInt(128 - bits);
  return { is: 'cidr', value: bitsAddress((addressBits(address) >> host) << host), bits };
};

/** Networks around and beside one another: every length up to a few addresses, and some more of each. */
const nested = (r: Random, count: number): Network[] => {
  const found: Network[] = [];
  for (let i = 0; i < count; i++) {
    const near = found.length > 0 && r.chance(0.7) ? addressNear(r, r.pick(found), r.chance(0.7)) : randomAddress(r);
    const bits = r.chance(0.5) ? r.between(96, 128) : r.between(0, 128);
    found.push(network(near, bits));
  }
  return found;
};

const rule = (name: string, when: Expr, i: number): NormalRule => ({
  name,
  kinds: [CONNECT],
  when,
  unless: [],
  action: i % 3 ? 'deny' : 'allow',
  errno: i % 3 ? 1 : 0,
  continue: i % 11 === 0,
});

/** @returns rules found by one network, by pairs of them, or with sets of them left to check */
export const networks = (seed: number): { normal: NormalForm; deliveries: Delivery[] } => {
  const r = new Random(seed);
  const nets = nested(r, r.pick([1, 12, 300]));
  const within = (left: Operand): Expr => ({ op: 'within', left, right: r.pick(nets) });
  const set = (left: Operand): Expr => ({ op: 'in', left, set: r.list(r.between(1, 9), () => r.pick(nets)) });
  const conditions = r.list(nets.length * 2, (): Expr => {
    const [a, b] = [within(REMOTE), r.chance(0.5) ? within(LOCAL) : set(LOCAL)];
    if (r.chance(0.3)) return r.pick([a, b]);
    return { op: 'and', args: r.chance(0.2) ? [a, { op: 'not', arg: b }] : [a, b] };
  });
  const rules = conditions.map((when, i) => rule(`r${i}`, when, i));
  const address = (): string => addressNear(r, r.pick(nets), r.chance(0.7));
  const deliveries = r.list(400, (): Delivery => {
    const inline = new Map([
      [fieldId('net.remote_ip'), address()],
      [fieldId('net.local_ip'), address()],
    ]);
    return { kind: CONNECT, time: undefined, inline, subject: new Map(), workload: new Map() };
  });
  const policy = { name: 'p', mode: 'enforce', tier: 'default', order: 1000, scope: {}, defaults: {}, rules } as const;
  return { normal: { version: 1, policies: [policy] }, deliveries };
};
