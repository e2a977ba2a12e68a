/** Events as binary records (vm/spec/record.ts): the form that the kernel side writes and the VM evaluates. */
import type { Bytes } from '../bundle/normal.ts';
import type { FieldSpec } from '../spec/fields.ts';
import { LIMITS } from '../spec/limits.ts';
import { RECORD, RECORD_VERSION, SLOT } from '../spec/record.ts';
import { byteString, writeBytes } from './bytes.ts';
import type { Event, Value } from './event.ts';
import { fieldById, KIND_FIELD, kindById, TIME_FIELD } from './fields.ts';
import { RecordWriter } from './record-writer.ts';
import { ELEMENT_HEAD, LIST_HEAD, listSize, padded } from './sizes.ts';

/** Keys of stored facts, and the token that comes back with the verdict; 0 and absent mean none. */
export interface RecordKeys {
  readonly subject?: bigint;
  readonly workload?: bigint;
  readonly token?: bigint;
}

/** Bytes of the event as a record. */
export function recordSize(event: Event): number {
  let size = RECORD.header + event.values.size * RECORD.slot;
  for (const value of event.values.values()) {
    if (typeof value === 'string') size += padded(value.length);
    else if (typeof value === 'object') size += listSize(value);
  }
  return (size + 7) & ~7;
}

/**
 * @param event one that `parseEventLine` or `decodeRecord` made, or facts (kind 0); its values have their fields' types
 *   and sizes
 * @returns the record; fields stand in the order of their ids
 */
export function encodeRecord(event: Event, keys: RecordKeys = {}): Uint8Array {
  const bytes = new Uint8Array(recordSize(event));
  const writer = new RecordWriter(bytes);
  writer.begin(event.kind, event.values.size);
  writer.time(...halves(event.time ?? 0n));
  writer.subject(...halves(keys.subject ?? 0n));
  writer.workload(...halves(keys.workload ?? 0n));
  writer.token(...halves(keys.token ?? 0n));
  for (const id of [...event.values.keys()].sort((a, b) => a - b)) {
    writeField(writer, fieldById(id)!, event.values.get(id)!);
  }
  if (bytes.length > LIMITS.recordBytes.value || writer.end() !== bytes.length) {
    throw new Error('BUG: a value of the event does not fit its field, or the event a record');
  }
  return bytes;
}

const halves = (value: bigint): [low: number, high: number] => [
  Number(BigInt.asUintN(32, value)),
  Number(BigInt.asUintN(32, value >> 32n)),
];

/** Bytes of one value on their way into a record: none is longer than a list or a command line may be. */
const scratch = new Uint8Array(LIMITS.textBytes.value);

function writeField(writer: RecordWriter, field: FieldSpec, value: Value): void {
  if (typeof value === 'bigint') writer.long(field.id, ...halves(value));
  else if (typeof value === 'boolean') writer.bool(field.id, value);
  else if (typeof value === 'string') {
    const length = writeBytes(value, scratch);
    if (field.type === 'address') writer.address(field.id, scratch, 0, length);
    else writer.string(field.id, scratch, 0, length);
  } else {
    writer.beginList(field.id);
    for (const element of value) writer.element(scratch, 0, writeBytes(element, scratch));
    writer.endList();
  }
}

export interface DecodedRecord {
  /** Kind 0 for facts. */
  readonly event: Event;
  readonly subject: bigint;
  readonly workload: bigint;
  readonly token: bigint;
  /** Bits of RECORD_FLAGS. */
  readonly flags: number;
  /** Bytes that the record takes. */
  readonly size: number;
}

/** Says why bytes are not a record; caught in `decodeRecord`. */
class Malformed extends Error {}

/**
 * Reads one record. Nothing is believed: every length, offset and count is held against the bytes that are there. Bits of
 * a flag set that the specification does not name are dropped, as unknown fields of the JSON form are.
 * @param bytes records, one after the other
 * @param offset where the record begins
 */
export function decodeRecord(bytes: Uint8Array, offset = 0): DecodedRecord | { error: string } {
  try {
    return new RecordReader(bytes, offset).record();
  } catch (error) {
    if (error instanceof Malformed) return { error: `malformed record: ${error.message}` };
    throw error;
  }
}

const MAX_TIME = 2n ** 63n - 1n;

class RecordReader {
  private readonly view: DataView;
  private readonly bytes: Uint8Array;
  private readonly size: number;
  /** Where the slots end and the data begin. */
  private readonly dataStart: number;

  constructor(bytes: Uint8Array, offset: number) {
    const left = bytes.length - offset;
    if (left < RECORD.header) throw new Malformed(`${left} bytes are less than a header`);
    const head = new DataView(bytes.buffer, bytes.byteOffset + offset, RECORD.header);
    this.size = head.getUint32(RECORD.size, true);
    if (this.size > LIMITS.recordBytes.value) throw new Malformed(`${this.size} bytes are above the limit`);
    if (this.size > left) throw new Malformed(`it says ${this.size} bytes, ${left} are there`);
    if (this.size % 8 !== 0) throw new Malformed('its size is not a multiple of 8');
    const version = head.getUint8(RECORD.version);
    if (version !== RECORD_VERSION) throw new Malformed(`version ${version}, this reader knows ${RECORD_VERSION}`);
    if (head.getUint32(RECORD.reserved, true) !== 0) throw new Malformed('a reserved word is not zero');
    const slots = head.getUint16(RECORD.slots, true);
    if (slots > LIMITS.recordSlots.value) throw new Malformed(`${slots} slots are above the limit`);
    this.dataStart = RECORD.header + slots * RECORD.slot;
    if (this.dataStart > this.size) throw new Malformed(`${slots} slots do not fit its size`);
    this.view = new DataView(bytes.buffer, bytes.byteOffset + offset, this.size);
    this.bytes = new Uint8Array(bytes.buffer, bytes.byteOffset + offset, this.size);
  }

  record(): DecodedRecord {
    const { view } = this;
    const kind = view.getUint8(RECORD.kind);
    if (kind !== 0 && !kindById(kind)) throw new Malformed(`unknown kind ${kind}`);
    const time = view.getBigUint64(RECORD.time, true);
    if (time > MAX_TIME) throw new Malformed('its time is beyond 63 bits');
    const values = new Map<number, Value>();
    for (let at: number = RECORD.header; at < this.dataStart; at += RECORD.slot) {
      const id = view.getUint16(at + SLOT.field, true);
      if (view.getUint16(at + SLOT.reserved, true) !== 0) throw new Malformed('a reserved word is not zero');
      if (id === 0) continue;
      const field = fieldById(id);
      if (!field || id === KIND_FIELD || id === TIME_FIELD) throw new Malformed(`unknown field ${id}`);
      if (values.has(id)) throw new Malformed(`\`${field.name}\` stands twice`);
      values.set(id, this.value(field, at));
    }
    return {
      event: { kind, time: time === 0n ? undefined : time, values },
      subject: view.getBigUint64(RECORD.subject, true),
      workload: view.getBigUint64(RECORD.workload, true),
      token: view.getBigUint64(RECORD.token, true),
      flags: view.getUint32(RECORD.flags, true),
      size: this.size,
    };
  }

  private value(field: FieldSpec, slot: number): Value {
    const length = this.view.getUint32(slot + SLOT.length, true);
    const at = slot + SLOT.value;
    const wanted = field.type === 'address' ? 16 : WORDS.has(field.type) ? 8 : undefined;
    if (wanted !== undefined && length !== wanted)
      throw new Malformed(`the length of \`${field.name}\` is not ${wanted}`);
    if (length > field.max) throw new Malformed(`\`${field.name}\` is longer than ${field.max} bytes`);
    switch (field.type) {
      case 'int':
        return this.view.getBigInt64(at, true);
      case 'uint':
        return this.view.getBigUint64(at, true);
      case 'flags':
        return BigInt.asUintN(field.values!.length, this.view.getBigUint64(at, true));
      case 'bool': {
        const value = this.view.getBigUint64(at, true);
        if (value > 1n) throw new Malformed(`\`${field.name}\` is neither 0 nor 1`);
        return value === 1n;
      }
      case 'string':
      case 'address': {
        const start = this.data(field, at, length);
        return this.text(start, length);
      }
      case 'list':
        return this.list(field, at, length);
      case 'map':
        return this.map(field, this.list(field, at, length));
    }
  }

  /** Where the data of a slot begin, all of which are inside the record. */
  private data(field: FieldSpec, at: number, length: number): number {
    const start = this.view.getBigUint64(at, true);
    if (start < BigInt(this.dataStart) || start + BigInt(length) > BigInt(this.size)) {
      throw new Malformed(`\`${field.name}\` points outside the record`);
    }
    return Number(start);
  }

  private list(field: FieldSpec, at: number, length: number): readonly Bytes[] {
    let left = length - LIST_HEAD;
    let start = this.data(field, at, length);
    const overrun = (): Malformed => new Malformed(`the elements of \`${field.name}\` do not fill its length`);
    if (left < 0) throw overrun();
    const count = this.view.getUint32(start, true);
    start += LIST_HEAD;
    if (count > left / ELEMENT_HEAD) throw overrun();
    const elements: Bytes[] = [];
    for (let i = 0; i < count; i++) {
      if (left < ELEMENT_HEAD) throw overrun();
      const bytes = this.view.getUint32(start, true);
      if (bytes > left - ELEMENT_HEAD) throw overrun();
      elements.push(this.text(start + ELEMENT_HEAD, bytes));
      start += ELEMENT_HEAD + padded(bytes);
      left -= ELEMENT_HEAD + padded(bytes);
    }
    if (left !== 0) throw overrun();
    return elements;
  }

  private map(field: FieldSpec, elements: readonly Bytes[]): readonly Bytes[] {
    if (elements.length % 2 !== 0) throw new Malformed(`\`${field.name}\` has a key without a value`);
    const keys = new Set(elements.filter((_, i) => i % 2 === 0));
    if (keys.size * 2 !== elements.length) throw new Malformed(`\`${field.name}\` has a key twice`);
    return elements;
  }

  private text(start: number, length: number): Bytes {
    return byteString(this.bytes, start, length);
  }
}

const WORDS: ReadonlySet<FieldSpec['type']> = new Set(['int', 'uint', 'bool', 'flags']);
