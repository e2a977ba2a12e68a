/** Operands and constant texts, each written once. */
import type { Bytes, FieldRef, Operand } from '../../vm/bundle/normal.ts';
import { FIELDS, type FieldType, OPERAND, OPERAND_KINDS, TEST } from '../../vm/spec/index.ts';
import type { Writer } from './writer.ts';

/** Operands that the left side of a test can name. */
const MOST = 2 ** (32 - TEST.leftShift);

const isInline = (value: bigint): boolean => value >= 0n && value < BigInt(TEST.inline);
const TYPES = new Map<number, FieldType>(FIELDS.map((f) => [f.id, f.type]));

/** What tests tell apart: integers signed or not, texts, addresses. */
export type Shape = 'int' | 'uint' | 'text' | 'address' | 'list';

/** The shape of what an operand gives. */
export const shapeOf = (o: Operand): Shape => {
  if (o.is === 'int' || o.is === 'bool') return 'int';
  if (o.is === 'address' || o.is === 'cidr') return 'address';
  if (o.is !== 'field' || o.key !== undefined || o.index !== undefined) return 'text';
  const type = TYPES.get(o.field);
  if (type === 'uint') return 'uint';
  if (type === 'int' || type === 'bool' || type === 'flags') return 'int';
  return type === 'address' ? 'address' : type === 'list' ? 'list' : 'text';
};

interface Row {
  readonly kind: number;
  readonly field: number;
  readonly arg: number;
  readonly value: bigint;
}

export class Operands {
  readonly #w: Writer;
  readonly #numbers = new Map<string, number>();
  /** The numbers of whole fields, by field. */
  readonly #whole: (number | undefined)[] = [];
  readonly #texts = new Map<Bytes, number>();
  readonly #inline = new Map<number, Operand>();
  readonly rows: Row[] = [];
  /** The operand behind each number, for bounds and listings. */
  readonly operands: Operand[] = [];

  constructor(w: Writer) {
    this.#w = w;
  }

  /** Number of an operand. */
  number(o: Operand): number {
    if (o.is !== 'field' || o.index !== undefined || o.key !== undefined || o.mask !== undefined)
      return this.#number(o);
    return (this.#whole[o.field] ??= this.#number(o));
  }

  #number(o: Operand): number {
    const row = this.#row(o);
    const name = `${row.kind} ${row.field} ${row.arg} ${row.value}`;
    let number = this.#numbers.get(name);
    if (number === undefined) {
      if (this.rows.length === MOST) throw new Error(`more than ${MOST} different operands`);
      number = this.rows.push(row) - 1;
      this.operands.push(o);
      this.#numbers.set(name, number);
    }
    return number;
  }

  /** What the right side of a test reads: a constant stands there itself if it fits, and has no row. */
  right(o: Operand): number {
    if (o.is === 'string' || o.is === 'address') {
      const inline = (TEST.inline | this.#text(o.value)) >>> 0;
      this.#inline.set(inline, o);
      return inline;
    }
    if (o.is === 'bool') return (TEST.inline | Number(o.value)) >>> 0;
    if (o.is === 'int' && isInline(BigInt(o.value))) return (TEST.inline | Number(o.value)) >>> 0;
    return this.number(o);
  }

  /** The operand behind a number, or the text that stands in its place. */
  text(number: number): Operand {
    return number >= TEST.inline ? this.#inline.get(number)! : this.operands[number];
  }

  /** Number of a field, or of a part of one. */
  field(ref: FieldRef): number {
    return this.number({ is: 'field', ...ref });
  }

  /** Writes the table. */
  write(): number {
    const at = this.#w.reserve(this.rows.length * OPERAND.size, 8);
    this.rows.forEach(({ kind, field, arg, value }, i) => {
      const row = at + i * OPERAND.size;
      this.#w.u8(row + OPERAND.kind, kind);
      this.#w.u16(row + OPERAND.field, field);
      this.#w.u32(row + OPERAND.arg, arg);
      this.#w.u64(row + OPERAND.value, value);
    });
    return at;
  }

  #row(o: Operand): Row {
    switch (o.is) {
      case 'element':
        return { kind: OPERAND_KINDS.element.code, field: 0, arg: 0, value: 0n };
      case 'string':
      case 'address':
      case 'cidr':
        return { kind: OPERAND_KINDS.text.code, field: 0, arg: this.#text(o.value), value: 0n };
      case 'int':
        return { kind: OPERAND_KINDS.int.code, field: 0, arg: 0, value: BigInt.asUintN(64, BigInt(o.value)) };
      case 'bool':
        return { kind: OPERAND_KINDS.int.code, field: 0, arg: 0, value: o.value ? 1n : 0n };
      case 'field':
        if (o.mask !== undefined) {
          return {
            kind: OPERAND_KINDS.masked.code,
            field: o.field,
            arg: 0,
            value: BigInt.asUintN(64, BigInt(o.mask)),
          };
        }
        if (o.index !== undefined) return { kind: OPERAND_KINDS.index.code, field: o.field, arg: o.index, value: 0n };
        if (o.key !== undefined) {
          return { kind: OPERAND_KINDS.key.code, field: o.field, arg: this.#text(o.key), value: 0n };
        }
        return { kind: OPERAND_KINDS.field.code, field: o.field, arg: 0, value: 0n };
    }
  }

  #text(text: Bytes): number {
    let at = this.#texts.get(text);
    if (at === undefined) {
      at = this.#w.reserve(4 + text.length);
      this.#w.u32(at, text.length);
      this.#w.text(at + 4, text);
      this.#w.reserve(0);
      this.#texts.set(text, at);
    }
    return at;
  }
}
