/**
 * The normal form: typed rules in the order of decision. It is what the compiler's front produces, what the planner
 * reads, what the bundle stores beside the program, and what the reference interpreter evaluates.
 *
 * INVARIANT (resolved): no lists, macros, parameters, `use`, `!=`, sets of string operators or aliases are left;
 * INVARIANT (typed): operands of one test have types that the operator accepts;
 * INVARIANT (ordered): `policies` are in the order of decision (tier, order, position), rules in the order they stand.
 */
import type { Action } from '../spec/verdict.ts';

/** A byte string: one character (0–255) for each byte, so that comparison and search are those of bytes. */
export type Bytes = string;

export interface NormalForm {
  readonly version: 1;
  readonly policies: readonly NormalPolicy[];
}

export interface NormalPolicy {
  readonly name: string;
  readonly mode: 'enforce' | 'observe';
  readonly tier: 'admin' | 'default' | 'baseline';
  readonly order: number;
  readonly scope: Scope;
  /** For each kind id that has a default: the action of the narrowest name that covers it. */
  readonly defaults: Readonly<Record<number, Action>>;
  readonly rules: readonly NormalRule[];
}

export interface NormalRule {
  readonly name: string;
  /** Kind ids, ascending. */
  readonly kinds: readonly number[];
  readonly when: Expr;
  /** Named exceptions: the rule matches where `when` holds and none of these does. */
  readonly unless: readonly { readonly name: string; readonly when: Expr }[];
  readonly action: Action;
  /** Number of the errno of a failing action; 1 (EPERM) unless the rule says otherwise. */
  readonly errno: number;
  readonly continue: boolean;
}

/** Every given part must hold; an empty object holds for every workload (semantics, section 5.6). */
export interface ScopeParts {
  readonly host?: boolean;
  readonly class?: readonly Bytes[];
  readonly namespace?: readonly Bytes[];
  /** Glob patterns by label name: each label must match one of its patterns. */
  readonly labels?: Readonly<Record<string, readonly Bytes[]>>;
  readonly matchExpressions?: readonly LabelTest[];
  readonly image?: readonly Bytes[];
  readonly container?: readonly Bytes[];
  readonly node?: Readonly<Record<string, readonly Bytes[]>>;
  readonly cluster?: Readonly<Record<string, readonly Bytes[]>>;
}
export interface Scope extends ScopeParts {
  readonly except?: ScopeParts;
}
export interface LabelTest {
  readonly key: Bytes;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values: readonly Bytes[];
}

/** The two truth values are `and` and `or` of nothing. */
export type Expr =
  | { readonly op: 'and' | 'or'; readonly args: readonly Expr[] }
  | { readonly op: 'not'; readonly arg: Expr }
  | { readonly op: 'exists'; readonly field: FieldRef }
  /** A boolean field, or a masked integer that is not zero. */
  | { readonly op: 'truth'; readonly of: FieldRef }
  | {
      readonly op: 'compare';
      readonly cmp: '=' | '<' | '<=' | '>' | '>=';
      readonly left: Operand;
      readonly right: Operand;
    }
  /** Equal to one of these constants; for addresses a CIDR contains. Constants are of the operand's type. */
  | { readonly op: 'in'; readonly left: Operand; readonly set: readonly Constant[] }
  | {
      readonly op: 'startswith' | 'endswith' | 'contains';
      readonly fold: boolean;
      readonly left: Operand;
      readonly right: Operand;
    }
  | { readonly op: 'glob' | 'matches'; readonly fold: boolean; readonly left: Operand; readonly pattern: Bytes }
  /** An address in a CIDR, or a path equal to a directory or below it. */
  | { readonly op: 'within'; readonly left: Operand; readonly right: Operand }
  /** The flag (by bit) is set, or the list has an element equal to the operand. */
  | { readonly op: 'flag'; readonly field: FieldRef; readonly bit: number }
  | { readonly op: 'has'; readonly list: FieldRef; readonly value: Operand }
  /** `test` holds for one element; `element` operands in it mean that element. */
  | { readonly op: 'any'; readonly list: FieldRef; readonly test: Expr };

export interface FieldRef {
  /** Field id of `vm/spec`. */
  readonly field: number;
  /** Index into a list, or key of a map. */
  readonly index?: number;
  readonly key?: Bytes;
  /** Integers only: `f & mask`. Decimal text, because JSON and MessagePack readers differ on 64 bits. */
  readonly mask?: string;
}

export type Operand = ({ readonly is: 'field' } & FieldRef) | { readonly is: 'element' } | Constant;

export type Constant =
  | { readonly is: 'string'; readonly value: Bytes }
  /** Decimal text of a 64-bit integer: signed, or unsigned beside a `uint` field. */
  | { readonly is: 'int'; readonly value: string }
  | { readonly is: 'bool'; readonly value: boolean }
  /** 16 bytes, IPv4 as ::ffff:a.b.c.d. */
  | { readonly is: 'address'; readonly value: Bytes }
  /** A network: `bits` counts in the 128-bit form, host bits are zero. */
  | { readonly is: 'cidr'; readonly value: Bytes; readonly bits: number };

export const TRUE: Expr = { op: 'and', args: [] };
export const FALSE: Expr = { op: 'or', args: [] };
