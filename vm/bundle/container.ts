/** The bundle file: sections behind a table of digests. Read and written here, nowhere else. */
import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * Little-endian. `magic` (8 bytes), format u32, count of sections u32; then for each section
 * `id u32 | 0 u32 | offset u64 | length u64 | SHA-256 (32 bytes)`; then the sections in the order of the table, each at
 * the next multiple of 8, zeros between. The file ends with the padding of its last section: there is one way to write
 * the same sections.
 */
export const FORMAT = 2;
const MAGIC = 'LICTORB\0';
const HEADER = 16;
const ENTRY = 56;

export interface BundleSections {
  /** MessagePack of `Manifest`. */
  readonly manifest: Uint8Array;
  /** The VM's program, used in place. */
  readonly program: Uint8Array;
  /** MessagePack of `NormalForm`. */
  readonly normal: Uint8Array;
  /** MessagePack of `{path, text}[]`. */
  readonly sources: Uint8Array;
  /** A program about directories, empty for none: `Bundle.cover`. */
  readonly cover: Uint8Array;
}

/** Numbers of the sections in the table; appended to, never renumbered. */
const SECTIONS = ['manifest', 'program', 'normal', 'sources', 'cover'] as const satisfies (keyof BundleSections)[];
/** Sections of each format that is read: the first so many. */
const COUNTS: Readonly<Record<number, number>> = { 1: 4, [FORMAT]: SECTIONS.length };

const aligned = (length: number): number => Math.ceil(length / 8) * 8;
const digestOf = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

/** @returns the file: the same sections give the same bytes */
export function writeContainer(sections: BundleSections): Uint8Array {
  const parts = SECTIONS.map((name) => sections[name]);
  const start = HEADER + parts.length * ENTRY;
  const file = Buffer.alloc(parts.reduce((size, part) => size + aligned(part.length), start));
  file.write(MAGIC, 0, 'latin1');
  file.writeUInt32LE(FORMAT, 8);
  file.writeUInt32LE(parts.length, 12);
  let offset = start;
  parts.forEach((part, i) => {
    const entry = HEADER + i * ENTRY;
    file.writeUInt32LE(i, entry);
    file.writeBigUInt64LE(BigInt(offset), entry + 8);
    file.writeBigUInt64LE(BigInt(part.length), entry + 16);
    digestOf(part).copy(file, entry + 24);
    file.set(part, offset);
    offset += aligned(part.length);
  });
  return file;
}

/**
 * @param bytes the whole file; the sections are views of it
 * @returns the sections, each as its digest says, or what is wrong with the file
 */
export function readContainer(bytes: Uint8Array): { sections: BundleSections } | { error: string } {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.length < 8 || file.toString('latin1', 0, 8) !== MAGIC) return { error: 'not a bundle' };
  if (file.length < HEADER) return { error: 'the bundle is truncated' };
  const format = file.readUInt32LE(8);
  if (!(format in COUNTS)) {
    return { error: `the bundle has format ${format}, this version of lictor reads formats up to ${FORMAT}` };
  }
  const count = file.readUInt32LE(12);
  if (count !== COUNTS[format]) return { error: `the bundle is damaged: ${count} sections` };
  const start = HEADER + count * ENTRY;
  if (file.length < start) return { error: 'the bundle is truncated' };

  const sections: Partial<Record<keyof BundleSections, Uint8Array>> = {};
  let end = start;
  for (const [i, name] of SECTIONS.slice(0, count).entries()) {
    const entry = HEADER + i * ENTRY;
    const offset = file.readBigUInt64LE(entry + 8);
    const length = file.readBigUInt64LE(entry + 16);
    const misplaced = file.readUInt32LE(entry) !== i || file.readUInt32LE(entry + 4) !== 0 || offset !== BigInt(end);
    if (misplaced) return { error: `the bundle is damaged: the section \`${name}\` is not where it should be` };
    if (offset + length > BigInt(file.length)) return { error: 'the bundle is truncated' };
    const section = bytes.subarray(end, end + Number(length));
    if (!timingSafeEqual(digestOf(section), file.subarray(entry + 24, entry + ENTRY))) {
      return { error: `the bundle is damaged: the section \`${name}\` does not have its digest` };
    }
    const next = end + aligned(section.length);
    if (file.subarray(end + section.length, next).some((byte) => byte !== 0)) {
      return { error: `the bundle is damaged: bytes behind the section \`${name}\`` };
    }
    sections[name] = section;
    end = next;
  }
  if (file.length < end) return { error: 'the bundle is truncated' };
  if (file.length > end) return { error: 'the bundle is damaged: bytes behind its end' };
  sections.cover ??= new Uint8Array(0);
  return { sections: sections as BundleSections };
}
