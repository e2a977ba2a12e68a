/**
 * Tables of networks: a trie whose nodes tell one byte of an address apart, with the bytes that all networks below share
 * skipped (path compression), and the networks that no longer prefix hides pushed down to the runs of values that find
 * them. See NETWORKS in the specification for the layout, and docs/rationale.md for its sources.
 */
import type { Bytes } from '../../vm/bundle/normal.ts';
import { NETWORK, NETWORK_NODE, NETWORKS, PREFIX } from '../../vm/spec/index.ts';
import type { Writer } from './writer.ts';

/** A written table, and what looking up in it costs. */
export interface WrittenNetworks {
  readonly table: number;
  /**
   * Steps at most to the record that holds an address most closely: one for each byte of the longest prefix, so that a
   * bound tells of lengths and not of how many networks there are.
   */
  readonly walk: number;
  /** Networks at most that hold an address. */
  readonly chain: number;
}

/** 80 zero bits and 16 that are set: IPv4 addresses in their 128-bit form. */
const MAPPED = `${'\0'.repeat(10)}\xff\xff`;
const IPV4_BITS = 96;
const NONE = 0;

const bitsOf = (key: Bytes): number => key.charCodeAt(16);
const isIPv4 = (key: Bytes): boolean => bitsOf(key) >= IPV4_BITS && key.startsWith(MAPPED);
/** Bytes of a prefix that a walk can read: a node with skipped ones takes two steps, for two bytes at least. */
const bytesOf = (key: Bytes): number => Math.ceil(bitsOf(key) / 8) - (isIPv4(key) ? IPV4_BITS / 8 : 0);

/**
 * @param items networks as 16 bytes, host bits zero, and one of prefix bits; with a class each
 */
export const writeNetworks = (w: Writer, items: readonly (readonly [Bytes, number])[]): WrittenNetworks => {
  const sorted = [...items].sort(([a], [b]) => (a < b ? -1 : 1));
  const table = w.reserve(NETWORKS.size);
  const { records, chain } = writeRecords(w, sorted);
  const trie = new Trie(w, sorted.map(([key]) => key), records); // prettier-ignore
  const nodes = w.length;
  const { ipv4, other } = trie.write();
  w.u32(table + NETWORKS.ipv4, ipv4);
  w.u32(table + NETWORKS.other, other);
  w.u32(table + NETWORKS.records, records);
  w.u32(table + NETWORKS.recordCount, sorted.length);
  w.u32(table + NETWORKS.nodes, nodes);
  w.u32(table + NETWORKS.nodeBytes, w.length - nodes);
  const walk = 1 + sorted.reduce((most, [key]) => Math.max(most, bytesOf(key)), 0);
  w.u32(table + NETWORKS.walk, walk);
  w.u32(table + NETWORKS.chain, chain);
  return { table, walk, chain };
};

/** Writes a set of one network. */
export const writePrefix = (w: Writer, key: Bytes): number => {
  const at = w.reserve(PREFIX.size);
  w.u32(at + PREFIX.bits, bitsOf(key));
  w.text(at + PREFIX.bytes, key.slice(0, 16));
  return at;
};

/** Records in the order of addresses, where a network stands before those in it. */
const writeRecords = (w: Writer, sorted: readonly (readonly [Bytes, number])[]): { records: number; chain: number } => {
  const records = w.reserve(sorted.length * NETWORK.size);
  const around: number[] = [];
  let chain = 1;
  sorted.forEach(([key, value], i) => {
    while (around.length > 0 && !holds(sorted[around[around.length - 1]][0], key)) around.pop();
    const parent = around.length > 0 ? records + around[around.length - 1] * NETWORK.size : NONE;
    w.u32(records + i * NETWORK.size + NETWORK.class, (bitsOf(key) << NETWORK.bitsShift) | value);
    w.u32(records + i * NETWORK.size + NETWORK.parent, parent);
    around.push(i);
    chain = Math.max(chain, around.length);
  });
  return { records, chain };
};

/** Whether the first network holds the second. */
const holds = (a: Bytes, b: Bytes): boolean => {
  const bits = bitsOf(a);
  if (bits > bitsOf(b)) return false;
  const whole = bits >> 3;
  if (!b.startsWith(a.slice(0, whole))) return false;
  return (bits & 7) === 0 || (a.charCodeAt(whole) ^ b.charCodeAt(whole)) >> (8 - (bits & 7)) === 0;
};

class Trie {
  readonly #w: Writer;
  readonly #keys: readonly Bytes[];
  readonly #records: number;

  /** @param keys ascending */
  constructor(w: Writer, keys: readonly Bytes[], records: number) {
    this.#w = w;
    this.#keys = keys;
    this.#records = records;
  }

  write(): { ipv4: number; other: number } {
    const keys = this.#keys;
    const everything = keys.length > 0 && bitsOf(keys[0]) === 0 ? this.#record(0) : NONE;
    const first = keys.findIndex(isIPv4);
    const last = keys.findLastIndex(isIPv4) + 1;
    let around = everything;
    keys.forEach((key, i) => {
      // ascending, so that the last one that holds all IPv4 addresses is the smallest
      if (bitsOf(key) <= IPV4_BITS && holds(key, `${MAPPED}\0\0\0\0\x60`)) around = this.#record(i);
    });
    const skipped = first >= 0 && bitsOf(keys[first]) === IPV4_BITS ? first + 1 : first;
    const ipv4 = first < 0 ? around : this.#below(range(skipped, last), 12, around);
    const rest = range(everything === NONE ? 0 : 1, keys.length).filter((i) => !isIPv4(keys[i]));
    return { ipv4, other: this.#below(rest, 0, everything) };
  }

  #record(i: number): number {
    return this.#records + i * NETWORK.size;
  }

  /**
   * @param nets numbers of networks, ascending, longer than `from` bytes and equal up to there
   * @param around record of the network that holds them all, most closely
   */
  #below(nets: readonly number[], from: number, around: number): number {
    if (nets.length === 0) return around;
    const byte = this.#firstDifference(nets, from);
    const values = new Uint32Array(256).fill(around);
    for (let i = 0; i < nets.length;) {
      const key = this.#keys[nets[i]];
      const value = key.charCodeAt(byte);
      const hosts = 8 * (byte + 1) - bitsOf(key);
      if (hosts >= 0) {
        values.fill(this.#record(nets[i]), value, value + (1 << hosts));
        i++;
        continue;
      }
      let end = i + 1;
      while (end < nets.length && this.#keys[nets[end]].charCodeAt(byte) === value) end++;
      values[value] = this.#below(nets.slice(i, end), byte + 1, values[value]);
      i = end;
    }
    const shared = this.#keys[nets[0]].slice(from, byte);
    return this.#node(byte, shared, values, around) + 1;
  }

  /** The first byte at which the networks differ, or one of them ends. */
  #firstDifference(nets: readonly number[], from: number): number {
    const least = nets.reduce((n, i) => Math.min(n, bitsOf(this.#keys[i])), 128);
    const [a, b] = [this.#keys[nets[0]], this.#keys[nets[nets.length - 1]]];
    let byte = from;
    while (8 * (byte + 1) < least && a.charCodeAt(byte) === b.charCodeAt(byte)) byte++;
    return byte;
  }

  #node(byte: number, shared: Bytes, values: Uint32Array, around: number): number {
    const starts: number[] = [];
    for (let v = 0; v < 256; v++) if (v === 0 || values[v] !== values[v - 1]) starts.push(v);
    const few = starts.length <= NETWORK_NODE.few;
    const first = NETWORK_NODE.first + padded(shared.length);
    const refs = first + (few ? padded(starts.length) : NETWORK_NODE.bits + NETWORK_NODE.before);
    const w = this.#w;
    const at = w.reserve(refs + starts.length * 4);
    w.u8(at + NETWORK_NODE.byte, byte);
    w.u8(at + NETWORK_NODE.skip, shared.length);
    w.u16(at + NETWORK_NODE.runs, starts.length);
    w.u32(at + NETWORK_NODE.other, around);
    w.text(at + NETWORK_NODE.first, shared);
    if (few) starts.forEach((v, i) => w.u8(at + first + i, v));
    else writeBits(w, at + first, starts);
    starts.forEach((v, i) => w.u32(at + refs + i * 4, values[v]));
    return at;
  }
}

/** A bit for each value that begins a run, and for each word of 64 how many there are before it. */
const writeBits = (w: Writer, at: number, starts: readonly number[]): void => {
  const bytes = new Uint8Array(NETWORK_NODE.bits + NETWORK_NODE.before);
  for (const v of starts) {
    bytes[v >> 3] |= 1 << (v & 7);
    for (let word = (v >> 6) + 1; word < NETWORK_NODE.before; word++) bytes[NETWORK_NODE.bits + word]++;
  }
  bytes.forEach((byte, i) => w.u8(at + i, byte));
};

const padded = (bytes: number): number => (bytes + 3) & ~3;

const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
