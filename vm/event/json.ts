/** Events as JSON lines (contract, "An event record"; semantics, section 4, "Events"). */
import type { Bytes } from '../bundle/normal.ts';
import type { FieldSpec } from '../spec/fields.ts';
import { FIELDS } from '../spec/fields.ts';
import { LIMITS } from '../spec/limits.ts';
import { formatAddress, parseAddress } from './address.ts';
import { cutList, nameCut } from './cut.ts';
import { duplicateKey } from './duplicates.ts';
import type { Event, Value } from './event.ts';
import { fieldByName, KIND_FIELD, kindById, kindByName, TIME_FIELD } from './fields.ts';
import { recordSize } from './record.ts';
import { listSize } from './sizes.ts';
import { formatText, parseText } from './text.ts';
import { formatTime, parseTime } from './time.ts';

const GROUPS = new Set(FIELDS.map((field) => field.name.split('.')[0]));
const TOP: Readonly<Record<string, string>> = { kind: 'event.kind', time: 'event.time' };

/** Says why a line is malformed; caught in `parseEventLine`. */
class Malformed extends Error {}

/**
 * Reads one line of NDJSON. Unknown fields are ignored, null is absent; lists and command lines above their size are cut
 * and named in `event.truncated`.
 * @param line one JSON object, fields nested or flat
 * @returns the event, or what makes the line malformed
 */
export function parseEventLine(line: string): { event: Event } | { error: string } {
  try {
    return { event: readEvent(parseObject(line)) };
  } catch (error) {
    if (error instanceof Malformed) return { error: error.message };
    throw error;
  }
}

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parseObject(line: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new Malformed(`not JSON: ${(error as Error).message}`);
  }
  if (!isObject(value)) throw new Malformed('an event is a JSON object');
  const twice = duplicateKey(line);
  if (twice !== undefined) throw new Malformed(`\`${twice}\` stands twice in one object`);
  return value;
}

function readEvent(json: Json): Event {
  const given = collect(json);
  const kind = readKind(given.get(KIND_FIELD)?.value);
  const time = given.has(TIME_FIELD) ? readTime(given.get(TIME_FIELD)!.value) : undefined;
  const values = new Map<number, Value>();
  const cut: Bytes[] = [];
  for (const [id, { field, value }] of given) {
    if (id !== KIND_FIELD && id !== TIME_FIELD) values.set(id, fit(field, readValue(field, value), cut));
  }
  nameCut(values, cut);
  const event = { kind, time, values };
  const size = recordSize(event);
  const limit = LIMITS.recordBytes.value;
  if (size > limit) throw new Malformed(`the event takes ${size} bytes as a record, the limit is ${limit}`);
  return event;
}

interface Given {
  readonly field: FieldSpec;
  readonly written: string;
  readonly value: unknown;
}

/** The known fields that are not null, by id, in both their forms. */
function collect(json: Json): Map<number, Given> {
  const given = new Map<number, Given>();
  const add = (written: string, value: unknown): void => {
    const field = fieldByName(TOP[written] ?? written);
    if (!field || value === null) return;
    const other = given.get(field.id);
    if (other?.written === written) throw new Malformed(`\`${written}\` is given both nested and flat`);
    if (other) throw new Malformed(`\`${other.written}\` and \`${written}\` are the same field`);
    given.set(field.id, { field, written, value });
  };
  for (const [key, value] of Object.entries(json)) {
    if (!GROUPS.has(key)) add(key, value);
    else if (isObject(value)) for (const [name, inner] of Object.entries(value)) add(`${key}.${name}`, inner);
    else if (value !== null) throw new Malformed(`\`${key}\` must be an object`);
  }
  return given;
}

function readKind(value: unknown): number {
  if (value === undefined) throw new Malformed('`kind` is missing');
  if (typeof value !== 'string') throw wrong('kind', 'a string', value);
  const kind = kindByName(value);
  if (!kind) throw new Malformed(`unknown kind \`${value}\``);
  return kind.id;
}

function readTime(value: unknown): bigint {
  if (typeof value !== 'string') throw wrong('time', 'a string', value);
  const time = parseTime(value);
  if (time === undefined) {
    throw new Malformed(
      `\`time\`: \`${value}\` is not an RFC 3339 time after 1970 and before 2262 with at most nine fraction digits`,
    );
  }
  return time;
}

/** The error of a wrong type. */
function wrong(name: string, wanted: string, value: unknown): Malformed {
  const found = Array.isArray(value) ? 'a list' : isObject(value) ? 'an object' : `\`${JSON.stringify(value)}\``;
  return new Malformed(`\`${name}\` must be ${wanted}, not ${found}`);
}

function readValue(field: FieldSpec, value: unknown): Value {
  const { name } = field;
  switch (field.type) {
    case 'string':
      return readString(name, value);
    case 'bool':
      if (typeof value !== 'boolean') throw wrong(name, 'true or false', value);
      return value;
    case 'int':
      return readInteger(name, value, -(2n ** 63n), 2n ** 63n - 1n);
    case 'uint':
      return readInteger(name, value, 0n, 2n ** 64n - 1n);
    case 'address': {
      const address = typeof value === 'string' ? parseAddress(value) : undefined;
      if (address === undefined) throw wrong(name, 'an IPv4 or IPv6 address', value);
      return address;
    }
    case 'list':
      return readStrings(name, value);
    case 'flags':
      return readFlags(field, value);
    case 'map':
      return readMap(name, value);
  }
}

function readString(name: string, value: unknown): Bytes {
  if (typeof value !== 'string') throw wrong(name, 'a string', value);
  const text = parseText(value);
  if ('error' in text) throw new Malformed(`\`${name}\`: ${text.error}`);
  return text.bytes;
}

function readStrings(name: string, value: unknown): readonly Bytes[] {
  if (!Array.isArray(value)) throw wrong(name, 'a list of strings', value);
  return value.map((element, index) => readString(`${name}[${index}]`, element));
}

function readMap(name: string, value: unknown): readonly Bytes[] {
  if (!isObject(value)) throw wrong(name, 'an object of strings', value);
  const map = new Map<Bytes, Bytes>();
  for (const [written, inner] of Object.entries(value)) {
    const key = readString(name, written);
    if (map.has(key)) throw new Malformed(`\`${name}\` has \`${written}\` twice, written in two ways`);
    map.set(key, readString(`${name}["${written}"]`, inner));
  }
  return [...map].flat();
}

function readInteger(name: string, value: unknown, least: bigint, most: bigint): bigint {
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new Malformed(`\`${name}\`: an integer beyond 2^53 is written as a string`);
  }
  const written = Number.isInteger(value) || (typeof value === 'string' && /^-?\d{1,20}$/.test(value));
  if (!written) throw wrong(name, 'an integer', value);
  const integer = BigInt(value as string | number);
  if (integer < least || integer > most) throw new Malformed(`\`${name}\` must be between ${least} and ${most}`);
  return integer;
}

function readFlags(field: FieldSpec, value: unknown): bigint {
  let bits = 0n;
  for (const flag of readStrings(field.name, value)) {
    const bit = field.values!.indexOf(flag);
    if (bit < 0) throw new Malformed(`\`${field.name}\` has no flag \`${formatText(flag)}\``);
    bits |= 1n << BigInt(bit);
  }
  return bits;
}

/** Holds a value to its field's size. */
function fit(field: FieldSpec, value: Value, cut: Bytes[]): Value {
  const { name, max } = field;
  const long = typeof value === 'string' ? value.length > max : typeof value === 'object' && listSize(value) > max;
  if (!long) return value;
  if (!field.cut) throw new Malformed(`\`${name}\` is longer than ${max} bytes`);
  cut.push(name);
  return typeof value === 'string' ? value.slice(0, max) : cutList(value as readonly Bytes[], max);
}

/**
 * @returns the nested JSON form as plain values: `kind` and `time` first, then the groups in the specification's order;
 *   only what was given, nothing derived
 */
export function eventToJson(event: Event): object {
  const kind = kindById(event.kind);
  const json: Record<string, unknown> = kind ? { kind: kind.name } : {};
  if (event.time !== undefined) json.time = formatTime(event.time);
  for (const field of FIELDS) {
    const value = event.values.get(field.id);
    const hidden = event.hidden?.get(field.id);
    if (value === undefined && hidden === undefined) continue;
    const [group, name] = field.name.split('.');
    const members = (json[group] ??= {}) as Record<string, unknown>;
    members[name] = value === undefined ? hidden : writeValue(field, value);
  }
  return json;
}

function writeValue(field: FieldSpec, value: Value): unknown {
  switch (field.type) {
    case 'string':
      return formatText(value as Bytes);
    case 'bool':
      return value;
    case 'int':
    case 'uint': {
      const number = Number(value);
      return Number.isSafeInteger(number) ? number : String(value);
    }
    case 'address':
      return formatAddress(value as Bytes);
    case 'flags':
      return flagNames(field, value as bigint);
    case 'list':
      return (value as readonly Bytes[]).map(formatText);
    case 'map':
      return Object.fromEntries(pairs(value as readonly Bytes[]).map((pair) => pair.map(formatText)));
  }
}

/** Names of the bits that are set, in the order of the bits. */
export const flagNames = (field: FieldSpec, bits: bigint): readonly string[] =>
  field.values!.filter((_, bit) => (bits >> BigInt(bit)) & 1n);

/** The entries of a map value. */
export const pairs = (map: readonly Bytes[]): readonly [Bytes, Bytes][] =>
  Array.from({ length: map.length / 2 }, (_, i) => [map[2 * i], map[2 * i + 1]]);
