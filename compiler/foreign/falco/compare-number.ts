/** Comparisons of numbers, addresses, flags, and of what is the same for all events of a shape. */
import { ALWAYS, NEVER, all, not, oneOf, quoted, quotedSet, some, test, type Condition } from '../condition.ts';
import { textsOf, type Comparison, type Context, type Said } from './comparison.ts';
import type { Names } from './constants.ts';
import type { Target } from './target.ts';

/** @returns the integer that Falco reads, null where it is none */
export function integerOf(text: string): bigint | null {
  if (/^0[xX][0-9a-fA-F]+$/.test(text)) return BigInt(text);
  const found = /^([+-]?)(\d+)(?:\.0*)?$/.exec(text);
  return found === null ? null : BigInt(found[2]) * (found[1] === '-' ? -1n : 1n);
}

/** Falco's arguments of system calls are 32 bit wide where they are ids; ours have no sign. */
const literal = (operand: string, value: bigint): bigint =>
  operand.startsWith('syscall.arg') && value < 0n ? BigInt.asUintN(32, value) : value;

export function compareInteger(operand: string, { op, values }: Comparison, { shared }: Context): Said {
  const exists = test(`exists(${operand})`);
  if (op === 'exists') return exists;
  const numbers = textsOf(values).map(integerOf);
  const fits = (number: bigint | null): number is bigint => number !== null && BigInt.asIntN(64, number) === number;
  if (!numbers.every(fits)) return null;
  const of = numbers.map((number) => literal(operand, number));
  switch (op) {
    case '=':
    case '==':
    case 'in':
    case 'intersects': {
      const own = values.texts.map((text) => literal(operand, integerOf(text) ?? 0n));
      const lists = values.lists
        .filter((list) => list.values.length > 0)
        .map((list) => {
          const members = list.values.map((text) => literal(operand, integerOf(text) ?? 0n));
          return test(`${operand} in ${shared.list(list.name, '', members)}`);
        });
      return some([...lists, equals(operand, own)]);
    }
    case '!=':
      return all([exists, ...of.map((number) => test(`${operand} != ${number}`))]);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return some(of.map((number) => test(`${operand} ${op} ${number}`)));
    default:
      return null;
  }
}

const equals = (operand: string, numbers: readonly bigint[]): Condition => {
  const distinct = [...new Set(numbers)];
  if (distinct.length === 0) return NEVER;
  return test(distinct.length === 1 ? `${operand} = ${distinct[0]}` : `${operand} in (${distinct.join(', ')})`);
};

/** Equal for one of the operands, unequal for all of them, as Falco's `fd.ip` and `fd.port` are. */
export function compareEnds(operands: readonly string[], op: string, one: (operand: string) => Said): Said {
  const parts = operands.map(one);
  const said = parts.filter((part) => part !== null);
  if (said.length < parts.length) return null;
  return op === '!=' ? all(said) : some(said);
}

export function compareAddress(operands: readonly string[], comparison: Comparison, { shared }: Context): Said {
  const { op, values } = comparison;
  if (!textsOf(values).every((text) => ADDRESS.test(text))) return null;
  const exists = some(operands.map((operand) => test(`exists(${operand})`)));
  const equal = (operand: string): Condition =>
    some([
      ...values.lists
        .filter((list) => list.values.length > 0)
        .map((list) => test(`${operand} in ${shared.list(list.name, '', list.values)}`)),
      addresses(operand, values.texts),
    ]);
  switch (op) {
    case 'exists':
      return exists;
    case '=':
    case '==':
    case 'in':
    case 'intersects':
      return some(operands.map(equal));
    case '!=':
      return all([
        operands.length === 1 ? exists : existsOne(operands),
        ...operands.map((operand) => not(equal(operand))),
      ]);
    default:
      return null;
  }
}

/** An address or a network, as far as its form tells. */
const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F]*:[0-9a-fA-F:.]*)(?:\/\d{1,3})?$/;

/** A connection has a peer: its other address need not be known. */
const existsOne = ([peer]: readonly string[]): Condition => test(`exists(${peer})`);

function addresses(operand: string, texts: readonly string[]): Condition {
  const distinct = [...new Set(texts)];
  if (distinct.length === 0) return NEVER;
  if (distinct.length > 1) return test(`${operand} in ${quotedSet(distinct)}`);
  return test(`${operand} ${distinct[0].includes('/') ? 'within' : '='} ${quoted(distinct[0])}`);
}

export function compareBoolean(
  when: Condition,
  unless: Condition,
  exists: Condition,
  { op, values }: Comparison,
): Said {
  const texts = textsOf(values).map((text) => text.toLowerCase());
  if (op === 'exists') return exists;
  if (texts.some((text) => text !== 'true' && text !== 'false')) return null;
  const is = (text: string): Condition => (text === 'true' ? when : unless);
  if (['=', '==', 'in'].includes(op)) return some(texts.map(is));
  return op === '!=' ? all(texts.map((text) => is(text === 'true' ? 'false' : 'true'))) : null;
}

/** Names of flags in a text that Falco shows: a part of a name is a part of the text. */
function namesIn<T>(names: Readonly<Record<string, T>>, text: string, fold: boolean): T[] | null {
  if (Object.hasOwn(names, text)) return [names[text]];
  const wanted = fold ? text.toUpperCase() : text;
  const found = Object.entries(names).flatMap(([name, value]) => (name.includes(wanted) ? [value] : []));
  return found.length === 0 ? null : [...new Set(found)];
}

export function compareFlags(
  operand: string,
  names: Readonly<Record<string, string>>,
  { op, values }: Comparison,
): Said {
  if (op === 'exists') return test(`exists(${operand})`);
  if (op !== 'contains' && op !== 'icontains') return null;
  const found = textsOf(values).map((text) => namesIn(names, text, op === 'icontains'));
  if (found.includes(null)) return null;
  const flags = [...new Set(found.flatMap((some) => some ?? []))];
  if (flags.length === 0) return NEVER;
  return test(flags.length === 1 ? `${operand} has ${quoted(flags[0])}` : `${operand} hasany ${quotedSet(flags)}`);
}

/** Names of bits, or of numbers, of an argument. */
export function compareNames(
  operand: string,
  bits: boolean,
  names: Names,
  comparison: Comparison,
  context: Context,
): Said {
  const { op, values } = comparison;
  const texts = textsOf(values);
  if (op === 'exists' || texts.every((text) => integerOf(text) !== null))
    return compareInteger(operand, comparison, context);
  const whole = ['=', '==', 'in', 'intersects'].includes(op);
  if (bits ? op !== 'contains' && op !== 'icontains' : !whole && op !== 'contains' && op !== 'icontains') return null;
  const found = texts.map((text) => {
    const number = integerOf(text);
    if (number !== null) return [Number(number)];
    if (whole) return Object.hasOwn(names, text) ? [names[text]] : null;
    return namesIn(names, text, op === 'icontains');
  });
  if (found.includes(null)) return null;
  const numbers = [...new Set(found.flatMap((some) => some ?? []))];
  if (!bits) return equals(operand, numbers.map(BigInt));
  return test(`${operand} & 0o${numbers.reduce((mask, bit) => mask | bit, 0).toString(8)}`);
}

/** What is known of a number is the least that it can be. */
export function compareAtLeast(least: bigint, { op, values }: Comparison): Said {
  if (op === 'exists') return ALWAYS;
  const numbers = textsOf(values).map(integerOf);
  if (numbers.includes(null)) return null;
  const parts = numbers.map((number): Said => {
    const below = number! < least;
    switch (op) {
      case '=':
      case '==':
      case 'in':
      case 'intersects':
      case '<=':
        return below ? NEVER : null;
      case '!=':
      case '>':
        return below ? ALWAYS : null;
      case '<':
        return number! <= least ? NEVER : null;
      case '>=':
        return number! <= least ? ALWAYS : null;
      default:
        return null;
    }
  });
  return parts.includes(null) ? null : some(parts.map((part) => part ?? NEVER));
}

/** A text of which everything is known: one of these, each where its condition holds. */
export function compareChoice(choices: Extract<Target, { is: 'choice' }>['values'], { op, values }: Comparison): Said {
  if (op === 'exists') return some(choices.map(({ when }) => when));
  const held = textsOf(values).map((text) => {
    const parts = choices.map((choice) => ({ when: choice.when, holds: holdsFor(op, choice.text, text) }));
    if (parts.some(({ holds }) => holds === null)) return null;
    return parts.every(({ holds }) => holds) && choices.length === 1
      ? choices[0].when
      : some(parts.filter(({ holds }) => holds).map(({ when }) => when));
  });
  return held.includes(null) ? null : some(held.map((part) => part ?? NEVER));
}

/** A text of which ours has another name, or several. */
export function compareNamed(
  { operand, names, untold }: Extract<Target, { is: 'named' }>,
  { op, values }: Comparison,
): Said {
  const exists = test(`exists(${operand})`);
  if (op === 'exists') return exists;
  const isUnequal = op === '!=';
  const passes = (name: string, text: string): boolean | null => holdsFor(isUnequal ? '=' : op, name, text);
  const held = textsOf(values).map((text) => {
    if (untold.some((name) => passes(name, text) !== false)) return null;
    return Object.keys(names).flatMap((name) => (passes(name, text) === true ? names[name] : []));
  });
  if (held.includes(null)) return null;
  const members = [...new Set(held.flatMap((some) => some ?? []))];
  const equal = members.length === 0 ? NEVER : oneOf(operand, members);
  return isUnequal ? all([exists, not(equal)]) : equal;
}

/** A user's name of an id: root has the same on every machine, of others nobody here knows it. */
export function compareUser(operand: string, { op, values, span }: Comparison, context: Context): Said {
  if (op !== 'exists' && !textsOf(values).every((name) => name === 'root')) return null;
  return compareInteger(operand, { op, values: { texts: textsOf(values).map(() => '0'), lists: [] }, span }, context);
}

/** @returns whether a text that is known passes, null where the operator cannot be judged here */
export function holdsFor(op: string, known: string, text: string): boolean | null {
  switch (op) {
    case '=':
    case '==':
    case 'in':
    case 'intersects':
      return known === text;
    case '!=':
      return known !== text;
    case 'contains':
      return known.includes(text);
    case 'icontains':
      return known.toLowerCase().includes(text.toLowerCase());
    case 'startswith':
      return known.startsWith(text);
    case 'endswith':
      return known.endsWith(text);
    default: {
      const [a, b] = [integerOf(known), integerOf(text)];
      if (a === null || b === null) return null;
      if (op === '<') return a < b;
      if (op === '<=') return a <= b;
      if (op === '>') return a > b;
      return op === '>=' ? a >= b : null;
    }
  }
}
