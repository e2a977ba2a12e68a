/**
 * Comparisons of numbers: as ranges of values of the argument's C type, or as a mask of bits. A register of a system call is
 * 64 bits wide and has no sign, so a narrower or signed type is compared by what its lower bits are.
 */
import type { Span } from '../../diagnostics/diagnostic.ts';
import { NEVER, all, not, some, test, type Condition } from '../condition.ts';

export interface NumberType {
  readonly bits: number;
  readonly signed: boolean;
}

const type = (bits: number, signed: boolean): NumberType => ({ bits, signed });

/** By Tetragon's name of the type. */
export const NUMBER_TYPES: Readonly<Record<string, NumberType>> = {
  int8: type(8, true),
  sint8: type(8, true),
  uint8: type(8, false),
  int16: type(16, true),
  sint16: type(16, true),
  uint16: type(16, false),
  int: type(32, true),
  int32: type(32, true),
  sint32: type(32, true),
  uint32: type(32, false),
  auto: type(32, true),
  long: type(64, true),
  int64: type(64, true),
  sint64: type(64, true),
  syscall64: type(64, true),
  ulong: type(64, false),
  uint64: type(64, false),
  size_t: type(64, false),
};

type Range = readonly [low: bigint, high: bigint];

/** What an operator asks of a number. */
export type Numeric =
  | { readonly is: 'ranges'; readonly ranges: readonly Range[]; readonly negated: boolean }
  | { readonly is: 'mask'; readonly mask: bigint };

const least = ({ bits, signed }: NumberType): bigint => (signed ? -(1n << BigInt(bits - 1)) : 0n);
const most = ({ bits, signed }: NumberType): bigint => (1n << BigInt(signed ? bits - 1 : bits)) - 1n;

/** @returns a number as C writes it (decimal, `0x`, octal with `0`), undefined for other texts */
export function parseNumber(text: string): bigint | undefined {
  const match = /^([-+]?)(?:0x([0-9a-f]+)|0o?([0-7]+)|0b([01]+)|(0|[1-9][0-9]*))$/i.exec(text.trim());
  if (match === null) return undefined;
  const [, sign, hex, octal, binary, decimal] = match;
  const size =
    hex !== undefined
      ? `0x${hex}`
      : octal !== undefined
        ? `0o${octal}`
        : binary !== undefined
          ? `0b${binary}`
          : decimal;
  return sign === '-' ? -BigInt(size) : BigInt(size);
}

/** @returns `low:high` or one number as a range, in either order; undefined for other texts */
export function parseRange(text: string): Range | undefined {
  const ends = text.split(':').map(parseNumber);
  if (ends.length > 2 || ends.some((end) => end === undefined)) return undefined;
  const [low, high = low] = ends as [bigint, bigint?];
  return low <= high ? [low, high] : [high, low];
}

/**
 * @param op without its negation
 * @param values ranges, of one number but for those of `InRange` and `InMap`
 * @returns undefined where the operator compares no numbers
 */
export function numeric(op: string, negated: boolean, values: readonly Range[], of: NumberType): Numeric | undefined {
  const ranges = (list: readonly Range[]): Numeric => ({ is: 'ranges', ranges: list, negated });
  if (op === 'Mask') return { is: 'mask', mask: values.reduce((bits, [value]) => bits | value, 0n) };
  if (op === 'GT') return ranges(values.map(([value]) => [value + 1n, most(of)]));
  if (op === 'LT') return ranges(values.map(([value]) => [least(of), value - 1n]));
  return op === 'Equal' || op === 'InRange' || op === 'InMap' ? ranges(values) : undefined;
}

/** Whether a number fulfils it. */
export const holds = (asked: Numeric, value: bigint): boolean =>
  asked.is === 'mask'
    ? (value & asked.mask) !== 0n
    : asked.ranges.some(([low, high]) => low <= value && value <= high) !== asked.negated;

/** Whether a number fulfils it of which only some bits are known; undefined where the others matter. */
export function holdsOfBits(asked: Numeric, set: bigint, clear: bigint): boolean | undefined {
  if ((set ^ clear) === -1n) return holds(asked, set);
  if (asked.is === 'mask') return (asked.mask & set) !== 0n ? true : (asked.mask & ~clear) === 0n ? false : undefined;
  const possible = asked.ranges.some(([low, high]) => low !== high || ((low & set) === set && (low & clear) === 0n));
  return possible ? undefined : asked.negated;
}

/**
 * @param register a field of 64 bits without sign, that holds a number of the type in its lower bits
 * @param span what it follows from
 */
export function askRegister(register: string, asked: Numeric, of: NumberType, span: Span): Condition {
  const modulus = 1n << BigInt(of.bits);
  const operand = of.bits === 64 ? register : `${register} & 0x${(modulus - 1n).toString(16)}`;
  if (asked.is === 'mask') {
    const mask = ((asked.mask % modulus) + modulus) % modulus;
    return mask === 0n ? NEVER : test(`${register} & 0x${mask.toString(16)}`, span);
  }
  const wrap = (value: bigint): bigint => (value < 0n ? value + modulus : value);
  // What is negative lies above all that is not.
  const parts = asked.ranges.flatMap(([low, high]): Range[] => {
    const [from, to] = [low < least(of) ? least(of) : low, high > most(of) ? most(of) : high];
    if (from > to) return [];
    return from < 0n && to >= 0n
      ? [
          [wrap(from), modulus - 1n],
          [0n, to],
        ]
      : [[wrap(from), wrap(to)]];
  });
  const condition = askRanges(operand, parts, [0n, modulus - 1n], span);
  return asked.negated ? not(condition) : condition;
}

/** @param field a signed field, that has the number as it is */
export function askField(field: string, asked: Numeric, of: NumberType, span: Span): Condition {
  if (asked.is === 'mask') return asked.mask === 0n ? NEVER : test(`${field} & 0x${asked.mask.toString(16)}`, span);
  const condition = askRanges(field, asked.ranges, [least(of), most(of)], span);
  return asked.negated ? not(condition) : condition;
}

/** @param whole the values that the operand can have: ends there are not asked for */
export function askRanges(operand: string, ranges: readonly Range[], whole: Range, span: Span): Condition {
  const singles = ranges.filter(([low, high]) => low === high).map(([low]) => low);
  const values = [...new Set(singles)];
  const one =
    values.length === 0
      ? NEVER
      : test(values.length === 1 ? `${operand} = ${values[0]}` : `${operand} in (${values.join(', ')})`, span);
  const wide = ranges
    .filter(([low, high]) => low !== high)
    .map(([low, high]) =>
      all([
        ...(low > whole[0] ? [test(`${operand} >= ${low}`, span)] : []),
        ...(high < whole[1] ? [test(`${operand} <= ${high}`, span)] : []),
      ]),
    );
  return some([one, ...wide]);
}
