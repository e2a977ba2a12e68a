/** The bundle file with Node's digests: `layout.ts` says what is in it. */
import { createHash } from 'node:crypto';
import { type BundleSections, digested, layOut, locate, SECTIONS } from './layout.ts';

const digestOf = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

/** @returns the file: the same sections give the same bytes */
export const writeContainer = (sections: BundleSections): Uint8Array =>
  layOut(
    sections,
    SECTIONS.map((name) => digestOf(sections[name])),
  );

/**
 * @param bytes the whole file; the sections are views of it
 * @returns the sections, each as its digest says, or what is wrong with the file
 */
export function readContainer(bytes: Uint8Array): { sections: BundleSections } | { error: string } {
  const found = locate(bytes);
  if ('error' in found) return found;
  return digested(
    found.located,
    found.located.map((section) => digestOf(section.bytes)),
  );
}
