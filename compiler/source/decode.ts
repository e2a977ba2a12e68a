/** Bytes to text: the one place where UTF-8 and the size of a source are judged. */
import { diagnose } from '../diagnostics/catalogue.ts';
import type { Diagnostic, Source, Staged } from '../diagnostics/diagnostic.ts';
import { LIMITS } from '../../vm/spec/limits.ts';

export interface DecodeOptions {
  /** Index of this source in the list that the compiler will be given; default 0. */
  readonly source?: number;
  /** Bytes at most; default `LIMITS.sourceBytes`. */
  readonly maxSourceBytes?: number;
}

/**
 * Decodes a source. A byte order mark is dropped.
 *
 * @param path as the user named it
 * @param bytes the whole file
 * @returns always a source, so that a code frame can be drawn: bytes that are not UTF-8 stand in it as U+FFFD, the text
 *   of a file above the limit is empty. It must not be compiled where there are diagnostics.
 */
export function decodeSource(path: string, bytes: Uint8Array, options: DecodeOptions = {}): Staged<Source> {
  const source = options.source ?? 0;
  const tooLarge = checkSize(path, bytes.length, source, options.maxSourceBytes);
  if (tooLarge !== null) return { value: { path, text: '' }, diagnostics: [tooLarge] };

  const text = new TextDecoder().decode(bytes);
  // Only where a replacement character stands can bytes have been replaced: the second look is rare.
  if (!text.includes('\ufffd') || decodes(bytes)) return { value: { path, text }, diagnostics: [] };

  const good = validPrefix(bytes);
  const start = new TextDecoder().decode(bytes.subarray(0, good)).length;
  const hex = bytes[good].toString(16).padStart(2, '0');
  const diagnostic = diagnose(
    'L1002',
    `byte ${good} (0x${hex}) is not UTF-8`,
    { source, start, end: start + 1 },
    'save the file as UTF-8; in a string of an expression, a byte that is no character is written `\\xHH`',
  );
  return { value: { path, text }, diagnostics: [diagnostic] };
}

/**
 * The diagnostic of a source above the limit, else null.
 *
 * @param bytes length in bytes of its UTF-8 form
 */
export function checkSize(
  path: string,
  bytes: number,
  source: number,
  limit: number = LIMITS.sourceBytes.value,
): Diagnostic | null {
  if (bytes <= limit) return null;
  return diagnose(
    'L1001',
    `\`${path}\` has ${bytes} bytes; a source may have ${limit}`,
    { source, start: 0, end: 0 },
    'split the file, or raise the limit with `--max-source-bytes`',
  );
}

/** Whether the bytes are UTF-8; an incomplete last character counts as an error unless `partial`. */
function decodes(bytes: Uint8Array, partial = false): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: partial });
    return true;
  } catch {
    return false;
  }
}

/** Length of the longest prefix that is UTF-8, by bisection: the decoder does not say where it stopped. */
function validPrefix(bytes: Uint8Array): number {
  let good = 0;
  let bad = bytes.length + 1;
  while (bad - good > 1) {
    const middle = (good + bad) >>> 1;
    if (decodes(bytes.subarray(0, middle), true)) good = middle;
    else bad = middle;
  }
  // The prefix may end inside a character that never completes: go back to its first byte.
  while (good > 0 && !decodes(bytes.subarray(0, good))) good--;
  return good;
}
