/**
 * The bundle file: sections behind a table of digests. All that is said of it but the digests themselves, which are computed
 * at once with Node (`container.ts`), and are promises in a browser.
 *
 * Little-endian. `magic` (8 bytes), format u32, count of sections u32; then for each section
 * `id u32 | 0 u32 | offset u64 | length u64 | SHA-256 (32 bytes)`; then the sections in the order of the table, each at
 * the next multiple of 8, zeros between. The file ends with the padding of its last section: there is one way to write
 * the same sections.
 */
export const FORMAT = 2;
const MAGIC = 'LICTORB\0';
const HEADER = 16;
const ENTRY = 56;
const DIGEST = 24;

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
export const SECTIONS = [
  'manifest',
  'program',
  'normal',
  'sources',
  'cover',
] as const satisfies (keyof BundleSections)[];
/** Sections of each format that is read: the first so many. */
const COUNTS: Readonly<Record<number, number>> = { 1: 4, [FORMAT]: SECTIONS.length };

const aligned = (length: number): number => Math.ceil(length / 8) * 8;

/**
 * @param digests SHA-256 of each section, in the order of `SECTIONS`
 * @returns the file: the same sections give the same bytes
 */
export function layOut(sections: BundleSections, digests: readonly Uint8Array[]): Uint8Array {
  const parts = SECTIONS.map((name) => sections[name]);
  const start = HEADER + parts.length * ENTRY;
  const file = new Uint8Array(parts.reduce((size, part) => size + aligned(part.length), start));
  const view = new DataView(file.buffer);
  for (let i = 0; i < MAGIC.length; i++) file[i] = MAGIC.charCodeAt(i);
  view.setUint32(8, FORMAT, true);
  view.setUint32(12, parts.length, true);
  let offset = start;
  parts.forEach((part, i) => {
    const entry = HEADER + i * ENTRY;
    view.setUint32(entry, i, true);
    view.setBigUint64(entry + 8, BigInt(offset), true);
    view.setBigUint64(entry + 16, BigInt(part.length), true);
    file.set(digests[i], entry + DIGEST);
    file.set(part, offset);
    offset += aligned(part.length);
  });
  return file;
}

/** A section where the table says that it lies. */
export interface Located {
  readonly name: keyof BundleSections;
  readonly bytes: Uint8Array;
  /** What the table says of its SHA-256. */
  readonly stated: Uint8Array;
}

/**
 * @param bytes the whole file; the sections are views of it
 * @returns the sections in the order of the table, whose digests `digested` has to see, or what is wrong with the file
 */
export function locate(bytes: Uint8Array): { located: readonly Located[] } | { error: string } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < MAGIC.length; i++) if (bytes[i] !== MAGIC.charCodeAt(i)) return { error: 'not a bundle' };
  if (bytes.length < HEADER) return { error: 'the bundle is truncated' };
  const format = view.getUint32(8, true);
  if (!(format in COUNTS)) {
    return { error: `the bundle has format ${format}, this version of lictor reads formats up to ${FORMAT}` };
  }
  const count = view.getUint32(12, true);
  if (count !== COUNTS[format]) return { error: `the bundle is damaged: ${count} sections` };
  const start = HEADER + count * ENTRY;
  if (bytes.length < start) return { error: 'the bundle is truncated' };

  const located: Located[] = [];
  let end = start;
  for (const [i, name] of SECTIONS.slice(0, count).entries()) {
    const entry = HEADER + i * ENTRY;
    const offset = view.getBigUint64(entry + 8, true);
    const length = view.getBigUint64(entry + 16, true);
    const misplaced =
      view.getUint32(entry, true) !== i || view.getUint32(entry + 4, true) !== 0 || offset !== BigInt(end);
    if (misplaced) return { error: `the bundle is damaged: the section \`${name}\` is not where it should be` };
    if (offset + length > BigInt(bytes.length)) return { error: 'the bundle is truncated' };
    const section = bytes.subarray(end, end + Number(length));
    const next = end + aligned(section.length);
    if (bytes.subarray(end + section.length, next).some((byte) => byte !== 0)) {
      return { error: `the bundle is damaged: bytes behind the section \`${name}\`` };
    }
    located.push({ name, bytes: section, stated: bytes.subarray(entry + DIGEST, entry + ENTRY) });
    end = next;
  }
  if (bytes.length < end) return { error: 'the bundle is truncated' };
  if (bytes.length > end) return { error: 'the bundle is damaged: bytes behind its end' };
  return { located };
}

/**
 * @param digests SHA-256 of each located section, as it was computed
 * @returns the sections, or which of them is not what the table says
 */
export function digested(
  located: readonly Located[],
  digests: readonly Uint8Array[],
): { sections: BundleSections } | { error: string } {
  const wrong = located.find(({ stated }, i) => stated.some((byte, at) => byte !== digests[i][at]));
  if (wrong) return { error: `the bundle is damaged: the section \`${wrong.name}\` does not have its digest` };
  const sections: Partial<Record<keyof BundleSections, Uint8Array>> = {};
  for (const { name, bytes } of located) sections[name] = bytes;
  sections.cover ??= new Uint8Array(0);
  return { sections: sections as BundleSections };
}
