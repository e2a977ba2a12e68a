/**
 * Writes binary event records (vm/spec/record.ts) into bytes that the caller gives, one after the other, and allocates
 * nothing: numbers beyond 32 bits are halves, texts are ranges of byte arrays.
 */
import { RECORD, RECORD_VERSION, SLOT } from '../spec/record.ts';
import { FIELD_BYTES, FIELD_CUT, FIELD_NAMES, RECORD_BYTES, RECORD_SLOTS } from './generated/record-fields.ts';
import { ELEMENT_HEAD, elementFit, LIST_HEAD, padded } from './sizes.ts';

// Marked, so that who bundles the TypeScript host and writes no records leaves all of this out.
const HIGHEST = FIELD_NAMES.length - 1;
const MAX = /* @__PURE__ */ Uint32Array.from(FIELD_BYTES);
const CUTTABLE = /* @__PURE__ */ Uint8Array.from(FIELD_NAMES, (_, field) => (FIELD_CUT.includes(field) ? 1 : 0));
const NAME = /* @__PURE__ */ FIELD_NAMES.map((name) => new TextEncoder().encode(name));
const ARGS = /* @__PURE__ */ FIELD_NAMES.indexOf('proc.args');
const CMDLINE = /* @__PURE__ */ FIELD_NAMES.indexOf('proc.cmdline');
const TRUNCATED = /* @__PURE__ */ FIELD_NAMES.indexOf('event.truncated');

const TWO_32 = 2 ** 32;

/**
 * One record: `begin`, the head and the fields in any order, `end`. What does not fit, a field that stands twice, a list
 * that is not ended or a string above its field's size make `end` return -1 (fail closed: no part of a question is
 * decided); lists and command lines are cut and named in
 * `event.truncated`. A value is written with the method of its type; the methods do not check types.
 */
export class RecordWriter {
  /** Where the next record begins: the length of all records that were ended. */
  position = 0;
  private bytes: Uint8Array;
  private base = 0;
  private slot = 0;
  private slotsEnd = 0;
  private data = 0;
  private failed = true;
  private readonly written = new Uint8Array(HIGHEST + 1);
  private readonly cut = new Uint8Array(HIGHEST + 1);
  private list = 0;
  private listStart = 0;
  private listCount = 0;
  private listLeft = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Writes into other bytes from their start, as after the VM's memory grew. */
  target(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.position = 0;
    this.failed = true;
  }

  /**
   * Begins a record; one that was begun and not ended is dropped.
   * @param kind kind id, 0 for facts
   * @param slots at most how many fields will be written, one more where a value may be cut
   */
  begin(kind: number, slots: number): void {
    this.base = this.position;
    this.slot = this.base + RECORD.header;
    this.slotsEnd = this.slot + slots * RECORD.slot;
    this.data = this.slotsEnd;
    this.list = 0;
    this.written.fill(0);
    this.cut.fill(0);
    this.failed = slots > RECORD_SLOTS || this.data > this.bytes.length;
    if (this.failed) return;
    this.bytes.fill(0, this.base, this.data);
    this.bytes[this.base + RECORD.kind] = kind;
    this.bytes[this.base + RECORD.version] = RECORD_VERSION;
    this.put16(this.base + RECORD.slots, slots);
  }

  /** Nanoseconds since 1970. */
  time(low: number, high: number): void {
    this.head(RECORD.time, low, high);
  }

  /** Key of the facts of the process. */
  subject(low: number, high: number): void {
    this.head(RECORD.subject, low, high);
  }

  /** Key of the facts of the workload. */
  workload(low: number, high: number): void {
    this.head(RECORD.workload, low, high);
  }

  /** Opaque to the VM. */
  token(low: number, high: number): void {
    this.head(RECORD.token, low, high);
  }

  /** @param flags bits of RECORD_FLAGS */
  recordFlags(flags: number): void {
    if (!this.failed) this.put32(this.base + RECORD.flags, flags);
  }

  /** @param value a safe integer, of either sign */
  int(field: number, value: number): void {
    this.long(field, value >>> 0, Math.floor(value / TWO_32) >>> 0);
  }

  /** A 64-bit integer, or a flag set, in halves. */
  long(field: number, low: number, high: number): void {
    this.value(field, 8, low, high);
  }

  bool(field: number, value: boolean): void {
    this.value(field, 8, value ? 1 : 0, 0);
  }

  /** @param low, high bits of the flags in the specification's order */
  flags(field: number, low: number, high: number): void {
    this.value(field, 8, low, high);
  }

  /** @param length 16, or 4 for an IPv4 address */
  address(field: number, bytes: Uint8Array, start: number, length: number): void {
    if (!this.room(16)) return;
    this.value(field, 16, this.data - this.base, 0);
    if (length === 4) {
      this.put32(this.data, 0);
      this.put32(this.data + 4, 0);
      this.put32(this.data + 8, 0xffff0000);
    }
    this.copy(this.data + 16 - length, bytes, start, length);
    this.data += 16;
  }

  string(field: number, bytes: Uint8Array, start: number, length: number): void {
    if (length > MAX[field]) {
      if (CUTTABLE[field] === 0) return this.fail();
      this.cut[field] = 1;
      length = MAX[field];
    }
    if (!this.room(padded(length))) return;
    this.value(field, length, this.data - this.base, 0);
    this.data = this.padded(this.data, bytes, start, length);
  }

  /** Begins a list, or a map whose elements are keys and values in turn; nothing else until `endList`. */
  beginList(field: number): void {
    if (this.list !== 0) return this.fail();
    this.list = field;
    this.listStart = this.data;
    this.listCount = 0;
    this.listLeft = MAX[field] - LIST_HEAD;
    if (this.room(LIST_HEAD)) this.data += LIST_HEAD;
  }

  element(bytes: Uint8Array, start: number, length: number): void {
    if (this.failed || this.list === 0) return this.fail();
    const fit = elementFit(this.listLeft, length);
    if (fit !== length) {
      if (CUTTABLE[this.list] === 0) return this.fail();
      this.cut[this.list] = 1;
    }
    const size = ELEMENT_HEAD + padded(fit);
    if (fit < 0 || !this.room(size)) {
      this.listLeft = 0;
      return;
    }
    this.put32(this.data, fit);
    this.data = this.padded(this.data + ELEMENT_HEAD, bytes, start, fit);
    this.listLeft = fit === length ? this.listLeft - size : 0;
    this.listCount++;
  }

  endList(): void {
    if (this.failed || this.list === 0) return this.fail();
    this.put32(this.listStart, this.listCount);
    this.value(this.list, this.data - this.listStart, this.listStart - this.base, 0);
    this.list = 0;
  }

  /** Says that the caller delivers a field incomplete. `event.truncated` is written by this and by cutting, or as a list. */
  markCut(field: number): void {
    this.cut[field] = 1;
  }

  /** @returns bytes of the record, a multiple of 8, or -1 if it is not whole; then nothing was written */
  end(): number {
    if (this.list !== 0) this.fail();
    if (this.cut[ARGS] === 1 && this.written[CMDLINE] === 0) this.cut[CMDLINE] = 1;
    if (this.cut.indexOf(1) >= 0) {
      this.beginList(TRUNCATED);
      for (let field = 1; field <= HIGHEST; field++) {
        if (this.cut[field] === 1) this.element(NAME[field], 0, NAME[field].length);
      }
      this.endList();
    }
    const size = (this.data - this.base + 7) & ~7;
    if (!this.room(this.base + size - this.data) || size > RECORD_BYTES) return -1;
    this.bytes.fill(0, this.data, this.base + size);
    this.put32(this.base + RECORD.size, size);
    this.position = this.base + size;
    this.failed = true;
    return size;
  }

  private fail(): void {
    this.failed = true;
  }

  /** Whether `size` more bytes of data fit; if not, the record has failed. */
  private room(size: number): boolean {
    if (this.data + size > this.bytes.length) this.failed = true;
    return !this.failed;
  }

  private head(offset: number, low: number, high: number): void {
    if (this.failed) return;
    this.put32(this.base + offset, low);
    this.put32(this.base + offset + 4, high);
  }

  /** Fills the next slot. */
  private value(field: number, length: number, low: number, high: number): void {
    if (this.failed || this.slot === this.slotsEnd || this.written[field] === 1) return this.fail();
    this.written[field] = 1;
    this.put16(this.slot + SLOT.field, field);
    this.put32(this.slot + SLOT.length, length);
    this.put32(this.slot + SLOT.value, low);
    this.put32(this.slot + SLOT.value + 4, high);
    this.slot += RECORD.slot;
  }

  /** Copies and pads with zeros to a multiple of 4; returns the end. */
  private padded(at: number, bytes: Uint8Array, start: number, length: number): number {
    this.copy(at, bytes, start, length);
    const end = at + padded(length);
    for (let i = at + length; i < end; i++) this.bytes[i] = 0;
    return end;
  }

  private copy(at: number, bytes: Uint8Array, start: number, length: number): void {
    for (let i = 0; i < length; i++) this.bytes[at + i] = bytes[start + i];
  }

  private put16(at: number, value: number): void {
    this.bytes[at] = value;
    this.bytes[at + 1] = value >>> 8;
  }

  private put32(at: number, value: number): void {
    this.bytes[at] = value;
    this.bytes[at + 1] = value >>> 8;
    this.bytes[at + 2] = value >>> 16;
    this.bytes[at + 3] = value >>> 24;
  }
}
