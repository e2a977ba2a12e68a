/**
 * Byte strings and their written form. In the JSON form a byte that is not part of valid UTF-8 is `\xHH` and a literal
 * backslash is doubled, so every byte string has a text and the text gives the same bytes back.
 */
import type { Bytes } from '../bundle/normal.ts';
import { fromUtf8, utf8 } from './bytes.ts';

const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * Reads the written form.
 * @returns the bytes, or what is wrong with the text
 */
export function parseText(text: string): { bytes: Bytes } | { error: string } {
  if (LONE_SURROGATE.test(text)) return { error: 'a lone surrogate is not text' };
  if (!text.includes('\\')) return { bytes: utf8(text) };
  const parts = text.split(/\\(\\|x[0-9a-fA-F]{2})/);
  let bytes = '';
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i];
    if (i % 2 === 1) bytes += part === '\\' ? '\\' : String.fromCharCode(parseInt(part.slice(1), 16));
    else if (part.includes('\\')) return { error: 'a backslash is written twice, a byte as `\\xHH`' };
    else bytes += utf8(part);
  }
  return { bytes };
}

/** The written form of a byte string: the inverse of `parseText`. */
export const formatText = (bytes: Bytes): string => write(bytes, '\\\\');

/** A byte string for people: as `formatText`, but a backslash stays single. */
export const displayText = (bytes: Bytes): string => write(bytes, '\\');

function write(bytes: Bytes, backslash: string): string {
  if (/^[\0-\x5b\x5d-\x7f]*$/.test(bytes)) return bytes;
  return bytes.replace(UTF8_OR_BYTE, (match, valid: string | undefined) => {
    if (match === '\\') return backslash;
    if (valid !== undefined) return fromUtf8(valid);
    return `\\x${match.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
}

/** Well-formed UTF-8 beyond ASCII (The Unicode Standard, table 3-7), else one byte that needs an escape. */
const UTF8_OR_BYTE =
  /([\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})|\\|[\x80-\xff]/g;
