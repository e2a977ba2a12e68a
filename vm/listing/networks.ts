/** The networks of a table, read back from its trie. */
import { NETWORK, NETWORK_NODE, NETWORKS } from '../spec/index.ts';

export interface NetworkRow {
  /** Class, in a classifier. */
  readonly value: number;
  readonly text: string;
}

/**
 * @param view the program
 * @param table offset of the table; it must have passed the VM's verifier
 * @returns in the order of the records
 */
export const networksOf = (view: DataView, table: number): NetworkRow[] => {
  const found = new Map<number, NetworkRow>();
  const u32 = (at: number): number => view.getUint32(at, true);
  const address = new Uint8Array(16);
  const note = (record: number): void => {
    if (record === 0 || found.has(record)) return;
    const word = u32(record + NETWORK.class);
    const text = networkText(address, word >>> NETWORK.bitsShift);
    found.set(record, { value: word & NETWORK.classMask, text });
    note(u32(record + NETWORK.parent));
  };
  const walk = (ref: number, from: number): void => {
    address.fill(0, from);
    if (!(ref & 1)) return note(ref);
    const node = ref - 1;
    const byte = view.getUint8(node + NETWORK_NODE.byte);
    const skip = view.getUint8(node + NETWORK_NODE.skip);
    const runs = view.getUint16(node + NETWORK_NODE.runs, true);
    let at = node + NETWORK_NODE.first;
    for (let i = 0; i < skip; i++) address[byte - skip + i] = view.getUint8(at + i);
    at += (skip + 3) & ~3;
    const few = runs <= NETWORK_NODE.few;
    const starts = few ? Array.from({ length: runs }, (_, i) => view.getUint8(at + i)) : firstValues(view, at);
    at += few ? (runs + 3) & ~3 : NETWORK_NODE.bits + NETWORK_NODE.before;
    starts.forEach((start, i) => {
      address.fill(0, byte);
      address[byte] = start;
      walk(u32(at + i * 4), byte + 1);
    });
    note(u32(node + NETWORK_NODE.other));
  };
  walk(u32(table + NETWORKS.other), 0);
  address.fill(0);
  address.fill(0xff, 10, 12);
  walk(u32(table + NETWORKS.ipv4), 12);
  return [...found].sort(([a], [b]) => a - b).map(([, row]) => row);
};

const firstValues = (view: DataView, at: number): number[] =>
  Array.from({ length: 256 }, (_, v) => v).filter((v) => (view.getUint8(at + (v >> 3)) >> (v & 7)) & 1);

/** A network as sixteen bytes in hexadecimal and its bits. */
export const networkText = (address: Uint8Array, bits: number): string => {
  const masked = Buffer.alloc(16);
  for (let i = 0; i < 16; i++) masked[i] = address[i] & (0xff00 >> Math.min(8, Math.max(0, bits - 8 * i)));
  return `${masked.toString('hex').replace(/(.{4})(?!$)/g, '$1:')}/${bits}`;
};
