/** Programs with fields of one table changed, to what such a field could hold: what only a verifier of that table refuses. */
import { KIND, PROGRAM } from '../../vm/spec/index.ts';
import type { Random } from '../generators/random.ts';
import type { Field, Tables } from './tables.ts';

/** How often a program states the largest bound, so that what costs more than it did runs too. */
const UNBOUNDED = 0.25;

/**
 * One to a few fields of one table of the program, each in one of its columns, which all are as likely.
 * @param tables those of the program
 * @returns the changed copy, and the table's name
 */
export function aim(r: Random, program: Uint8Array, tables: Tables): { program: Uint8Array; table: string } {
  const table = r.pick([...tables.keys()]);
  const columns = [...tables.get(table)!.values()];
  const copy = Uint8Array.from(program);
  for (let n = r.pick([1, 1, 1, 2, 4]); n > 0; n--) {
    const column = r.pick(columns);
    const field = r.pick(column);
    put(copy, field, value(r, copy, field, column, columns));
  }
  if (r.chance(UNBOUNDED)) unbound(copy, program);
  return { program: copy, table };
}

/** What stands elsewhere in the column or the table, what is next to it, and what is too much. */
function value(
  r: Random,
  bytes: Uint8Array,
  field: Field,
  column: readonly Field[],
  columns: readonly (readonly Field[])[],
): bigint {
  // prettier-ignore
  const old = get(bytes, field);
  switch (r.below(8)) {
    case 0:
    case 1:
      return get(bytes, r.pick(column));
    case 2:
      return get(bytes, r.pick(r.pick(columns)));
    case 3:
      return old + r.pick([1n, -1n, 2n, -2n]);
    case 4:
      return old + r.pick([4n, -4n, 8n, -8n, 12n, 16n, 28n, 64n]);
    case 5:
      return old ^ (1n << BigInt(r.below(field.bytes * 8)));
    case 6:
      return r.pick([0n, -1n, -2n, 0x7fffffffn, 0x80000000n, 0x40000000n]);
    default:
      return BigInt(r.below(bytes.length >> 2) * 4);
  }
}

function get(bytes: Uint8Array, { at, bytes: n }: Field): bigint {
  let sum = 0n;
  for (let i = n - 1; i >= 0; i--) sum = (sum << 8n) | BigInt(bytes[at + i]);
  return sum;
}

function put(bytes: Uint8Array, { at, bytes: n }: Field, value: bigint): void {
  for (let i = 0; i < n; i++) bytes[at + i] = Number((value >> BigInt(8 * i)) & 0xffn);
}

/** @param program as it was: the places of its kinds hold */
function unbound(copy: Uint8Array, program: Uint8Array): void {
  const view = new DataView(program.buffer, program.byteOffset, program.length);
  const kinds = view.getUint32(PROGRAM.kindsAt, true);
  for (let kind = 0; kind < view.getUint32(PROGRAM.kindCountAt, true); kind++) {
    for (const bound of [KIND.bound, KIND.unknownBound]) {
      put(copy, { at: kinds + kind * KIND.size + bound, bytes: 4 }, 0xffffffffn);
    }
  }
}
