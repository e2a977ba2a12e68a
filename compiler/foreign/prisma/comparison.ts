/** One test of an attribute as a condition of ours. */
import type { DiagnosticCode } from '../../diagnostics/catalogue.ts';
import type { Span } from '../../diagnostics/diagnostic.ts';
import { parseAddress } from '../../check/address.ts';
import { NEVER, all, not, oneOf, quoted, some, test, type Condition } from '../condition.ts';
import { FILE_TYPES, type Attribute } from './attributes.ts';
import type { Comparison, Literal, Range, TextOperator } from './syntax.ts';

type Operator = Comparison | TextOperator | 'in';

/** A finding in the expression; the condition is then left out. */
export type Wrong = (code: DiagnosticCode, message: string, at: Range, help?: string) => null;

export interface Asked {
  readonly attribute: Attribute;
  /** As it is written. */
  readonly name: string;
  readonly op: Operator;
  /** One value, but of `in`. */
  readonly values: readonly Literal[];
  readonly at: Range;
  readonly span: Span;
}

/** @returns null where the attribute takes no such test, which is reported */
export function testOf(asked: Asked, wrong: Wrong): Condition | null {
  if (asked.op === '!=') {
    const equal = testOf({ ...asked, op: '=' }, wrong);
    return equal === null ? null : unequal(equal, asked);
  }
  switch (asked.attribute.is) {
    case 'text':
      return textTest(asked, wrong);
    case 'flag':
      return flagTest(asked, wrong);
    case 'port':
      return portTest(asked, wrong);
    case 'address':
      return addressTest(asked, wrong);
    case 'type':
      return typeTest(asked, wrong);
  }
}

/** `a != b` reads better than `not a = b`. */
function unequal(equal: Condition, { attribute: { field }, span }: Asked): Condition {
  const [text] = equal.pieces.map((piece) => piece.text);
  const isPlain = equal.is === 'test' && text.startsWith(`${field} = `);
  return isPlain ? test(text.replace(' = ', ' != '), span) : not(equal);
}

/** What they call empty is a field that an event of ours does not have. */
const isEmpty = (field: string, span: Span): Condition =>
  some([not(test(`exists(${field})`, span)), test(`${field} = ""`, span)]);

function textTest({ attribute: { field }, name, op, values, at, span }: Asked, wrong: Wrong): Condition | null {
  const texts = values.flatMap((value) => (value.is === 'text' ? [value.value] : []));
  const number = values.find((value) => value.is === 'integer');
  if (number !== undefined) return wrong('L5305', `\`${name}\` is a text`, number, `write \`"${number.value}"\``);
  if (op === 'startswith' || op === 'contains') {
    if (texts[0] === '')
      return wrong('L5305', `every text ${op === 'contains' ? 'contains' : 'starts with'} an empty one`, values[0]);
    return test(`${field} ${op} ${quoted(texts[0])}`, span);
  }
  if (op !== '=' && op !== 'in')
    return wrong('L5305', `\`${name}\` is a text, and texts have no order`, at, 'only ports and addresses do');
  const plain = texts.filter((text) => text !== '').map((text) => (name === 'file.dir' ? folder(text) : text));
  return some([
    ...(plain.length > 0 ? [oneOf(field, plain, span)] : []),
    ...(plain.length < texts.length ? [isEmpty(field, span)] : []),
  ]);
}

/** A folder as ours are written: without a slash at its end. */
const folder = (path: string): string => path.replace(/(?<=.)\/+$/, '');

function flagTest(
  { attribute: { field }, name, op, values: [value], at, span }: Asked,
  wrong: Wrong,
): Condition | null {
  const text = String(value.value);
  if (op !== '=' || (text !== 'true' && text !== 'false')) {
    return wrong('L5305', `\`${name}\` is true or false`, at, `write \`${name}\` or \`not ${name}\``);
  }
  return text === 'true' ? test(field, span) : not(test(field, span));
}

function portTest({ attribute: { field }, name, op, values, at, span }: Asked, wrong: Wrong): Condition | null {
  if (op === 'startswith' || op === 'contains') {
    return wrong(
      'L5305',
      `\`${name}\` is a number here: it has no part`,
      at,
      'name the ports, or compare with the ends of a range',
    );
  }
  const ports: string[] = [];
  for (const value of values) {
    const text = String(value.value);
    if (!/^(0|[1-9][0-9]{0,4})$/.test(text) || Number(text) > 65_535)
      return wrong('L5305', `\`${text}\` is not a port`, value);
    ports.push(text);
  }
  const distinct = [...new Set(ports)];
  if (op !== 'in') return test(`${field} ${op} ${ports[0]}`, span);
  return test(distinct.length === 1 ? `${field} = ${distinct[0]}` : `${field} in (${distinct.join(', ')})`, span);
}

function addressTest(asked: Asked, wrong: Wrong): Condition | null {
  const { attribute, name, op, values, at, span } = asked;
  if (op === 'contains') return wrong('L5305', `an address has no part to look for`, at, RANGE(name));
  if (op === 'startswith') return prefixTest(asked, wrong);
  for (const value of values) {
    const text = String(value.value);
    if (parseAddress(text) === null) return wrong('L5305', `\`${text}\` is not an address`, value, RANGE(name));
  }
  const texts = values.map((value) => String(value.value));
  return op === 'in' || op === '='
    ? oneOf(attribute.field, texts, span)
    : test(`${attribute.field} ${op} ${quoted(texts[0])}`, span);
}

const RANGE = (name: string): string =>
  `a range is two comparisons: \`${name} >= "10.0.0.0" and ${name} <= "10.255.255.255"\``;

/** A text that an address starts with is a network where it ends with whole numbers. */
function prefixTest({ attribute: { field }, name, values: [value], span }: Asked, wrong: Wrong): Condition | null {
  const text = String(value.value);
  const numbers = text.slice(0, -1).split('.');
  const address = [...numbers, '0', '0', '0'].slice(0, 4).join('.');
  if (!text.endsWith('.') || numbers.length > 3 || parseAddress(address) === null) {
    return wrong('L5305', `addresses that start with \`${text}\` are no network`, value, RANGE(name));
  }
  return test(`${field} within "${address}/${8 * numbers.length}"`, span);
}

function typeTest({ name, op, values, at, span }: Asked, wrong: Wrong): Condition | null {
  if (op !== '=' && op !== 'in')
    return wrong('L5305', `\`${name}\` is one of ${KNOWN}`, at, 'ask with `=`, `!=` or `in`');
  const types: Condition[] = [];
  for (const value of values) {
    const own = Object.hasOwn(FILE_TYPES, String(value.value)) ? FILE_TYPES[String(value.value)] : undefined;
    if (own === undefined)
      return wrong('L5305', `there is no type \`${value.value}\` of files`, value, `types are ${KNOWN}`);
    types.push(
      all(
        own.split(' and ').map((part) => (part.startsWith('not ') ? not(test(part.slice(4), span)) : test(part, span))),
      ),
    );
  }
  return types.length === 0 ? NEVER : some(types);
}

const KNOWN = Object.keys(FILE_TYPES)
  .map((type) => `\`${type}\``)
  .join(', ');
