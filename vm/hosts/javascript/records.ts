/** Records of events and of facts, from JavaScript's values. */
import { RecordWriter } from '../../event/record-writer.ts';
import { FIELD_NAMES, RECORD_BYTES, RECORD_SLOTS } from '../../event/generated/record-fields.ts';
import { LictorError } from './error.ts';
import {
  type AddressField,
  type BoolField,
  type Field,
  FLAGS,
  type FlagsField,
  type Kind,
  type ListField,
  type NumberField,
  type StringField,
} from './generated/spec.ts';

const low = (value: bigint): number => Number(BigInt.asUintN(32, value));
const high = (value: bigint): number => Number(BigInt.asUintN(32, value >> 32n));

/**
 * Writes records one behind the other, as `Host.evaluate` takes them: `begin`, the head and the fields in any order, `end`. To be
 * used again and again: it allocates only until its memory is large enough.
 */
export class Records {
  #bytes = new Uint8Array(2 * RECORD_BYTES);
  readonly #writer = new RecordWriter(this.#bytes);
  readonly #encoder = new TextEncoder();
  /** The last text: there is room for every one that a field may hold, and for more of one that is too long for all of them. */
  readonly #text = new Uint8Array(RECORD_BYTES);

  /** The records that were ended. A view: it is good until the next `begin` or `clear`. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#writer.position);
  }

  /** Forgets all records. */
  clear(): this {
    this.#writer.target(this.#bytes);
    return this;
  }

  /**
   * Begins a record; one that was not ended is dropped.
   * @param fields how many will be written at most, one more where a list or a command line may be cut; each takes 16 bytes
   */
  begin(kind: Kind, fields = RECORD_SLOTS): this {
    const { position } = this.#writer;
    if (position + RECORD_BYTES > this.#bytes.length) {
      const larger = new Uint8Array(2 * this.#bytes.length);
      larger.set(this.bytes);
      this.#bytes = larger;
      this.#writer.target(larger);
      this.#writer.position = position;
    }
    this.#writer.begin(kind, fields);
    return this;
  }

  /** When it happened, in nanoseconds since 1970. */
  time(ns: bigint): this {
    this.#writer.time(low(ns), high(ns));
    return this;
  }

  /** Key of the facts of the process. */
  subject(key: bigint): this {
    this.#writer.subject(low(key), high(key));
    return this;
  }

  /** Key of the facts of the workload. */
  workload(key: bigint): this {
    this.#writer.workload(low(key), high(key));
    return this;
  }

  /** @param value a text, which is written as UTF-8, or bytes */
  string(field: StringField, value: string | Uint8Array): this {
    if (typeof value === 'string') this.#writer.string(field, this.#text, 0, this.#encode(value));
    else this.#writer.string(field, value, 0, value.length);
    return this;
  }

  /** @param value a whole number; beyond 2^53 as a bigint */
  number(field: NumberField, value: number | bigint): this {
    const exact = BigInt(value);
    this.#writer.long(field, low(exact), high(exact));
    return this;
  }

  bool(field: BoolField, value: boolean): this {
    this.#writer.bool(field, value);
    return this;
  }

  /**
   * @param names of the flags that are set, as the reference of fields lists them
   * @throws LictorError `record` for a name that the field does not have
   */
  flags(field: FlagsField, names: readonly string[]): this {
    let bits = 0n;
    for (const name of names) {
      const bit = FLAGS[field].indexOf(name);
      if (bit < 0) throw new LictorError('record', `\`${FIELD_NAMES[field]}\` has no flag \`${name}\``);
      bits |= 1n << BigInt(bit);
    }
    this.#writer.flags(field, low(bits), high(bits));
    return this;
  }

  /** @param bytes 4 of an IPv4 address or 16, in the network's order */
  address(field: AddressField, bytes: Uint8Array): this {
    if (bytes.length !== 4 && bytes.length !== 16) {
      throw new LictorError('record', `\`${FIELD_NAMES[field]}\` must have 4 or 16 bytes, not ${bytes.length}`);
    }
    this.#writer.address(field, bytes, 0, bytes.length);
    return this;
  }

  /** @param values of a list; of a map, keys and values in turns */
  list(field: ListField, values: readonly (string | Uint8Array)[]): this {
    this.#writer.beginList(field);
    for (const value of values) {
      if (typeof value === 'string') this.#writer.element(this.#text, 0, this.#encode(value));
      else this.#writer.element(value, 0, value.length);
    }
    this.#writer.endList();
    return this;
  }

  /** Says that a field is delivered incomplete. */
  truncated(field: Field): this {
    this.#writer.markCut(field);
    return this;
  }

  /**
   * Ends the record. Lists and command lines that are too long are cut, and named in `event.truncated`.
   * @throws LictorError `record` where a field stands twice, a value is too long, there are more fields than were said, or the
   *   whole is too large: nothing of it was written, and nothing of it may be decided
   */
  end(): this {
    if (this.#writer.end() < 0) throw new LictorError('record', 'the event does not fit a record');
    return this;
  }

  /** @returns bytes of the text in UTF-8, which were written */
  #encode(value: string): number {
    return this.#encoder.encodeInto(value, this.#text).written;
  }
}
