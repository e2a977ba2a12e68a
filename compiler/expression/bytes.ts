/** Between text and byte strings. */
import type { Bytes } from '../../vm/bundle/normal.ts';

/** The UTF-8 form of a text. */
export const toBytes = (text: string): Bytes => Buffer.from(text, 'utf8').toString('latin1');

/** The text of a byte string; null where it is not UTF-8. */
export function toText(bytes: Bytes): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(bytes, 'latin1'));
  } catch {
    return null;
  }
}

/** Whether a text has half of a surrogate pair, for which there is no UTF-8. */
export const isBroken = (text: string): boolean => /\p{Surrogate}/u.test(text);
