/** MurmurHash3 x86_32 (Austin Appleby): the same function as `vm/assembly/text.ts`, so that both find the same bucket. */
import type { Bytes } from '../../vm/bundle/normal.ts';

const C1 = 0xcc9e2d51;
const C2 = 0x1b873593;
const rotl = (x: number, n: number): number => (x << n) | (x >>> (32 - n));

/** @returns 32 bits, unsigned */
export const hash = (text: Bytes, seed: number): number => {
  let h = seed | 0;
  const words = text.length & ~3;
  const at = (i: number): number => text.charCodeAt(i);
  for (let i = 0; i < words; i += 4) {
    const k = at(i) | (at(i + 1) << 8) | (at(i + 2) << 16) | (at(i + 3) << 24);
    h ^= Math.imul(rotl(Math.imul(k, C1), 15), C2);
    h = (Math.imul(rotl(h, 13), 5) + 0xe6546b64) | 0;
  }
  let k = 0;
  for (let i = text.length - 1; i >= words; i--) k = (k << 8) | at(i);
  if (text.length & 3) h ^= Math.imul(rotl(Math.imul(k, C1), 15), C2);
  return mix(h ^ text.length);
};

/** The final mix. */
export const mix = (value: number): number => {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
};
