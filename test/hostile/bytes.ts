/** Bytes that nobody should trust: random ones, and valid ones with something changed. */
import type { Random } from '../generators/random.ts';

const INTERESTING = [
  0, 1, 2, 3, 4, 7, 8, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x1_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_fff8,
];
const EXTREME = [0xffff_fffc, 0xffff_fffe, 0xffff_ffff];

export const randomBytes = (r: Random, length: number): Uint8Array =>
  Uint8Array.from(r.list(length, () => r.below(256)));

/** A word that is likely to be almost right where it is put. */
function word(r: Random, bytes: Uint8Array, at: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const old = view.getUint32(at, true);
  switch (r.below(6)) {
    case 0:
      return r.pick(INTERESTING);
    case 1:
      return r.pick(EXTREME);
    case 2:
      return old + r.pick([1, -1, 4, -4, 8, -8, 16, 20, 32]);
    case 3:
      return bytes.length + r.pick([-16, -8, -4, -1, 0, 1, 4, 8]);
    case 4:
      return r.below(bytes.length);
    default:
      return view.getUint32(r.below(bytes.length >> 2) * 4, true);
  }
}

/** One change of the bytes; the result may be shorter or longer. */
function change(r: Random, bytes: Uint8Array, other: Uint8Array): Uint8Array {
  const at = r.below(bytes.length);
  switch (r.below(12)) {
    case 0:
      bytes[at] ^= 1 << r.below(8);
      return bytes;
    case 1:
      bytes[at] = r.below(256);
      return bytes;
    case 2: {
      const length = r.below(Math.min(64, bytes.length - at) + 1);
      bytes.fill(r.pick([0, 0xff]), at, at + length);
      return bytes;
    }
    case 3:
      return bytes.slice(0, at);
    case 4: {
      const from = r.below(other.length);
      const part = other.subarray(from, from + r.pick([4, 8, 16, 64, 1024]));
      bytes.set(part.subarray(0, bytes.length - at), at);
      return bytes;
    }
    case 5: {
      const from = r.below(bytes.length);
      bytes.copyWithin(at, from, from + r.pick([4, 8, 16, 20, 32]));
      return bytes;
    }
    case 6:
      return Buffer.concat([bytes, randomBytes(r, r.pick([1, 4, 8, 64]))]);
    default: {
      if (bytes.length < 8) return bytes;
      const aligned = r.below((bytes.length - 4) >> 2) * 4;
      new DataView(bytes.buffer, bytes.byteOffset).setUint32(aligned, word(r, bytes, aligned), true);
      return bytes;
    }
  }
}

/** A copy with one to a few changes, some of them parts of `other`. */
export function corrupt(r: Random, bytes: Uint8Array, other: Uint8Array): Uint8Array {
  let copy: Uint8Array = Uint8Array.from(bytes);
  for (let n = r.pick([1, 1, 1, 2, 3, 8]); n > 0 && copy.length > 0; n--)
    copy = Uint8Array.from(change(r, copy, other));
  return copy;
}
