/** Byte strings (a character 0–255 for each byte) to bytes and back, as quick as an engine's own decoder and encoder make it. */
import type { Bytes } from '../bundle/normal.ts';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

/** Below it characters one by one are quicker. */
const SHORT = 20;

/** @returns `length` bytes from `start`, as a byte string */
export function byteString(bytes: Uint8Array, start = 0, length = bytes.length - start): Bytes {
  if (length >= SHORT) {
    // ASCII, as nearly all values are, reads alike in UTF-8: then no byte is lost, and none is one that cannot be read.
    const text = decoder.decode(bytes.subarray(start, start + length));
    if (text.length === length && !text.includes('\ufffd')) return text;
  }
  let text = '';
  for (let i = start; i < start + length; i++) text += String.fromCharCode(bytes[i]);
  return text;
}

/**
 * Writes a byte string.
 * @param to has room for it
 * @returns its length
 */
export function writeBytes(text: Bytes, to: Uint8Array): number {
  const { read, written } = encoder.encodeInto(text, to);
  // As many bytes as characters: all of them are ASCII.
  if (read !== text.length || written !== read) {
    for (let i = 0; i < text.length; i++) to[i] = text.charCodeAt(i);
  }
  return text.length;
}

/** The UTF-8 bytes of a text without lone surrogates. */
export const utf8 = (text: string): Bytes => (/^[\0-\x7f]*$/.test(text) ? text : byteString(encoder.encode(text)));

/** The text of bytes that are UTF-8. */
export function fromUtf8(bytes: Bytes): string {
  const buffer = new Uint8Array(bytes.length);
  writeBytes(bytes, buffer);
  return decoder.decode(buffer);
}
