/** What an expression may refer to: definitions of libraries, and the kinds of its rule. */
import type { ExprNode } from '../expression/ast.ts';
import type { Span } from '../diagnostics/diagnostic.ts';

/** Text as YAML gave it; integers beyond 2^53 as bigint. */
export type Value = string | number | bigint | boolean;

export interface ListDefinition {
  readonly values: readonly Value[];
  readonly span: Span | null;
}

export interface MacroDefinition {
  /** Null: it has errors, which were reported. */
  readonly node: ExprNode | null;
  readonly span: Span | null;
}

export type ParameterDefinition = { readonly span: Span | null } & (
  | { readonly type: 'string' | 'address'; readonly value: string }
  | { readonly type: 'integer'; readonly value: number | bigint }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'list'; readonly value: readonly Value[] }
);

/** One object for all expressions of a build saves work: macros are checked once for each environment. */
export interface Environment {
  list(name: string): ListDefinition | undefined;
  macro(name: string): MacroDefinition | undefined;
  parameter(name: string): ParameterDefinition | undefined;
  /** Kind ids of the rule: fields that none of them has are warned of. Empty: not known, no warning. */
  readonly kinds: readonly number[];
  /** All names of a sort, for "did you mean". */
  names?(sort: 'list' | 'macro' | 'parameter'): Iterable<string>;
}
