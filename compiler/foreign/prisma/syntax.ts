/** Trees of the expressions of custom rules. */

/** Offsets in the expression, in UTF-16 units: start inclusive, end exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

export type Literal = Range &
  ({ readonly is: 'text'; readonly value: string } | { readonly is: 'integer'; readonly value: bigint });
export type Name = Range & { readonly is: 'name'; readonly value: string };
export type Term = Literal | Name;

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';
export type TextOperator = 'startswith' | 'contains';

export type Tree = Range &
  (
    | { readonly is: 'and' | 'or'; readonly parts: readonly Tree[] }
    | { readonly is: 'not'; readonly of: Tree }
    | { readonly is: 'compare'; readonly op: Comparison | TextOperator; readonly left: Term; readonly right: Term }
    | { readonly is: 'in'; readonly left: Term; readonly set: readonly Literal[] }
    /** An attribute by itself. */
    | { readonly is: 'flag'; readonly left: Name }
  );

export type Test = Extract<Tree, { readonly is: 'compare' | 'in' | 'flag' }>;

/** The tests of a tree. */
export function testsOf(tree: Tree): readonly Test[] {
  switch (tree.is) {
    case 'and':
    case 'or':
      return tree.parts.flatMap(testsOf);
    case 'not':
      return testsOf(tree.of);
    default:
      return [tree];
  }
}

/** The attributes that a test reads. */
export const namesOf = (test: Test): readonly Name[] =>
  [test.left, ...(test.is === 'compare' ? [test.right] : [])].filter((term) => term.is === 'name');
