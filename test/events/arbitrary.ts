/** Random events that are well formed: every value of its field's type and size. */
import fc from 'fast-check';
import { FIELDS, type FieldSpec } from '../../vm/spec/fields.ts';
import { KINDS } from '../../vm/spec/kinds.ts';
import type { Event, Value } from '../../vm/event/event.ts';
import { KIND_FIELD, TIME_FIELD } from '../../vm/event/fields.ts';

/** Any bytes, with UTF-8, backslashes and broken sequences more often than chance would have them. */
export const bytes = (maxLength: number): fc.Arbitrary<string> =>
  fc
    .array(
      fc.oneof(
        fc.integer({ min: 0x20, max: 0x7e }).map((c) => String.fromCharCode(c)),
        fc.integer({ min: 0, max: 255 }).map((c) => String.fromCharCode(c)),
        fc.constantFrom('\\', '\\x41', 'é', '\u2028', '😀', '\ufeff').map((s) => Buffer.from(s).toString('latin1')),
      ),
      { maxLength: Math.ceil(maxLength / 4) },
    )
    .map((parts) => parts.join('').slice(0, maxLength));

const value = (field: FieldSpec): fc.Arbitrary<Value> => {
  switch (field.type) {
    case 'string':
      return bytes(24);
    case 'int':
      return fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n);
    case 'uint':
      return fc.bigInt(0n, 2n ** 64n - 1n);
    case 'bool':
      return fc.boolean();
    case 'address':
      return fc.oneof(
        fc.uint8Array({ minLength: 16, maxLength: 16 }).map((b) => Buffer.from(b).toString('latin1')),
        fc
          .uint8Array({ minLength: 4, maxLength: 4 })
          .map((b) => '\0\0\0\0\0\0\0\0\0\0\xff\xff' + Buffer.from(b).toString('latin1')),
      );
    case 'list':
      return fc.array(bytes(12), { maxLength: 5 });
    case 'flags':
      return fc.bigInt(0n, 2n ** BigInt(field.values!.length) - 1n);
    case 'map':
      return fc
        .uniqueArray(fc.tuple(bytes(8), bytes(8)), { maxLength: 4, selector: ([key]) => key })
        .map((p) => p.flat());
  }
};

const fields = FIELDS.filter((field) => field.id !== KIND_FIELD && field.id !== TIME_FIELD);

export const event: fc.Arbitrary<Event> = fc
  .record({
    kind: fc.constantFrom(...KINDS.map((kind) => kind.id)),
    time: fc.option(fc.bigInt(1n, 2n ** 63n - 1n), { nil: undefined }),
    chosen: fc.subarray(fields),
  })
  .chain(({ kind, time, chosen }) =>
    fc
      .tuple(...chosen.map(value))
      .map((values) => ({ kind, time, values: new Map(chosen.map((field, i) => [field.id, values[i]])) })),
  );
