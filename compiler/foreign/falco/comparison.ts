/** One comparison of Falco: an operator and the values on its right, with lists that keep their names. */
import type { Condition } from '../condition.ts';
import type { Value } from './ast.ts';
import type { Shape } from './shapes.ts';

export interface NamedList {
  readonly name: string;
  readonly values: readonly string[];
}

/** What stands on the right: texts, and lists with all of their texts. */
export interface Values {
  readonly texts: readonly string[];
  readonly lists: readonly NamedList[];
}

export interface Comparison {
  readonly op: string;
  readonly values: Values;
  readonly span: Value['span'];
}

/** Lists and macros of ours that conditions refer to. */
export interface Shared {
  /**
   * @param suffix what tells this form of the list from others
   * @returns the name of a list with these values
   */
  list(name: string, suffix: string, values: readonly (string | bigint)[]): string;
}

export interface Context {
  readonly shape: Shape;
  readonly shared: Shared;
}

/** What a comparison becomes; null: our language has nothing for it. */
export type Said = Condition | null;

/** All texts, those of lists among them. */
export const textsOf = ({ texts, lists }: Values): readonly string[] => [
  ...texts,
  ...lists.flatMap(({ values }) => values),
];
