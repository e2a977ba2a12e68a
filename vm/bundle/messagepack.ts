/** MessagePack of plain values in one way only: keys sorted, no extensions, so that the same value gives the same bytes. */
import { Packr, Unpackr } from 'msgpackr';

const packr = new Packr({ useRecords: false, variableMapSize: true });
/** Maps are read as `Map` and turned into objects here: the library renames a key `__proto__`. */
const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: false });

/** @param value strings, numbers, booleans, null, arrays and objects of these; `undefined` members are left out */
export const pack = (value: unknown): Uint8Array => packr.pack(canonical(value));

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  members.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return new Map(members.map(([key, member]) => [key, canonical(member)]));
}

/** @returns the value that was packed, or what is wrong with the bytes */
export function unpack(bytes: Uint8Array): { value: unknown } | { error: string } {
  try {
    return { value: plain(unpackr.unpack(bytes)) };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!(value instanceof Map)) return value;
  return Object.fromEntries([...value].map(([key, member]) => [key as PropertyKey, plain(member)]));
}
