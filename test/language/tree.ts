/** Random syntax trees as the parser makes them, and trees without their places. */
import fc from 'fast-check';
import type { ExprNode } from '../../compiler/expression/index.ts';

const span = { source: 0, start: 0, end: 0 };

const word = fc.constantFrom('a', 'proc', 'net', 'x1', '_y', 'inn', 'org', 'nothing');
const name = fc.constantFrom('shells', 'web-ports', 'a-', 'x_y-1', 'orange', 'any-shell');
const byte = fc.integer({ min: 0, max: 255 }).map((value) => String.fromCharCode(value));
const utf8 = fc.string({ unit: 'binary', maxLength: 6 }).map((text) => Buffer.from(text, 'utf8').toString('latin1'));
const bytes = fc.oneof(
  fc.array(byte, { maxLength: 6 }).map((parts) => parts.join('')),
  utf8,
);
// A raw string has no way to hold a quote, a line break, or bytes that are not text.
const raw = utf8.filter((value) => !/["\n]/.test(value));

const integer = fc.oneof(
  fc.bigInt(-(2n ** 63n), 2n ** 64n - 1n).map((value) => ({ kind: 'integer', value, base: 10, span }) as const),
  fc.record({
    kind: fc.constant('integer'),
    value: fc.bigInt(0n, 2n ** 64n - 1n),
    base: fc.constantFrom(8, 16),
    span: fc.constant(span),
  } as const),
);
const string = fc.oneof(
  bytes.map((value) => ({ kind: 'text', value, raw: false, span }) as const),
  raw.map((value) => ({ kind: 'text', value, raw: true, span }) as const),
);
const field = fc
  .tuple(fc.array(word, { minLength: 2, maxLength: 3 }), fc.option(fc.oneof(integer, string)), fc.option(integer))
  .map(([words, index, mask]) => ({ kind: 'field', name: words.join('.'), index, mask, span }) as const);
const bare = field.map((node) => ({ ...node, mask: null }));
const parameter = word.map((text) => ({ kind: 'parameter', name: text, span }) as const);
const boolean = fc.boolean().map((value) => ({ kind: 'boolean', value, span }) as const);
const operand = fc.oneof(field, string, integer, boolean, parameter);
const set = fc.oneof(
  fc.array(operand, { minLength: 1, maxLength: 3 }).map((members) => ({ kind: 'members', members, span }) as const),
  name.map((text) => ({ kind: 'list', name: text, span }) as const),
  parameter,
);

const compare = fc
  .tuple(fc.constantFrom('=', '!=', '<', '<=', '>', '>='), operand)
  .map(([cmp, right]) => ({ kind: 'compare', cmp, right, span }) as const);
const member = fc.tuple(fc.boolean(), set).map(([negated, right]) => ({ kind: 'in', negated, right, span }) as const);
const text = fc
  .tuple(
    fc.constantFrom('startswith', 'endswith', 'contains', 'glob', 'matches', 'within'),
    fc.boolean(),
    fc.boolean(),
    fc.oneof(operand, set),
  )
  .map(
    ([op, fold, negated, right]) =>
      ({ kind: 'string', op, fold: fold && op !== 'within', negated, right, span }) as const,
  );
const has = fc
  .tuple(fc.constantFrom('has', 'hasany', 'hasall'), fc.boolean(), fc.oneof(operand, set))
  .map(([op, negated, right]) => ({ kind: 'has', op, negated, right, span }) as const);

/** Every form of the grammar; chains inside chains, as parentheses make them. */
export const tree: fc.Arbitrary<ExprNode> = fc.letrec<{ node: ExprNode }>((tie) => ({
  node: fc.oneof<fc.Arbitrary<ExprNode>[]>(
    { depthSize: 'small', withCrossShrink: true },
    fc
      .tuple(operand, fc.option(fc.oneof(compare, member, text, has)))
      .map(([left, test]) => ({ kind: 'test', left, test, span })),
    name.map((value) => ({ kind: 'name', name: value, span })),
    bare.map((node) => ({ kind: 'exists', field: node, span })),
    fc.tuple(field, fc.oneof(compare, member, text)).map(([list, test]) => ({ kind: 'any', field: list, test, span })),
    tie('node').map((arg) => ({ kind: 'not', arg, span })),
    fc
      .tuple(fc.constantFrom('and', 'or'), fc.array(tie('node'), { minLength: 2, maxLength: 4 }))
      .map(([kind, args]) => ({ kind, args, span })),
  ),
})).node;

/** The tree with all spans the same. */
export const withoutSpans = (node: unknown): unknown =>
  JSON.parse(
    JSON.stringify(node, (key, value) => (key === 'span' ? 0 : typeof value === 'bigint' ? `${value}n` : value)),
  );
