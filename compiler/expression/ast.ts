/**
 * The syntax tree of an expression, as it was written: names are not resolved, types not checked.
 * Parentheses are not kept; the printer sets those that the tree needs.
 */
import type { Span } from '../diagnostics/diagnostic.ts';
import type { Bytes } from '../../vm/bundle/normal.ts';

interface Node {
  readonly span: Span;
}

/** Two or more terms: a chain of one operator is one node, however long. */
export interface ChainNode extends Node {
  readonly kind: 'and' | 'or';
  readonly args: readonly ExprNode[];
}
export interface NotNode extends Node {
  readonly kind: 'not';
  readonly arg: ExprNode;
}
/** A macro, by its name. */
export interface NameNode extends Node {
  readonly kind: 'name';
  readonly name: string;
}
export interface ExistsNode extends Node {
  readonly kind: 'exists';
  readonly field: FieldNode;
}
export interface AnyNode extends Node {
  readonly kind: 'any';
  readonly field: FieldNode;
  readonly test: TestNode;
}
/** An operand with a test of it, or alone. */
export interface OperandTestNode extends Node {
  readonly kind: 'test';
  readonly left: OperandNode;
  readonly test: TestNode | null;
}
/** A part that could not be read; it was reported. */
export interface ErrorNode extends Node {
  readonly kind: 'error';
}
export type ExprNode = ChainNode | NotNode | NameNode | ExistsNode | AnyNode | OperandTestNode | ErrorNode;

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';
export type StringOperator = 'startswith' | 'endswith' | 'contains' | 'glob' | 'matches' | 'within';
export type HasOperator = 'has' | 'hasany' | 'hasall';

export interface CompareNode extends Node {
  readonly kind: 'compare';
  readonly cmp: Comparison;
  readonly right: OperandNode;
}
export interface InNode extends Node {
  readonly kind: 'in';
  readonly negated: boolean;
  readonly right: SetNode;
}
export interface StringTestNode extends Node {
  readonly kind: 'string';
  readonly op: StringOperator;
  /** The `i` prefix: ASCII letters of both cases are the same. */
  readonly fold: boolean;
  readonly negated: boolean;
  readonly right: OperandNode | SetNode;
}
export interface HasNode extends Node {
  readonly kind: 'has';
  readonly op: HasOperator;
  readonly negated: boolean;
  readonly right: OperandNode | SetNode;
}
/** What stands right of an operand; its span starts at the operator. */
export type TestNode = CompareNode | InNode | StringTestNode | HasNode;

export interface FieldNode extends Node {
  readonly kind: 'field';
  /** As written, an alias too: `proc.name`. */
  readonly name: string;
  readonly index: IntegerNode | StringNode | null;
  readonly mask: IntegerNode | null;
}
export interface StringNode extends Node {
  readonly kind: 'text';
  readonly value: Bytes;
  /** Written as r"…". */
  readonly raw: boolean;
}
export interface IntegerNode extends Node {
  readonly kind: 'integer';
  readonly value: bigint;
  /** As written. */
  readonly base: 8 | 10 | 16;
}
export interface BooleanNode extends Node {
  readonly kind: 'boolean';
  readonly value: boolean;
}
/** `$name`: an operand, or a set if the parameter is a list. */
export interface ParameterNode extends Node {
  readonly kind: 'parameter';
  readonly name: string;
}
export type OperandNode = FieldNode | StringNode | IntegerNode | BooleanNode | ParameterNode;

export interface MembersNode extends Node {
  readonly kind: 'members';
  /** One or more. */
  readonly members: readonly OperandNode[];
}
/** A list of a Library, by its name. */
export interface ListNode extends Node {
  readonly kind: 'list';
  readonly name: string;
}
export type SetNode = MembersNode | ListNode | ParameterNode;
