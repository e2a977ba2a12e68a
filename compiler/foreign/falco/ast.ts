/** Conditions of Falco as they are written. */
import type { Span } from '../../diagnostics/diagnostic.ts';

export interface FieldRef {
  readonly is: 'field';
  readonly name: string;
  /** What stands in brackets. */
  readonly arg?: string;
  readonly span: Span;
}

export interface Value {
  readonly is: 'value';
  readonly text: string;
  /** Written in quotes: then it names no list. */
  readonly quoted: boolean;
  readonly span: Span;
}

/** Fields through functions: `tolower(proc.name)`; on the right of an operator also `val(field)`. */
export interface Transformed {
  readonly is: 'transformed';
  readonly by: string;
  readonly of: readonly Operand[];
  readonly span: Span;
}

/** A list of operands, which functions take. */
export interface OperandList {
  readonly is: 'operands';
  readonly of: readonly Operand[];
  readonly span: Span;
}

export type Operand = FieldRef | Value | Transformed | OperandList;

/** A list by its name, among values. */
export interface ListRef {
  readonly is: 'list';
  readonly name: string;
  readonly span: Span;
}

export type Right =
  { readonly is: 'nothing' } | { readonly is: 'values'; readonly of: readonly (Value | ListRef)[] } | Transformed;

export interface Check {
  readonly is: 'check';
  readonly left: FieldRef | Transformed;
  readonly op: string;
  readonly modifier: 'oneof' | 'anyof' | 'allof' | null;
  readonly right: Right;
  readonly span: Span;
}

export interface MacroRef {
  readonly is: 'macro';
  readonly name: string;
  readonly span: Span;
}

export type Node =
  | { readonly is: 'and' | 'or'; readonly of: readonly Node[] }
  | { readonly is: 'not'; readonly of: Node }
  | MacroRef
  | Check;
