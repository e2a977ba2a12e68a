/**
 * Shapes of documents, as data: one table (`documents.ts`) from which come the reader (`read.ts`), the JSON Schemas
 * (`json.ts`), the canonical order of keys and the places of expressions (`../format`), and the TypeScript types (`Read`).
 */
import type { Span } from '../diagnostics/diagnostic.ts';
import type { Located, Placer } from '../document/located.ts';

/** A string. `pattern` is a regular expression of the whole text, `what` says in words what it allows. */
export interface TextShape {
  readonly is: 'text';
  readonly pattern?: string;
  readonly what?: string;
}
/** One of a closed list of strings. */
export interface ChoiceShape<V extends string = string> {
  readonly is: 'choice';
  readonly values: readonly V[];
}
export interface IntegerShape {
  readonly is: 'integer';
  readonly min: number;
  readonly max: number;
}
export interface BooleanShape {
  readonly is: 'boolean';
}
/** An expression: a string, or `true` and `false`. */
export interface ExpressionShape {
  readonly is: 'expression';
}
/** A string or an integer, as it is. */
export interface ConstantShape {
  readonly is: 'constant';
}
/** Any value, null included. */
export interface AnyShape {
  readonly is: 'any';
}
/** A list; with `orOne` a single value stands for a list of one. `filled`: an empty one is an error. */
export interface ListShape<S extends Shape = Shape> {
  readonly is: 'list';
  readonly of: S;
  readonly orOne: boolean;
  readonly filled: boolean;
}
/** Keys that the user names. */
export interface MapShape<S extends Shape = Shape> {
  readonly is: 'map';
  readonly keys: TextShape | ChoiceShape;
  readonly of: S;
  readonly filled: boolean;
}
/** Keys that we name, in canonical order. `filled`: at least one must be there. */
export interface ObjectShape<F extends Fields = Fields> {
  readonly is: 'object';
  readonly fields: F;
  readonly filled: boolean;
}
/** One of two objects: the first where it has the key. */
export interface EitherShape<A extends ObjectShape = ObjectShape, B extends ObjectShape = ObjectShape> {
  readonly is: 'either';
  readonly key: string;
  readonly first: A;
  readonly other: B;
}
export type Shape =
  | TextShape
  | ChoiceShape
  | IntegerShape
  | BooleanShape
  | ExpressionShape
  | ConstantShape
  | AnyShape
  | ListShape
  | MapShape
  | ObjectShape
  | EitherShape;

export interface Field<S extends Shape = Shape, R extends boolean = boolean> {
  readonly shape: S;
  readonly required: R;
  /** A sentence for editors and the reference. */
  readonly doc: string;
}
export type Fields = Readonly<Record<string, Field>>;

/** What reading yields: a value and its place. `missing`: it was wanted, it is reported, and this stands for it. */
export interface Spanned<T> {
  readonly value: T;
  readonly span: Span;
  readonly missing?: true;
}
export interface Text extends Spanned<string> {
  readonly place: Placer;
}
export interface Entry<T> {
  readonly key: Text;
  readonly value: T;
}

export type Read<S extends Shape> = S extends TextShape | ExpressionShape
  ? Text
  : S extends ChoiceShape<infer V>
    ? Spanned<V>
    : S extends IntegerShape
      ? Spanned<number>
      : S extends BooleanShape
        ? Spanned<boolean>
        : S extends ConstantShape
          ? Spanned<string | bigint>
          : S extends AnyShape
            ? Located
            : S extends ListShape<infer O>
              ? Spanned<readonly Read<O>[]>
              : S extends MapShape<infer O>
                ? Spanned<readonly Entry<Read<O>>[]>
                : S extends ObjectShape<infer F>
                  ? ReadObject<F>
                  : S extends EitherShape<infer A, infer B>
                    ? Read<A> | Read<B>
                    : never;

/** `span` is the object's place, `head` a short one: the key or the line that it starts with. */
export type ReadObject<F extends Fields> = { readonly span: Span; readonly head: Span } & {
  readonly [K in keyof F]: F[K] extends Field<infer S, true>
    ? Read<S>
    : F[K] extends Field<infer S, boolean>
      ? Read<S> | undefined
      : never;
};

export const text = (pattern?: string, what?: string): TextShape => ({ is: 'text', pattern, what });
export const choice = <const V extends string>(values: readonly V[]): ChoiceShape<V> => ({ is: 'choice', values });
export const integer = (min: number, max: number): IntegerShape => ({ is: 'integer', min, max });
export const boolean: BooleanShape = { is: 'boolean' };
export const expression: ExpressionShape = { is: 'expression' };
export const constant: ConstantShape = { is: 'constant' };
export const any: AnyShape = { is: 'any' };
export const list = <S extends Shape>(of: S): ListShape<S> => ({ is: 'list', of, orOne: false, filled: false });
/** A list that may not be empty, or one value in its place. */
export const oneOrMore = <S extends Shape>(of: S): ListShape<S> => ({ is: 'list', of, orOne: true, filled: true });
/** A list that may not be empty. */
export const some = <S extends Shape>(of: S): ListShape<S> => ({ is: 'list', of, orOne: false, filled: true });
export const map = <S extends Shape>(keys: TextShape | ChoiceShape, of: S, filled = false): MapShape<S> => ({
  is: 'map',
  keys,
  of,
  filled,
});
export const object = <const F extends Fields>(fields: F, filled = false): ObjectShape<F> => ({
  is: 'object',
  fields,
  filled,
});
export const either = <A extends ObjectShape, B extends ObjectShape>(
  key: string,
  first: A,
  other: B,
): EitherShape<A, B> => ({ is: 'either', key, first, other });

export const required = <S extends Shape>(shape: S, doc: string): Field<S, true> => ({ shape, required: true, doc });
export const optional = <S extends Shape>(shape: S, doc: string): Field<S, false> => ({ shape, required: false, doc });
