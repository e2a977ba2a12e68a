/** Conditions of Falco to ours, for one shape of event. */
import type { Span } from '../../diagnostics/diagnostic.ts';
import { ALWAYS, NEVER, all, not, some, type Condition } from '../condition.ts';
import type { Piece } from '../written.ts';
import type { Check, FieldRef, Node } from './ast.ts';
import { compare, compareFields, compareModified, innerField } from './compare.ts';
import type { Comparison, Said, Shared } from './comparison.ts';
import type { Conditions } from './conditions.ts';
import { KNOWN_FIELDS, targetOf } from './fields.ts';
import { keyOf, type Shape } from './shapes.ts';
import { LACKING, type Target } from './target.ts';

/** What a condition lost: a field that we lack, a comparison that we cannot say. */
export interface Loss {
  readonly code: 'L5203' | 'L5210';
  /** The field with its argument; what the loss is called. */
  readonly name: string;
  /** The event that does not have a field which others have. */
  readonly event: string | null;
  readonly span: Span;
}

export interface LoweredCondition {
  readonly condition: Condition;
  /** Those that bear on it: not those beside a part that decides without them. */
  readonly losses: readonly Loss[];
}

/** Where the conditions of macros go that are not the same for every event. */
export interface SharedMacros extends Shared {
  /** @returns a reference to a macro of ours with the condition */
  macro(name: string, suffix: string, condition: Condition): string;
}

export class Lowering {
  readonly #conditions: Conditions;
  readonly #shared: SharedMacros;
  readonly #macros = new Map<string, LoweredCondition>();

  constructor(conditions: Conditions, shared: SharedMacros) {
    this.#conditions = conditions;
    this.#shared = shared;
  }

  lower(node: Node, shape: Shape): LoweredCondition {
    switch (node.is) {
      case 'and':
        return chained(
          node.of.map((part) => this.lower(part, shape)),
          'false',
          all,
        );
      case 'or':
        return chained(
          node.of.map((part) => this.lower(part, shape)),
          'true',
          some,
        );
      case 'not': {
        const { condition, losses } = this.lower(node.of, shape);
        return { condition: not(condition), losses };
      }
      case 'macro':
        return this.#macro(node.name, node.span, shape);
      case 'check':
        return this.#check(node, shape);
    }
  }

  #macro(name: string, span: Span, shape: Shape): LoweredCondition {
    const key = `${name} ${keyOf(shape)}`;
    const known = this.#macros.get(key);
    if (known !== undefined) return placedAt(known, span);
    const body = this.#conditions.macro(name);
    if (body === null) return { condition: NEVER, losses: [] };
    const { condition, losses } = this.lower(body, shape);
    const isConstant = condition.is === 'true' || condition.is === 'false';
    const lowered: LoweredCondition = isConstant
      ? { condition, losses }
      : {
          condition: { is: 'test', pieces: [{ text: this.#shared.macro(name, shape.kind, condition), span: null }] },
          losses,
        };
    this.#macros.set(key, lowered);
    return placedAt(lowered, span);
  }

  #check(check: Check, shape: Shape): LoweredCondition {
    const { left, op, modifier, right, span } = check;
    const by = left.is === 'field' ? null : left.by;
    const field = left.is === 'field' ? left : innerField(left.of);
    const name = field === null ? `${by}(…)` : nameOfField(field);
    const lost = (code: Loss['code'], what = name): LoweredCondition => ({
      condition: NEVER,
      losses: [{ code, name: what, event: KNOWN_FIELDS.includes(field?.name ?? '') ? eventOf(shape) : null, span }],
    });
    if (field === null) return lost('L5210');
    const target = this.#target(field, shape);
    if (target.is === 'lacking') return lost('L5203');
    const context = { shape, shared: this.#shared };
    let said: Said;
    if (right.is === 'transformed') {
      const other = innerField(right.of);
      const value = other === null ? LACKING : this.#target(other, shape);
      if (other !== null && value.is === 'lacking') return lost('L5203', nameOfField(other));
      said = by !== null || right.by !== 'val' || other === null ? null : compareFields(op, target, value);
    } else {
      const values = this.#conditions.values(check);
      const one = (some: Comparison['values']): Said => compare(by, target, { op, values: some, span }, context);
      said = modifier === null ? one(values) : compareModified(modifier, { op, values }, one);
    }
    if (said === null) return lost('L5210', `${name} ${op}`);
    return { condition: spread(said, span), losses: [] };
  }

  #target({ name, arg }: FieldRef, shape: Shape): Target {
    return targetOf(name, arg, shape) ?? LACKING;
  }
}

const eventOf = ({ kind, events }: Shape): string => (kind === 'syscall' ? (events?.[0] ?? kind) : kind);

const nameOfField = ({ name, arg }: FieldRef): string => (arg === undefined ? name : `${name}[${arg}]`);

/** Parts together. A part that decides by itself makes the losses of the others matter no more. */
function chained(
  parts: readonly LoweredCondition[],
  final: 'true' | 'false',
  together: (parts: readonly Condition[]) => Condition,
): LoweredCondition {
  const deciding = parts.find(({ condition, losses }) => condition.is === final && losses.length === 0);
  if (deciding !== undefined) return deciding;
  const seen = new Set<string>();
  const distinct = parts.filter(({ condition }) => {
    const text = textOf(condition);
    return !seen.has(text) && seen.add(text);
  });
  return {
    condition: together(distinct.map(({ condition }) => condition)),
    losses: parts.flatMap(({ losses }) => losses),
  };
}

export const textOf = ({ pieces }: Condition): string => pieces.map(({ text }) => text).join('');

/** The condition with a place for all of it. */
function spread(condition: Condition, span: Span): Condition {
  if (condition === ALWAYS || condition === NEVER) return condition;
  const pieces = condition.pieces.map(({ text }): Piece => ({ text, span }));
  return { ...condition, pieces, ...(condition.of === undefined ? {} : { of: spread(condition.of, span) }) };
}

const placedAt = ({ condition, losses }: LoweredCondition, span: Span): LoweredCondition => ({
  condition: spread(condition, span),
  losses,
});
