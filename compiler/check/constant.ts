/** Literals become constants of the type that they are compared with. */
import { nearest } from '../diagnostics/nearest.ts';
import { toText } from '../expression/bytes.ts';
import type { Constant } from '../../vm/bundle/normal.ts';
import { KIND_CLASSES, KINDS } from '../../vm/spec/kinds.ts';
import { FIELDS } from '../../vm/spec/fields.ts';
import { parseAddress, parseNetwork, printNetwork, type Address, type Network } from './address.ts';
import type { Context } from './context.ts';
import { fits, outOfRange } from './field.ts';
import { parseTime } from './time.ts';
import { describe, typeName, type LiteralValue, type TypedValue } from './value.ts';

const CUT = FIELDS.filter((field) => field.cut).map((field) => field.name);

/** The literal in the type of what it is compared with; null: reported. A network is none of the constants. */
export function constantFor(
  literal: LiteralValue,
  other: TypedValue,
  context: Context,
): Exclude<Constant, Network> | null {
  const { sort, value, span } = literal;
  switch (other.type) {
    case 'string':
      if (sort !== 'string') break;
      warnUnknown(literal, other, context);
      return { is: 'string', value: value as string };
    case 'int':
    case 'uint':
      if (sort === 'string' && other.spec.name === 'event.time') return timeOf(literal, context);
      if (sort !== 'integer') break;
      if (!fits(value as bigint, other.type)) return outOfRange(value as bigint, other.type, other.name, span, context);
      return { is: 'int', value: String(value) };
    case 'bool':
      if (sort !== 'boolean') break;
      return { is: 'bool', value: value as boolean };
    case 'address':
      if (sort !== 'string' && sort !== 'address') break;
      return addressOf(literal, context);
    default:
      return unfit(other, context);
  }
  const quoted = sort === 'integer' && other.type === 'string' ? `strings stand in double quotes: "${value}"` : null;
  return context.report('L2110', `${describe(other)}, ${describe(literal)}`, span, quoted);
}

/** Why lists, flag sets and maps are not compared. */
export function unfit(value: TypedValue, context: Context): null {
  const { name, span, type } = value;
  if (type === 'list') {
    const help = `write \`any(${name}, …)\` for a test of one element, \`${name} has "…"\` for an element, or \`${name}[0]\``;
    return context.report('L2114', `\`${name}\` is a list: \`any\` or \`has\` tests its elements`, span, help);
  }
  if (type === 'map') {
    return context.report('L2115', `\`${name}\` is a map: its values are taken by key`, span, `write \`${name}["…"]\``);
  }
  return context.report('L2110', `\`${name}\` is ${typeName(type)}`, span, `write \`${name} has "…"\``);
}

function timeOf(literal: LiteralValue, context: Context): (Constant & { is: 'int' }) | null {
  const time = parseTime(literal.value as string);
  if (time === null || !fits(time, 'int')) {
    return context.report(
      'L2123',
      `\`${literal.value as string}\` is not a time`,
      literal.span,
      'write "2026-11-21T02:07:28Z"',
    );
  }
  return { is: 'int', value: String(time) };
}

export function addressOf(literal: LiteralValue, context: Context): Address | null {
  const text = literal.value as string;
  const address = parseAddress(text);
  if (address) return address;
  if (parseNetwork(text)) {
    const help = 'write `within` or `in (…)`';
    return context.report('L2113', `\`${text}\` is a network: no address equals it`, literal.span, help);
  }
  return context.report('L2119', `\`${text}\` is not an address`, literal.span);
}

/** An address, or a network of addresses; null: reported. */
export function networkFor(literal: LiteralValue, context: Context): Address | Network | null {
  const { sort, value, span } = literal;
  if (sort !== 'string' && sort !== 'address')
    return context.report('L2110', `expected an address, ${describe(literal)}`, span);
  const text = value as string;
  const parsed = parseNetwork(text);
  if (!parsed) {
    return parseAddress(text) ?? context.report('L2119', `\`${text}\` is neither an address nor a network`, span);
  }
  if (!parsed.exact) {
    const help = `write "${printNetwork(parsed.network)}"`;
    context.report('L3003', `\`${text}\` has bits behind its prefix, which are ignored`, span, help);
  }
  return parsed.network;
}

/** A string that the field is not documented to take. */
function warnUnknown(literal: LiteralValue, other: TypedValue, context: Context): void {
  const isKind = other.spec.name === 'event.kind';
  const isCut = other.spec.name === 'event.truncated';
  const known = isKind ? KINDS.map((kind) => kind.name) : isCut ? CUT : other.spec.values;
  const value = literal.value as string;
  if (!known || known.includes(value)) return;
  const text = toText(value) ?? value;
  const plain = text.toLowerCase().replace(/^cap_/, '');
  const near = known.includes(plain) ? plain : nearest(text, known);
  const help =
    isKind && Object.hasOwn(KIND_CLASSES, value)
      ? `\`${value}\` is a class of kinds: write \`on: ${value}\``
      : near === null
        ? known.length <= 10
          ? `values: ${known.join(', ')}`
          : null
        : `did you mean "${near}"?`;
  context.report('L3001', `\`${other.name}\` is never \`${text}\``, literal.span, help);
}
