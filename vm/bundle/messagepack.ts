/** MessagePack of plain values in one way only: keys sorted, no extensions, so that the same value gives the same bytes. */
import { Packr, Unpackr } from 'msgpackr';

const packr = new Packr({ useRecords: false, variableMapSize: true });
const unpackr = new Unpackr({ useRecords: false });
const unpackrOfMaps = new Unpackr({ useRecords: false, mapsAsObjects: false });

/** @param value strings, numbers, booleans, null, arrays and objects of these; `undefined` members are left out */
export const pack = (value: unknown): Uint8Array => packr.pack(canonical(value));

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const object = value as Readonly<Record<string, unknown>>;
  const keys = Object.keys(object).filter((key) => object[key] !== undefined);
  return Object.fromEntries(keys.sort().map((key) => [key, canonical(object[key])]));
}

/** @returns the value that was packed, or what is wrong with the bytes */
export function unpack(bytes: Uint8Array): { value: unknown } | { error: string } {
  try {
    // The library renames a key `__proto__`: where there may be one, maps are read as they are, which takes longer.
    const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return { value: view.includes('__proto__') ? plain(unpackrOfMaps.unpack(bytes)) : unpackr.unpack(bytes) };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!(value instanceof Map)) return value;
  return Object.fromEntries([...value].map(([key, member]) => [key as PropertyKey, plain(member)]));
}
