/** String operators: prefixes, suffixes, substrings, patterns, directories and networks. */
import type { StringTestNode } from '../expression/ast.ts';
import { parseGlob, parseRegex } from '../pattern/index.ts';
import type { Span } from '../diagnostics/diagnostic.ts';
import type { Bytes, Constant, Operand } from '../../vm/bundle/normal.ts';
import { networkOf } from './address.ts';
import { or, truth } from './build.ts';
import { withinConstant, withinNetwork } from './compare.ts';
import { addressOf, networkFor, unfit } from './constant.ts';
import type { Context } from './context.ts';
import { matchConstant, testConstants } from './fold.ts';
import { describe, standTogether, type Checked, type LiteralValue, type Resolved } from './value.ts';

type Test = Pick<StringTestNode, 'op' | 'fold'>;

/** True for one of the values on the right. */
export function checkString(left: Resolved, test: Test, rights: readonly Resolved[], context: Context): Checked {
  if (!accepts(left, test, context)) return null;
  const tests: Checked[] = [];
  for (const right of rights) {
    tests.push(checkOne(left, test, right, context));
    if (tests.at(-1) === null && standTogether(rights)) return null;
  }
  return tests.every((one) => one !== null) ? or(tests) : null;
}

function accepts(left: Resolved, { op }: Test, context: Context): boolean {
  if (left.is === 'literal' && (left.sort === 'string' || (left.sort === 'address' && op === 'within'))) return true;
  if (left.is === 'typed') {
    if (left.type === 'string' || (left.type === 'address' && op === 'within')) return true;
    if (left.type === 'list' || left.type === 'flags' || left.type === 'map') return unfit(left, context) !== null;
  }
  const type = left.is === 'typed' ? left.type : left.sort;
  const isBoolean = type === 'bool' || type === 'boolean';
  const help =
    type === 'address' ? 'write `within "…/…"` or `in (…)`' : isBoolean ? null : 'integers have `=`, `<`, `in`';
  context.report('L2110', `\`${op}\` tests strings, ${describe(left)}`, left.span, help);
  return false;
}

function checkOne(left: Resolved, test: Test, right: Resolved, context: Context): Checked {
  if (test.op === 'glob' || test.op === 'matches') return checkPattern(left, { ...test, op: test.op }, right, context);
  const isAddress = left.is === 'typed' ? left.type === 'address' : left.sort === 'address';
  if (isAddress) return checkNetwork(left, right, context);
  const b = textOperand(right, test, left, context);
  if (!b) return null;
  if (left.is === 'literal') {
    const a = left.value as Bytes;
    if (b.is === 'string') return truth(testConstants(test.op, test.fold, a, b.value));
    const constant: Constant = { is: 'string', value: a };
    return test.op === 'within'
      ? { op: 'within', left: constant, right: b }
      : { op: test.op, fold: test.fold, left: constant, right: b };
  }
  return test.op === 'within'
    ? { op: 'within', left: left.operand, right: b }
    : { op: test.op, fold: test.fold, left: left.operand, right: b };
}

/** What a string is tested against: a string, or a field that is one. */
function textOperand(
  right: Resolved,
  { op }: Test,
  left: Resolved,
  context: Context,
): (Operand & { is: 'string' | 'field' | 'element' }) | null {
  if (right.is === 'typed') {
    if (right.type === 'string') return right.operand;
    return context.report('L2110', `\`${op}\` takes a string, ${describe(right)}`, right.span);
  }
  if (right.sort !== 'string') {
    const help = right.sort === 'integer' ? `strings stand in double quotes: "${right.value}"` : null;
    return context.report('L2110', `\`${op}\` takes a string, ${describe(right)}`, right.span, help);
  }
  const value = right.value as Bytes;
  if (op !== 'within') return { is: 'string', value };
  if (value === '')
    return context.report('L2124', `an empty directory for ${nameOf(left)}`, right.span, 'write `"/"` for every path');
  return { is: 'string', value: value.replace(/\/+$/, '') || '/' };
}

const nameOf = (value: Resolved): string => (value.is === 'typed' ? `\`${value.name}\`` : 'this string');

function checkNetwork(left: Resolved, right: Resolved, context: Context): Checked {
  if (right.is === 'typed') {
    return context.report(
      'L2110',
      '`within` takes a network that is a literal',
      right.span,
      'for equal addresses write `=`',
    );
  }
  const found = networkFor(right, context);
  if (!found) return null;
  const network = found.is === 'cidr' ? found : networkOf(found);
  if (left.is === 'typed') return withinNetwork(left.operand, network);
  const address = addressOf(left, context);
  return address && truth(withinConstant(address, network));
}

function checkPattern(
  left: Resolved,
  test: { op: 'glob' | 'matches'; fold: boolean },
  right: Resolved,
  context: Context,
): Checked {
  if (right.is === 'typed') {
    const help = 'to compare two fields write `=`, `startswith`, `endswith` or `contains`';
    return context.report(
      'L2120',
      `\`${test.op}\` takes a literal pattern, \`${right.name}\` is a field`,
      right.span,
      help,
    );
  }
  if (right.sort !== 'string')
    return context.report('L2110', `\`${test.op}\` takes a string, ${describe(right)}`, right.span);
  const bytes = right.value as Bytes;
  const parsed = test.op === 'glob' ? parseGlob(bytes, test.fold) : parseRegex(bytes, test.fold);
  if ('error' in parsed) {
    return context.report(test.op === 'glob' ? 'L2121' : 'L2122', parsed.error, narrowed(right, parsed.at));
  }
  if (left.is === 'typed') return { op: test.op, fold: test.fold, left: left.operand, pattern: bytes };
  const matched = matchConstant(parsed.pattern, left.value as Bytes);
  if (matched === null)
    return context.report('L2120', 'the pattern is too large to be matched with a constant', right.span);
  return truth(matched);
}

/** The place of a byte in a literal, where the literal stands as it is: without escapes, in ASCII. */
function narrowed({ span, value, written }: LiteralValue, at: number): Span {
  const bytes = value as Bytes;
  const quotes = span.end - span.start - bytes.length;
  if (!written || (quotes !== 2 && quotes !== 3) || /[^\x20-\x7e]/.test(bytes) || (quotes === 2 && /["\\]/.test(bytes)))
    return span;
  const start = span.start + quotes - 1 + Math.min(at, bytes.length);
  return { ...span, start, end: Math.min(start + 1, span.end) };
}
