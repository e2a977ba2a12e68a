/** One comparison for one shape of event: by what the field is there. */
import { ALWAYS, NEVER, all, not, some, test } from '../condition.ts';
import type { Check, FieldRef } from './ast.ts';
import { compareEnvironment, compareVariable } from './compare-environment.ts';
import {
  compareAddress,
  compareAtLeast,
  compareBoolean,
  compareChoice,
  compareEnds,
  compareFlags,
  compareInteger,
  compareNamed,
  compareNames,
  compareUser,
  holdsFor,
} from './compare-number.ts';
import {
  compareAnyText,
  compareArguments,
  compareDirectory,
  compareOrHost,
  compareProgram,
  compareProgramOfPath,
  compareRepository,
  compareText,
} from './compare-text.ts';
import { textsOf, type Comparison, type Context, type Said, type Values } from './comparison.ts';
import { fieldSubject } from './say.ts';
import type { Target } from './target.ts';
import { compareTransformed } from './transformed.ts';

/**
 * @param by the function around the field, if there is one
 * @param target of the field on the left
 */
export function compare(by: string | null, target: Target, comparison: Comparison, context: Context): Said {
  return by === null ? plain(target, comparison, context) : compareTransformed(by, target, comparison, context);
}

function plain(target: Target, comparison: Comparison, context: Context): Said {
  switch (target.is) {
    case 'nothing':
    case 'lacking':
      return NEVER;
    case 'text':
      return compareText(target.operand, comparison, context);
    case 'program':
      return compareProgram(target.operand, comparison, context);
    case 'program of path':
    case 'any program':
      return compareProgramOfPath(target.operand, target.is === 'any program', comparison, context);
    case 'any text':
      return compareAnyText(target.operand, comparison, context);
    case 'arguments':
      return compareArguments(comparison);
    case 'directory':
      return compareDirectory(target.operand, comparison, context);
    case 'repository':
      return compareRepository(comparison, context);
    case 'or host':
      return compareOrHost(target.operand, comparison, context);
    case 'integer':
      return compareInteger(target.operand, comparison, context);
    case 'port':
      return compareEnds(target.operands, comparison.op, (operand) => compareInteger(operand, comparison, context));
    case 'address':
      return compareAddress(target.operands, comparison, context);
    case 'boolean': {
      const { operand } = target;
      return compareBoolean(test(operand), test(`${operand} = false`), test(`exists(${operand})`), comparison);
    }
    case 'condition':
      return compareBoolean(target.when, not(target.when), ALWAYS, comparison);
    case 'constant':
      if (typeof target.value === 'boolean')
        return compareBoolean(target.value ? ALWAYS : NEVER, target.value ? NEVER : ALWAYS, ALWAYS, comparison);
      return compareChoice([{ text: target.value, when: ALWAYS }], comparison);
    case 'choice':
      return compareChoice(target.values, comparison);
    case 'flags':
      return compareFlags(target.operand, target.names, comparison);
    case 'bits':
    case 'enumeration':
      return compareNames(target.operand, target.is === 'bits', target.names, comparison, context);
    case 'at least': {
      const { value, recorded } = target;
      const known = compareAtLeast(value, comparison);
      return known === null && recorded !== undefined ? compareInteger(recorded, comparison, context) : known;
    }
    case 'named':
      return compareNamed(target, comparison);
    case 'environment':
      return compareEnvironment(target.operand, comparison, context);
    case 'variable':
      return compareVariable(target.operand, target.name, comparison, context);
    case 'user':
      return compareUser(target.operand, comparison, context);
    case 'event':
      return compareEvent(comparison, context);
  }
}

/** `evt.type`: true for one of the names that the shape has; not equal where none of them is. */
function compareEvent(comparison: Comparison, context: Context): Said {
  const { op, values } = comparison;
  const { events } = context.shape;
  if (op === 'exists') return ALWAYS;
  const texts = textsOf(values);
  const isEqual = ['=', '==', 'in', 'intersects'].includes(op);
  if (events === null) {
    if (isEqual) return NEVER;
    return op === '!=' ? ALWAYS : compareText('syscall.name', comparison, context);
  }
  const holds = (text: string): boolean | null => {
    if (isEqual) return events.includes(text);
    if (op === '!=') return !events.includes(text);
    const each = events.map((event) => holdsFor(op, event, text));
    return each.includes(null) ? null : each.includes(true);
  };
  const each = texts.map(holds);
  if (each.includes(null)) return null;
  return (op === '!=' ? each.every(Boolean) : each.includes(true)) ? ALWAYS : NEVER;
}

/**
 * `oneof`, `anyof` and `allof`: the operator with each of the values.
 * @param one the comparison with some of the values
 */
export function compareModified(
  modifier: NonNullable<Check['modifier']>,
  { op, values }: Pick<Comparison, 'op' | 'values'>,
  one: (values: Values) => Said,
): Said {
  const texts = [...new Set(textsOf(values))];
  if (texts.length === 0) return NEVER;
  if (modifier === 'anyof' && op !== '!=') return one(values);
  const each = texts.map((text) => one({ texts: [text], lists: [] }));
  const said = each.filter((part) => part !== null);
  if (said.length < each.length) return null;
  if (modifier === 'anyof') return some(said);
  if (modifier === 'allof') return all(said);
  if (said.length > MOST_ONE_OF) return null;
  return some(said.map((part, n) => all([part, ...said.filter((_, other) => other !== n).map(not)])));
}

/** Values of `oneof` that are compared each with all others. */
const MOST_ONE_OF = 8;

/** Arguments of system calls have no sign, and are compared with their like alone. */
const isArgument = (operand: string): boolean => operand.startsWith('syscall.arg');

/** A field with the value of another. Texts and numbers can be compared with their like. */
export function compareFields(op: string, left: Target, right: Target): Said {
  if (left.is === 'nothing' || right.is === 'nothing') return NEVER;
  const kind = ({ is }: Target): string => (is === 'program' ? 'text' : is);
  if (kind(left) !== kind(right) || !['text', 'integer'].includes(kind(left))) return null;
  if (!('operand' in left) || !('operand' in right)) return null;
  if (isArgument(left.operand) !== isArgument(right.operand)) return null;
  const isText = kind(left) === 'text';
  const known = isText ? ['startswith', 'endswith', 'contains', 'icontains'] : ['<', '<=', '>', '>='];
  if (op === '=' || op === '==' || known.includes(op))
    return test(`${left.operand} ${op === '==' ? '=' : op} ${right.operand}`);
  if (op !== '!=') return null;
  const [a, b] = [fieldSubject(left.operand).exists, fieldSubject(right.operand).exists];
  return all([a, b, test(`${left.operand} != ${right.operand}`)]);
}

/** The field that a function is of, where it is of one alone. */
export const innerField = (operands: readonly { readonly is: string }[]): FieldRef | null =>
  operands.length === 1 && operands[0].is === 'field' ? (operands[0] as FieldRef) : null;
