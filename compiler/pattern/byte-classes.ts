/** Classes of bytes of automata. */
import type { Dfa } from './dfa.ts';

/**
 * Bytes that an automaton does not tell apart: those with the same column of transitions are one class. Classes are numbered as
 * bytes first have them.
 * @returns the class of each byte, how many there are, and a byte of each
 */
export const byteClasses = ({ next, states }: Dfa): { map: Uint8Array; classes: number; representatives: number[] } => {
  const hashes = new Uint32Array(256);
  for (let at = 0; at < states * 256; at++) hashes[at & 255] = Math.imul(hashes[at & 255], 0x01000193) ^ next[at];
  const same = (b: number, c: number): boolean => {
    if (hashes[b] !== hashes[c]) return false;
    for (let row = 0; row < states * 256; row += 256) if (next[row + b] !== next[row + c]) return false;
    return true;
  };
  const map = new Uint8Array(256);
  const representatives: number[] = [];
  for (let b = 0; b < 256; b++) {
    const known = representatives.findIndex((c) => same(b, c));
    map[b] = known < 0 ? representatives.push(b) - 1 : known;
  }
  return { map, classes: representatives.length, representatives };
};
