/** What a condition of Falco says of the values of an event (libsinsp: sinsp_filtercheck.cpp, filter_compare.cpp). */
import ipaddr from 'ipaddr.js';
import { RE2JS } from 're2js';
import type { Expression, Operand, Right } from './condition.ts';

export type Scalar = string | number | boolean;

/** One value; those of a list field; or several of which each is compared: `any` suffices, or for `!=` in `ends` both must differ. */
export type Value =
  | Scalar
  | { readonly list: readonly string[] }
  | { readonly any: readonly Scalar[] }
  | { readonly ends: readonly Scalar[] };

/** @returns the value of a field, undefined where the event does not have it */
export type Fields = (field: string, argument: string | null) => Value | undefined;

export const holds = (expression: Expression, fields: Fields): boolean => {
  switch (expression.is) {
    case 'and':
      return expression.of.every((part) => holds(part, fields));
    case 'or':
      return expression.of.some((part) => holds(part, fields));
    case 'not':
      return !holds(expression.of, fields);
    case 'check':
      return checks(expression.left, expression.operator, expression.right, fields);
    case 'macro':
      throw new Error(`BUG: macro ${expression.name}`);
  }
};

/** A field that is not there makes every comparison false, `!=` as well. */
const checks = (left: Operand, operator: string, right: Right, fields: Fields): boolean => {
  const value = operandValue(left, fields);
  if (value === undefined) return false;
  if (operator === 'exists') return true;
  const wanted = 'length' in right ? right : texts(operandValue(right, fields));
  if (wanted === undefined) return false;
  if (typeof value !== 'object') return compares(value, operator, wanted);
  if ('any' in value) return value.any.some((one) => compares(one, operator, wanted));
  if ('ends' in value) {
    const both = operator === '!=';
    return both
      ? value.ends.every((end) => compares(end, operator, wanted))
      : value.ends.some((end) => compares(end, operator, wanted));
  }
  if (operator === 'in') return value.list.every((one) => wanted.includes(one));
  return value.list.some((one) => compares(one, operator, wanted));
};

const operandValue = (operand: Operand, fields: Fields): Value | undefined => {
  if ('field' in operand) return fields(operand.field, operand.argument);
  const [first] = operand.operands;
  const value = typeof first === 'string' ? first : operandValue(first, fields);
  if (value === undefined) return undefined;
  const transformed = TRANSFORMERS[operand.transformer]?.(value);
  if (transformed === undefined) throw new Error(`the model does not know ${operand.transformer}()`);
  return transformed;
};

const mapped =
  (change: (text: string) => string) =>
  (value: Value): Value =>
    typeof value === 'object' ? value : change(String(value));

const TRANSFORMERS: Readonly<Record<string, (value: Value) => Value>> = {
  val: (value) => value,
  tolower: mapped((text) => text.toLowerCase()),
  toupper: mapped((text) => text.toUpperCase()),
  basename: mapped((text) => text.slice(text.lastIndexOf('/') + 1)),
  len: (value) => (typeof value === 'object' ? Object.values(value)[0].length : Buffer.byteLength(String(value))),
};

const texts = (value: Value | undefined): readonly string[] | undefined => {
  if (value === undefined) return undefined;
  return typeof value === 'object' ? (Object.values(value)[0] as readonly Scalar[]).map(String) : [String(value)];
};

/** An operator with a list says "one of"; with `allof`, "each of". */
const compares = (value: Scalar, operator: string, wanted: readonly string[]): boolean => {
  const [word, modifier] = operator.split(' ');
  if (modifier === 'allof') return wanted.length > 0 && wanted.every((one) => compare(value, word, one));
  if (word === 'in' || word === 'intersects') return wanted.some((one) => compare(value, '=', one));
  return wanted.some((one) => compare(value, word, one));
};

const compare = (value: Scalar, operator: string, wanted: string): boolean => {
  if (operator === '!=') return !equals(value, wanted);
  if (operator === '=' || operator === '==') return equals(value, wanted);
  if (/^[<>]/.test(operator)) return ordered(value, operator, wanted);
  return TEXT[operator](String(value), wanted);
};

const equals = (value: Scalar, wanted: string): boolean => {
  if (typeof value === 'number') return value === Number(wanted);
  if (typeof value === 'boolean') return value === /^(true|1)$/i.test(wanted);
  return ipaddr.isValid(value) && /^[\d.:a-f]+(\/\d+)?$/i.test(wanted)
    ? addressEquals(value, wanted)
    : value === wanted;
};

/** An address is equal to the networks that hold it. */
const addressEquals = (value: string, wanted: string): boolean => {
  const [network, bits] = wanted.split('/');
  if (!ipaddr.isValid(network)) return value === wanted;
  const address = ipaddr.parse(value);
  const other = ipaddr.parse(network);
  return (
    address.kind() === other.kind() &&
    address.match(other, bits === undefined ? (other.kind() === 'ipv4' ? 32 : 128) : Number(bits))
  );
};

const ordered = (value: Scalar, operator: string, wanted: string): boolean => {
  const [a, b] = typeof value === 'string' ? [value, wanted] : [Number(value), Number(wanted)];
  return { '<': a < b, '<=': a <= b, '>': a > b, '>=': a >= b }[operator]!;
};

const TEXT: Readonly<Record<string, (value: string, wanted: string) => boolean>> = {
  contains: (value, wanted) => value.includes(wanted),
  icontains: (value, wanted) => value.toLowerCase().includes(wanted.toLowerCase()),
  bcontains: (value, wanted) => Buffer.from(value).includes(Buffer.from(wanted, 'hex')),
  startswith: (value, wanted) => value.startsWith(wanted),
  bstartswith: (value, wanted) =>
    Buffer.from(value)
      .subarray(0, wanted.length / 2)
      .equals(Buffer.from(wanted, 'hex')),
  endswith: (value, wanted) => value.endsWith(wanted),
  glob: (value, wanted) => fnmatch(wanted, value),
  iglob: (value, wanted) => fnmatch(wanted.toLowerCase(), value.toLowerCase()),
  regex: (value, wanted) => RE2JS.compile(wanted).matches(value),
  pmatch: (value, wanted) => pathPrefix(wanted, value),
};

/** fnmatch(3) without flags: a star also crosses slashes. */
const fnmatch = (pattern: string, value: string): boolean => {
  const source = pattern.replace(/\\.|\[[!^]?\]?[^\]]*\]|./gs, (token) => {
    if (token === '*') return '.*';
    if (token === '?') return '.';
    if (token.length > 1 && token.startsWith('[')) return token.replace(/^\[!/, '[^');
    return token.replace(/^\\(.)$/s, '$1').replace(/[.+^$()|[\]\\{}*?]/g, '\\$&');
  });
  return new RegExp(`^${source}$`, 's').test(value);
};

/** A path that lies at or below the wanted one, component by component. A star in a component stays within it. */
const pathPrefix = (wanted: string, value: string): boolean => {
  const components = (path: string): string[] => path.split('/').filter((part) => part !== '');
  const parts = components(value);
  const prefix = components(wanted);
  return prefix.length <= parts.length && prefix.every((part, i) => fnmatch(part, parts[i]));
};
