/** `=` and its negation, the orders, and membership of a set. */
import type { Comparison } from '../expression/ast.ts';
import type { Span } from '../diagnostics/diagnostic.ts';
import { FALSE, type Constant, type Expr, type Operand } from '../../vm/bundle/normal.ts';
import { ALL_IPV4, contains, coversIpv4, isIpv4, type Address, type Network } from './address.ts';
import { negatedIf, not, or, and, truth } from './build.ts';
import { addressOf, constantFor, networkFor, unfit } from './constant.ts';
import type { Context } from './context.ts';
import { compareConstants } from './fold.ts';
import { describe, standTogether, type Checked, type LiteralValue, type Resolved, type TypedValue } from './value.ts';

type Cmp = Exclude<Comparison, '!='>;
const TURNED: Readonly<Record<Cmp, Cmp>> = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

/** `left cmp right`; a constant goes to the right. */
export function checkCompare(
  left: Resolved,
  comparison: Comparison,
  right: Resolved,
  span: Span,
  context: Context,
): Checked {
  const cmp = comparison === '!=' ? '=' : comparison;
  if (cmp !== '=' && !haveOrder(left, right, span, context)) return null;
  const expr =
    left.is === 'typed'
      ? right.is === 'typed'
        ? compareTyped(left, cmp, right, span, context)
        : compareWith(left, cmp, right, context)
      : right.is === 'typed'
        ? compareWith(right, TURNED[cmp], left, context)
        : compareLiterals(left, cmp, right, span, context);
  return expr && negatedIf(comparison === '!=', expr);
}

function haveOrder(left: Resolved, right: Resolved, span: Span, context: Context): boolean {
  const types = [left, right].map((value) => (value.is === 'typed' ? value.type : value.sort));
  // A literal string may be an address or a time: what it is compared with says.
  const decisive = types.find((_, i) => [left, right][i].is === 'typed') ?? types[0];
  if (decisive !== 'string' && decisive !== 'bool' && decisive !== 'boolean') return true;
  const what = decisive === 'string' ? 'strings' : 'booleans';
  context.report('L2112', `${what} have no order`, span, 'integers and addresses have');
  return false;
}

function compareWith(left: TypedValue, cmp: Cmp, right: LiteralValue, context: Context): Checked {
  const constant = constantFor(right, left, context);
  return constant && { op: 'compare', cmp, left: left.operand, right: constant };
}

function compareTyped(left: TypedValue, cmp: Cmp, right: TypedValue, span: Span, context: Context): Checked {
  for (const side of [left, right]) {
    if (side.type === 'list' || side.type === 'flags' || side.type === 'map') return unfit(side, context);
  }
  if (left.type !== right.type) return context.report('L2110', `${describe(left)}, ${describe(right)}`, span);
  return { op: 'compare', cmp, left: left.operand, right: right.operand };
}

function compareLiterals(left: LiteralValue, cmp: Cmp, right: LiteralValue, span: Span, context: Context): Checked {
  const constants = [left, right].map((literal) => untyped(literal, left, right, context));
  const [a, b] = constants;
  if (!a || !b) return null;
  if (a.is !== b.is) return context.report('L2110', `${describe(left)}, ${describe(right)}`, span);
  return truth(compareConstants(cmp, a, b));
}

/** A literal among literals: an address where one of the two is. */
function untyped(
  literal: LiteralValue,
  a: LiteralValue,
  b: LiteralValue,
  context: Context,
): Exclude<Constant, Network> | null {
  switch (literal.sort) {
    case 'integer':
      return { is: 'int', value: String(literal.value) };
    case 'boolean':
      return { is: 'bool', value: literal.value as boolean };
    default:
      if (a.sort === 'address' || b.sort === 'address') return addressOf(literal, context);
      return { is: 'string', value: literal.value as string };
  }
}

/** `left in (members)`: constants stay together, fields are compared one by one. */
export function checkIn(left: Resolved, members: readonly Resolved[], span: Span, context: Context): Checked {
  if (left.is === 'typed' && (left.type === 'list' || left.type === 'flags' || left.type === 'map'))
    return unfit(left, context);
  const constants: (Address | Network | Exclude<Constant, Network>)[] = [];
  const others: Expr[] = [];
  let failed = false;
  for (const member of members) {
    if (left.is === 'typed' && member.is === 'literal') {
      const constant = left.type === 'address' ? networkFor(member, context) : constantFor(member, left, context);
      if (constant) constants.push(constant);
      else failed = true;
    } else {
      const test =
        left.is === 'literal' && left.sort === 'address' && member.is === 'literal'
          ? addressAmong(left, member, context)
          : checkCompare(left, '=', member, span, context);
      if (test) others.push(test);
      else failed = true;
    }
    if (failed && standTogether(members)) break;
  }
  if (failed) return null;
  return left.is === 'typed' ? or([inConstants(left.operand, constants), ...others]) : or(others);
}

/** A parameter that is an address, in a literal set. */
function addressAmong(left: LiteralValue, member: LiteralValue, context: Context): Checked {
  const address = addressOf(left, context);
  const other = networkFor(member, context);
  if (!address || !other) return null;
  return truth(other.is === 'cidr' ? withinConstant(address, other) : other.value === address.value);
}

/** Whether an address is in a network of its family. */
export const withinConstant = (address: Address, network: Network): boolean =>
  contains(network, address.value) && !(coversIpv4(network) && isIpv4(address.value));

/** Membership of constants of the operand's type. */
export function inConstants(left: Operand, constants: readonly Constant[]): Expr {
  const seen = new Set<string>();
  const set: Constant[] = [];
  const wide: Expr[] = [];
  for (const constant of constants) {
    if (constant.is === 'cidr' && coversIpv4(constant)) wide.push(withinNetwork(left, constant));
    else {
      const key = `${constant.is === 'cidr' ? constant.bits : ''} ${constant.value}`;
      if (!seen.has(key)) set.push(constant);
      seen.add(key);
    }
  }
  return or([...inSet(left, set), ...wide]);
}

function inSet(left: Operand, set: readonly Constant[]): Expr[] {
  if (set.length === 0) return [FALSE];
  if (set.length > 1) return [{ op: 'in', left, set }];
  const [only] = set;
  return [only.is === 'cidr' ? { op: 'within', left, right: only } : { op: 'compare', cmp: '=', left, right: only }];
}

/** An address in a network; an IPv6 network around the IPv4-mapped addresses does not have these. */
export function withinNetwork(left: Operand, network: Network): Expr {
  const inside: Expr = { op: 'within', left, right: network };
  return coversIpv4(network) ? and([inside, not({ op: 'within', left, right: ALL_IPV4 })]) : inside;
}
