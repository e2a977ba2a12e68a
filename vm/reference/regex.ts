/**
 * RE2 expressions over bytes, by re2js. That matches UTF-16 texts and folds Unicode letters, so both pattern and text are
 * moved: a byte above 0x7f becomes a character of the private use area, which has no case and no other property.
 */
import { RE2JS } from 're2js';
import type { Bytes } from '../bundle/normal.ts';

const AREA = 0xe000;
const moved = (byte: number): string => String.fromCharCode(byte < 0x80 ? byte : AREA + byte);
const move = (bytes: Bytes): string => bytes.replace(/[\x80-\xff]/g, (byte) => moved(byte.charCodeAt(0)));

const compiled = new Map<string, RE2JS>();

/** Whether the whole text matches. @param pattern one that the compiler accepted */
export function regexMatches(pattern: Bytes, text: Bytes, fold: boolean): boolean {
  const key = `${fold}${pattern}`;
  let expression = compiled.get(key);
  if (!expression) {
    expression = RE2JS.compile(movePattern(pattern), fold ? RE2JS.CASE_INSENSITIVE : 0);
    compiled.set(key, expression);
  }
  return expression.matches(move(text));
}

/**
 * In order: quoted text, a byte by its number, any other escape, the name of a class, the brackets of a class, a
 * character of UTF-8, a byte that is none.
 */
const TOKEN =
  /\\Q([^]*?)(?:\\E|$)|\\x(?:\{([0-9a-fA-F]+)\}|([0-9a-fA-F]{2}))|\\[^]|\[:\^?\w+:\]|\[\^?\]?|\]|([\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})|[\x80-\xff]/g;

function movePattern(pattern: Bytes): string {
  let inClass = false;
  return pattern.replace(TOKEN, (token: Bytes, quoted?: Bytes, braced?: string, two?: string, character?: Bytes) => {
    if (quoted !== undefined) return move(RE2JS.quote(quoted));
    const number = braced ?? two;
    if (number !== undefined) return literal(parseInt(number, 16));
    if (token === ']') inClass = false;
    else if (/^\[(?!:)/.test(token)) inClass = true;
    // What follows a character, such as `+`, counts all of its bytes.
    return character !== undefined && !inClass ? `(?:${move(character)})` : move(token);
  });
}

const literal = (byte: number): string => (byte < 0x80 ? RE2JS.quote(String.fromCharCode(byte)) : moved(byte));
