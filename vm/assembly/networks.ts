/**
 * Networks: the one that holds an address most closely, by a trie over the bytes of the address; see NETWORKS in the
 * specification. How many nodes a walk takes depends on the lengths of the prefixes, not on how many networks there are.
 */
import { count, countBytes } from './counting';
import { isIPv4 } from './derive';
import * as S from './generated/spec';

/**
 * @param table offset of a table of networks
 * @param address address of 16 bytes
 * @returns offset of the record of the longest prefix that holds the address; 0 if there is none
 */
export function findNetwork(program: usize, table: u32, address: usize): u32 {
  count(1);
  let ref = isIPv4(address) ? load<u32>(program + table) : load<u32>(program + table, S.NETWORKS_OTHER);
  while (ref & 1) {
    count(1);
    const node = program + ref - 1;
    const byte = <u32>load<u8>(node);
    const skip = <u32>load<u8>(node, S.NETWORK_NODE_SKIP);
    let at = node + S.NETWORK_NODE_FIRST;
    if (skip) {
      countBytes(skip);
      if (!isSame(at, address + byte - skip, skip)) return load<u32>(node, S.NETWORK_NODE_OTHER);
      at += (skip + 3) & ~3;
    }
    ref = refOf(at, <u32>load<u16>(node, S.NETWORK_NODE_RUNS), <u32>load<u8>(address + byte));
  }
  return ref;
}

/** The reference of the run that holds the value. */
function refOf(at: usize, runs: u32, value: u32): u32 {
  if (runs <= S.NETWORK_NODE_FEW) {
    let run: u32 = 1;
    while (run < runs && <u32>load<u8>(at + run) <= value) run++;
    return load<u32>(at + ((runs + 3) & ~3) + (run - 1) * 4);
  }
  const word = value >> 6;
  const bits = load<u64>(at + word * 8) & (u64.MAX_VALUE >> (63 - (value & 63)));
  const run = <u32>load<u8>(at + S.NETWORK_NODE_BITS + word) + <u32>popcnt(bits) - 1;
  return load<u32>(at + S.NETWORK_NODE_BITS + S.NETWORK_NODE_BEFORE + run * 4);
}

function isSame(p: usize, q: usize, n: u32): bool {
  for (let i: u32 = 0; i < n; i++) if (load<u8>(p + i) != load<u8>(q + i)) return false;
  return true;
}

/** Whether the one network at `prefix` holds the address. */
export function isWithin(prefix: usize, address: usize): bool {
  count(1);
  const bits = load<u32>(prefix);
  const high = load<u64>(prefix, S.PREFIX_BYTES) ^ load<u64>(address);
  if (bits <= 64) return !(high & mask(bits));
  return !high && !((load<u64>(prefix, S.PREFIX_BYTES + 8) ^ load<u64>(address, 8)) & mask(bits - 64));
}

/** The first `bits` bits of eight bytes in network order. */
function mask(bits: u32): u64 {
  return bits == 0 ? 0 : bswap<u64>(u64.MAX_VALUE << (64 - bits));
}
