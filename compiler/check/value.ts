/** What stands on one side of a test, after names are resolved. */
import type { Span } from '../diagnostics/diagnostic.ts';
import type { Bytes, Expr, FieldRef, Operand } from '../../vm/bundle/normal.ts';
import type { FieldSpec, FieldType } from '../../vm/spec/fields.ts';

/** A field, or, inside `any`, an element of a list. Its type is known. */
export interface TypedValue {
  readonly is: 'typed';
  readonly type: FieldType;
  readonly operand: Extract<Operand, { is: 'field' | 'element' }>;
  readonly spec: FieldSpec;
  /** As the user wrote it. */
  readonly name: string;
  readonly span: Span;
}

/** A literal or a parameter. A string becomes what the other side is: text, an address, a time. */
export interface LiteralValue {
  readonly is: 'literal';
  readonly sort: 'string' | 'integer' | 'boolean' | 'address';
  readonly value: Bytes | bigint | boolean;
  readonly span: Span;
  /** A string that stands at its span, not a parameter or a member of a list. */
  readonly written?: true;
}

export type Resolved = TypedValue | LiteralValue;

/** The field of a typed value that is not an element. */
export function refOf(value: TypedValue): FieldRef {
  if (value.operand.is !== 'field') throw new Error('BUG: an element is not a field');
  const { is: _, ...ref } = value.operand;
  return ref;
}

/** An element of a list, inside `any`. */
export const elementOf = (list: TypedValue): TypedValue => ({ ...list, type: 'string', operand: { is: 'element' } });

/** Whether the members come from a list, which is at one place: one finding about them is enough. */
export const standTogether = (members: readonly Resolved[]): boolean =>
  members.length > 1 && members[0].span === members[1].span;

/** Null: an error was reported. */
export type Checked = Expr | null;

const TYPE_NAMES: Readonly<Record<FieldType, string>> = {
  string: 'a string',
  int: 'an integer',
  uint: 'an unsigned integer',
  bool: 'a boolean',
  address: 'an address',
  list: 'a list of strings',
  flags: 'a flag set',
  map: 'a map of strings',
};
export const typeName = (type: FieldType): string => TYPE_NAMES[type];

const SORT_NAMES = { string: 'a string', integer: 'an integer', boolean: 'a boolean', address: 'an address' } as const;
export const describe = (value: Resolved): string =>
  value.is === 'typed'
    ? `${value.operand.is === 'element' ? 'an element of ' : ''}\`${value.name}\` is ${typeName(value.type)}`
    : `this is ${SORT_NAMES[value.sort]}`;
