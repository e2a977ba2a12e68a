/** Parts of the normal form, as short as the families need them. Operands are shared: there are millions of rules. */
import type {
  Bytes,
  Constant,
  Expr,
  FieldRef,
  NormalForm,
  NormalPolicy,
  NormalRule,
  Operand,
} from '../../vm/bundle/normal.ts';
import type { Value } from '../../vm/event/index.ts';
import { ERRNOS, FIELDS, KINDS } from '../../vm/spec/index.ts';
import type { Values } from './family.ts';

type FieldOperand = Operand & { readonly is: 'field' };

const refs = new Map<string, FieldRef>(FIELDS.map(({ id, name }) => [name, { field: id }]));
const operands = new Map<string, FieldOperand>(FIELDS.map(({ id, name }) => [name, { is: 'field', field: id }]));

/** The reference to a field, by its name. */
export const ref = (name: string): FieldRef => refs.get(name)!;
const operand = (name: string): FieldOperand => operands.get(name)!;
/** The id of a kind, by its name. */
export const kind = (name: string): number => KINDS.find((k) => k.name === name)!.id;

export const text = (value: Bytes): Constant => ({ is: 'string', value });
export const and = (...args: Expr[]): Expr => ({ op: 'and', args });
export const or = (...args: Expr[]): Expr => ({ op: 'or', args });
export const not = (arg: Expr): Expr => ({ op: 'not', arg });
export const truth = (name: string): Expr => ({ op: 'truth', of: ref(name) });

export const equals = (name: string, value: Bytes): Expr => ({
  op: 'compare',
  cmp: '=',
  left: operand(name),
  right: text(value),
});
export const compares = (name: string, cmp: '=' | '<' | '<=' | '>' | '>=', value: number): Expr => ({
  op: 'compare',
  cmp,
  left: operand(name),
  right: { is: 'int', value: String(value) },
});
export const isIn = (name: string, set: readonly Bytes[]): Expr => ({
  op: 'in',
  left: operand(name),
  set: set.map(text),
});
export const intIn = (name: string, set: readonly number[]): Expr => ({
  op: 'in',
  left: operand(name),
  set: set.map((value) => ({ is: 'int', value: String(value) })),
});
export const affix = (op: 'startswith' | 'endswith' | 'contains', name: string, value: Bytes, fold = false): Expr => ({
  op,
  fold,
  left: operand(name),
  right: text(value),
});
export const pattern = (op: 'glob' | 'matches', name: string, source: Bytes, fold = false): Expr => ({
  op,
  fold,
  left: operand(name),
  pattern: source,
});
/** A path is the directory or below it. */
export const below = (name: string, directory: Bytes): Expr => ({
  op: 'within',
  left: operand(name),
  right: text(directory),
});
/** An address is in a network. @param bits in the 128-bit form */
export const inNetwork = (name: string, value: Bytes, bits: number): Expr => ({
  op: 'within',
  left: operand(name),
  right: { is: 'cidr', value, bits },
});
export const has = (name: string, value: Bytes): Expr => ({ op: 'has', list: ref(name), value: text(value) });

const bits = new Map(FIELDS.flatMap(({ name, type, values }) => (type === 'flags' ? [[name, values!]] : [])));
const bitOf = (name: string, value: string): number => bits.get(name)!.indexOf(value);
export const flag = (name: string, value: string): Expr => ({ op: 'flag', field: ref(name), bit: bitOf(name, value) });
/** The value of a flag field. */
export const flags = (name: string, set: readonly string[]): bigint =>
  set.reduce((sum, value) => sum | (1n << BigInt(bitOf(name, value))), 0n);

/** Values of an event, by the fields' names. */
export const values = (named: Readonly<Record<string, Value>>): Values =>
  new Map(Object.entries(named).map(([name, value]) => [ref(name).field, value]));

/** What most rules share; the rest is given. */
export const rule = (number: number, given: Partial<NormalRule> & Pick<NormalRule, 'kinds' | 'when'>): NormalRule => ({
  name: `r${number}`,
  unless: NOTHING,
  action: 'deny',
  errno: ERRNOS.EPERM,
  continue: false,
  ...given,
});
const NOTHING: NormalRule['unless'] = [];

export const policy = (
  name: string,
  rules: readonly NormalRule[],
  given: Partial<NormalPolicy> = {},
): NormalPolicy => ({
  name,
  mode: 'enforce',
  tier: 'default',
  order: 1000,
  scope: {},
  defaults: {},
  rules,
  ...given,
});

export const normalForm = (...policies: readonly NormalPolicy[]): NormalForm => ({ version: 1, policies });
