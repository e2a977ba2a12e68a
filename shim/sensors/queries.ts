/**
 * DNS queries: the kernel side hands over a copy of the packet behind the record (`STRUCTS.query`), and the question is
 * read from it here, into the room that the record has for it. A message that cannot be read makes the record
 * `incomplete`.
 */
import { FIELDS } from '../../vm/spec/fields.ts';
import { KINDS } from '../../vm/spec/kinds.ts';
import { RECORD, RECORD_FLAGS, RING, SLOT } from '../../vm/spec/record.ts';
import { layoutOf } from './layout.ts';
import { queryType } from './query-types.ts';

const QUERY = layoutOf('query').offsets;
const UDP = 17;
/** RFC 1035, 4.1.1: identifier, flags, numbers of questions and of three kinds of records. */
const HEADER_BYTES = 12;
const FLAGS_AT = 2;
const QUESTIONS_AT = 4;
const RESPONSE = 0x8000;
/** Type and class behind the name. */
const QUESTION_BYTES = 4;
const LABEL_BYTES = 63;
const NAME_BYTES = 255;

const fieldId = (name: string): number => FIELDS.find((field) => field.name === name)!.id;
const DOMAIN = fieldId('net.domain');
const TYPE = fieldId('net.query_type');
const KIND = KINDS.find(({ name }) => name === 'net.dns')!.id;

export interface Question {
  /** Lower case, without the final dot; what is no printable character as `\DDD`, a dot or `\` in a label behind `\`. */
  readonly domain: string;
  readonly type: string;
}

const written = (byte: number): string => {
  if (byte === 0x2e || byte === 0x5c) return `\\${String.fromCharCode(byte)}`;
  if (byte <= 0x20 || byte >= 0x7f) return `\\${String(byte).padStart(3, '0')}`;
  return String.fromCharCode(byte).toLowerCase();
};

/**
 * @param message a DNS message (RFC 1035), as it was sent
 * @returns what it asks; null where it is no query with one question that stands in it whole (RFC 9619: none has more)
 */
export const questionOf = (message: Uint8Array): Question | null => {
  if (message.length < HEADER_BYTES) return null;
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  if ((view.getUint16(FLAGS_AT) & RESPONSE) !== 0 || view.getUint16(QUESTIONS_AT) !== 1) return null;
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = message[at++]; length !== 0; length = message[at++]) {
    // longer ones are pointers, which no question needs
    if (length === undefined || length > LABEL_BYTES || at + length - HEADER_BYTES >= NAME_BYTES) return null;
    labels.push(Array.from(message.subarray(at, at + length), written).join(''));
    at += length;
  }
  if (at + QUESTION_BYTES > message.length) return null;
  return { domain: labels.join('.'), type: queryType(view.getUint16(at)) };
};

/** The packet behind the record of a query. */
export class QueryPacket {
  readonly #view: DataView;
  readonly #at: number;

  /** @param start of the record in `span` */
  constructor(
    readonly span: Uint8Array,
    start: number,
  ) {
    this.#view = new DataView(span.buffer, span.byteOffset, span.byteLength);
    this.#at = start + this.#view.getUint32(start + RECORD.size, true);
  }

  get cookie(): bigint {
    return this.#view.getBigUint64(this.#at + QUERY['cookie'], true);
  }
  get sequence(): number {
    return this.#view.getUint32(this.#at + QUERY['sequence'], true);
  }
  get connection(): number {
    return this.#view.getUint32(this.#at + QUERY['connection'], true);
  }
  /** Index of the network interface. */
  get interface(): number {
    return this.#view.getUint32(this.#at + QUERY['interface'], true);
  }
  get isUdp(): boolean {
    return this.#view.getUint32(this.#at + QUERY['protocol'], true) === UDP;
  }
  /** Place of the UDP or TCP header in `bytes`. */
  get transport(): number {
    return this.#view.getUint16(this.#at + QUERY['transport'], true);
  }
  /** IP header, transport header, message; empty where they could not be copied. */
  get bytes(): Uint8Array {
    const from = this.#at + QUERY['packet'];
    return this.span.subarray(from, from + this.#view.getUint32(this.#at + QUERY['length'], true));
  }
  get message(): Uint8Array {
    return this.bytes.subarray(this.#view.getUint16(this.#at + QUERY['message'], true));
  }
}

/**
 * Writes what queries ask into their records, in place.
 *
 * @param span whole records with ring headers, as `Ring.drain` copies them
 */
export const settleQueries = (span: Uint8Array): void => {
  const view = new DataView(span.buffer, span.byteOffset, span.byteLength);
  for (let at = 0; at < span.length;) {
    const start = at + RING.header;
    const header = view.getUint32(at, true);
    if ((header & RING.discard) === 0 && view.getUint8(start + RECORD.kind) === KIND) settle(span, view, start);
    at = start + (((header & ~(RING.busy | RING.discard)) + RING.align - 1) & -RING.align);
  }
};

const settle = (span: Uint8Array, view: DataView, start: number): void => {
  const question = questionOf(new QueryPacket(span, start).message);
  const texts = new Map([
    [DOMAIN, question?.domain],
    [TYPE, question?.type],
  ]);
  const slots = view.getUint16(start + RECORD.slots, true);
  for (let i = 0, slot = start + RECORD.header; i < slots; i++, slot += RECORD.slot) {
    const field = view.getUint16(slot + SLOT.field, true);
    if (!texts.has(field)) continue;
    const text = texts.get(field);
    if (text === undefined) view.setUint16(slot + SLOT.field, 0, true);
    else {
      span.set(Buffer.from(text, 'latin1'), start + view.getUint32(slot + SLOT.value, true));
      view.setUint32(slot + SLOT.length, text.length, true);
    }
  }
  if (question) return;
  const flags = view.getUint32(start + RECORD.flags, true);
  view.setUint32(start + RECORD.flags, flags | RECORD_FLAGS.incomplete, true);
};
