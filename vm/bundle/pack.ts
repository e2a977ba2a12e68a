/** Writes MessagePack of plain values in one way only: keys sorted, no extensions, so that the same value gives the same bytes. */
import { Packr } from 'msgpackr';

const packr = new Packr({ useRecords: false, variableMapSize: true });

/** Elements of a list that are packed at once: each is copied with its keys in order first, which should take little memory. */
const CHUNK = 64;
/** What begins a list and a map, by their length (MessagePack specification, formats fixarray, array and map). */
const LIST = { fix: 0x90, wide: 0xdc };
const MAP = { fix: 0x80, wide: 0xde };

/** Elements of lists as they were packed before, for a value that shares most of its elements with the last one. */
export class KeptElements {
  readonly #chunks = new WeakMap<object, Chunk>();

  /** A chunk that was packed before and stands here again: the same objects, which nobody changes. */
  at(list: readonly unknown[], from: number): Chunk | undefined {
    const first = list[from];
    const found = isObject(first) ? this.#chunks.get(first) : undefined;
    return found?.elements.every((element, i) => element === list[from + i]) ? found : undefined;
  }

  add(chunk: Chunk): void {
    const [first] = chunk.elements;
    if (isObject(first)) this.#chunks.set(first, chunk);
  }
}

interface Chunk {
  readonly elements: readonly unknown[];
  readonly bytes: Uint8Array;
}

/**
 * @param value strings, numbers, booleans, null, arrays and objects of these; `undefined` members are left out
 * @param kept what was packed before; the bytes are the same without it
 */
export function pack(value: unknown, kept?: KeptElements): Uint8Array {
  const parts: Uint8Array[] = [];
  write(value, parts, kept);
  return joined(parts);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** What holds a long list is written part by part. */
function write(value: unknown, parts: Uint8Array[], kept: KeptElements | undefined): void {
  if (!hasLongList(value)) parts.push(packr.pack(canonical(value)));
  else if (Array.isArray(value)) {
    parts.push(header(LIST, value.length));
    if (value.length > CHUNK) writeChunks(value, parts, kept);
    else for (const element of value) write(element, parts, kept);
  } else {
    const object = value as Members;
    const keys = keysOf(object);
    parts.push(header(MAP, keys.length));
    for (const key of keys) {
      parts.push(packr.pack(key));
      write(object[key], parts, kept);
    }
  }
}

function writeChunks(list: readonly unknown[], parts: Uint8Array[], kept: KeptElements | undefined): void {
  for (let at = 0; at < list.length;) {
    let chunk = kept?.at(list, at);
    if (chunk === undefined) {
      let end = at + 1;
      while (end < list.length && end < at + CHUNK && kept?.at(list, end) === undefined) end++;
      const elements = list.slice(at, end);
      const packed = packr.pack(elements.map(canonical));
      chunk = { elements, bytes: packed.subarray(header(LIST, elements.length).length) };
      kept?.add(chunk);
    }
    parts.push(chunk.bytes);
    at += chunk.elements.length;
  }
}

const hasLongList = (value: unknown): boolean =>
  Array.isArray(value)
    ? value.length > CHUNK || value.some(hasLongList)
    : isObject(value) && Object.values(value).some(hasLongList);

function header({ fix, wide }: typeof LIST, length: number): Uint8Array {
  if (length < 16) return Uint8Array.of(fix | length);
  if (length < 0x10000) return Uint8Array.of(wide, length >>> 8, length & 0xff);
  return Uint8Array.of(wide + 1, length >>> 24, (length >>> 16) & 0xff, (length >>> 8) & 0xff, length & 0xff);
}

type Members = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const keysOf = (object: Members): string[] =>
  Object.keys(object)
    .filter((key) => object[key] !== undefined)
    .sort();

function canonical(value: unknown): unknown {
  if (!isObject(value)) return value;
  if (Array.isArray(value)) return value.map(canonical);
  const object = value as Members;
  const keys = keysOf(object);
  // Copies that are made member by member share their layout, those of `fromEntries` do not; yet that name is no member.
  if (keys.includes('__proto__')) return Object.fromEntries(keys.map((key) => [key, canonical(object[key])]));
  const copy: Record<string, unknown> = {};
  for (const key of keys) copy[key] = canonical(object[key]);
  return copy;
}
