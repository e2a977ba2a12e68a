/** Tables of networks: every reference stays inside, walks and chains end, and how long they are at most. */
import * as S from '../generated/spec';
import { at, isInside, program } from './bounds';

/**
 * One pass over the records and one over the nodes, each of which refers to earlier ones only.
 *
 * @param offset of the table
 * @returns whether all of it may be read, and no walk or chain is longer than it states
 */
export function isNetworks(offset: u32): bool {
  if (!isInside(offset, 1, S.NETWORKS_SIZE)) return false;
  const records = at(offset + S.NETWORKS_RECORDS);
  const count = at(offset + S.NETWORKS_RECORD_COUNT);
  const nodes = at(offset + S.NETWORKS_NODES);
  const bytes = at(offset + S.NETWORKS_NODE_BYTES);
  if (count > S.NETWORK_CLASS_MASK || bytes & 3) return false;
  if (!isInside(records, count, S.NETWORK_SIZE) || !isInside(nodes, bytes, 1)) return false;
  const work = heap.alloc(<usize>max(count, bytes >> 2) + 1);
  const whole =
    <u64>longestChain(work, records, count) <= <u64>at(offset + S.NETWORKS_CHAIN) &&
    isTrie(work, offset, records, count, nodes, bytes);
  heap.free(work);
  return whole;
}

/** A table of one network. */
export function isPrefix(offset: u32): bool {
  return isInside(offset, 1, S.PREFIX_SIZE) && at(offset) <= 128;
}

const BROKEN: u32 = 0xffffffff;

/** Records from each to its outermost, a byte each at `work`; BROKEN where a parent is not an earlier record. */
function longestChain(work: usize, records: u32, count: u32): u32 {
  let most: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const parent = at(records + i * S.NETWORK_SIZE + S.NETWORK_PARENT);
    let chain: u32 = 1;
    if (parent) {
      if (!isRecord(parent, records, i)) return BROKEN;
      chain += <u32>load<u8>(work + (parent - records) / S.NETWORK_SIZE);
    }
    if (chain > 129) return BROKEN; // more than there are lengths of prefixes
    store<u8>(work + i, <u8>chain);
    most = max(most, chain);
  }
  return most;
}

function isRecord(offset: u32, records: u32, count: u32): bool {
  return offset >= records && (offset - records) % S.NETWORK_SIZE == 0 && (offset - records) / S.NETWORK_SIZE < count;
}

/** Walks the nodes in their order; leaves at `work`, for each word that a node begins at, the steps from there. */
function isTrie(work: usize, table: u32, records: u32, count: u32, nodes: u32, bytes: u32): bool {
  memory.fill(work, 0, bytes >> 2);
  let node = nodes;
  const end = nodes + bytes;
  while (node < end) {
    if (end - node < S.NETWORK_NODE_FIRST) return false;
    const refs = refsOf(node, end);
    if (!refs) return false;
    const byte = <u32>load<u8>(program() + node);
    const skip = <u32>load<u8>(program() + node, S.NETWORK_NODE_SKIP);
    const other = at(node + S.NETWORK_NODE_OTHER);
    if (other && !isRecord(other, records, count)) return false;
    const runs = <u32>load<u16>(program() + node, S.NETWORK_NODE_RUNS);
    let most: u32 = 0;
    for (let i: u32 = 0; i < runs; i++) {
      const ref = at(refs + i * 4);
      // a child tells a later byte apart, and is not the node itself: its steps are known
      const steps = stepsFrom(work, ref, records, count, nodes, node, byte);
      if (steps == BROKEN) return false;
      most = max(most, steps);
    }
    store<u8>(work + ((node - nodes) >> 2), <u8>(1 + (skip ? 1 : 0) + most));
    node = refs + runs * 4;
  }
  const first = stepsFrom(work, at(table), records, count, nodes, end, BROKEN);
  const second = stepsFrom(work, at(table + S.NETWORKS_OTHER), records, count, nodes, end, BROKEN);
  return first != BROKEN && second != BROKEN && 1 + max(first, second) <= at(table + S.NETWORKS_WALK);
}

/** Steps of following a reference from a node of the given byte, BROKEN from none; BROKEN if it leads nowhere. */
function stepsFrom(work: usize, ref: u32, records: u32, count: u32, nodes: u32, before: u32, byte: u32): u32 {
  if (!(ref & 1)) return ref == 0 || isRecord(ref, records, count) ? 0 : BROKEN;
  const node = ref - 1;
  if (node & 3 || node < nodes || node >= before) return BROKEN;
  const steps = <u32>load<u8>(work + ((node - nodes) >> 2));
  if (!steps) return BROKEN;
  const own = <u32>load<u8>(program() + node);
  return byte != BROKEN && own <= byte ? BROKEN : steps;
}

/** Offset of the references of a node that is well formed before them, and has all of them; 0 if it is not. */
function refsOf(node: u32, end: u32): u32 {
  const byte = <u32>load<u8>(program() + node);
  const skip = <u32>load<u8>(program() + node, S.NETWORK_NODE_SKIP);
  const runs = <u32>load<u16>(program() + node, S.NETWORK_NODE_RUNS);
  if (byte > 15 || skip > byte || runs == 0 || runs > 256) return 0;
  const first = node + S.NETWORK_NODE_FIRST + ((skip + 3) & ~3);
  const few = runs <= S.NETWORK_NODE_FEW;
  const refs = first + (few ? (runs + 3) & ~3 : S.NETWORK_NODE_BITS + S.NETWORK_NODE_BEFORE);
  if (<u64>refs + runs * 4 > <u64>end) return 0;
  return few || isBitmap(first, runs) ? refs : 0;
}

/** Whether the bits begin with a run, are as many as it says, and are counted right. */
function isBitmap(offset: u32, runs: u32): bool {
  const bits = program() + offset;
  let found: u32 = 0;
  for (let i: u32 = 0; i < 4; i++) {
    if (<u32>load<u8>(bits + S.NETWORK_NODE_BITS + i) != found) return false;
    found += <u32>popcnt(load<u64>(bits + i * 8));
  }
  return found == runs && (load<u8>(bits) & 1) != 0;
}
