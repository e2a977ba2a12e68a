/** Sets of networks: a dictionary probed once for each prefix length that the set has. */
import { count } from './counting';
import { NOT_FOUND, find } from './dictionary';
import * as S from './generated/spec';

/** 16 masked bytes and the number of bits: what a network is looked up by. */
const key: usize = memory.data(24, 8);

/** Whether a network of the set contains the address. */
export function findNetwork(program: usize, set: u32, address: usize): bool {
  const lengths = load<u32>(program + set);
  for (let i: u32 = 0; i < lengths; i++) {
    if (findLength(program, set, i, address) != NOT_FOUND) return true;
  }
  return false;
}

/** The value of the network with the set's `i`-th prefix length that contains the address; NOT_FOUND if there is none. */
export function findLength(program: usize, set: u32, i: u32, address: usize): u32 {
  count(1);
  const bits = load<u32>(program + set + S.LENGTHS_FIRST + i * 4);
  store<u64>(key, mask(load<u64>(address), bits));
  store<u64>(key, bits > 64 ? mask(load<u64>(address, 8), bits - 64) : 0, 8);
  store<u32>(key, bits, 16);
  return find(program, load<u32>(program + set, S.LENGTHS_DICT), key, 20);
}

/** Keeps the first `bits` bits of eight bytes in network order. */
function mask(word: u64, bits: u32): u64 {
  if (bits >= 64) return word;
  if (bits == 0) return 0;
  return word & bswap<u64>(~(((<u64>1) << (64 - bits)) - 1));
}
