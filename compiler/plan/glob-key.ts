/** Keys of the classifier form `glob`: texts of components and of parts of them, by their places in a path. */
import type { Bytes } from '../../vm/bundle/normal.ts';
import { GLOB_PIECE, GLOBS } from '../../vm/spec/index.ts';
import type { Component, Components } from '../pattern/index.ts';

/** What keys have in common that differ in their texts alone. */
export interface Tuple {
  /** Places of the texts: GLOB_PIECE. */
  readonly pieces: readonly number[];
  /** Components of a path at least, or exactly without `more`. */
  readonly least: number;
  readonly more: boolean;
  /** Where pieces may stand anywhere: components before the first of them, and behind it, at least. */
  readonly before: number;
  readonly behind: number;
}

export interface GlobKey {
  readonly tuple: Tuple;
  /** One for each piece. */
  readonly texts: readonly Bytes[];
}

/** A text and where it stands. */
type Piece = readonly [piece: number, text: Bytes];

/** What a path must have to be found by all that is known of a pattern's components; null where the tables hold no such key. */
export const globKeyOf = (c: Components): GlobKey | null => keyOf(c, allOf);

/** Likewise by the components that are known whole at the front and at the end, as less may fit the tables. */
export const coarseKeyOf = (c: Components): GlobKey | null => keyOf({ ...c, run: [] }, wholeOf);

const keyOf = ({ head, tail, run, before, behind, gap, least }: Components, piecesOf: typeof allOf): GlobKey | null => {
  const pieces = [
    ...at(head, 0, piecesOf),
    ...at([...tail].reverse(), GLOB_PIECE.end, piecesOf),
    ...at(run, GLOB_PIECE.base, piecesOf),
  ];
  if (pieces.includes(null)) return null;
  const known = pieces.filter((piece) => piece !== null);
  const bytes = known.reduce((sum, [, text]) => sum + text.length + 1, 2);
  if (known.every(([piece, text]) => text === '' && !(piece & GLOB_PIECE.part)) || bytes > GLOBS.maxKey) return null;
  if (Math.max(least, before, behind) > GLOBS.maxComponents) return null;
  const floating = run.length > 0 ? { before, behind } : { before: 0, behind: 0 };
  return {
    tuple: { pieces: known.map(([piece]) => piece), least, more: gap, ...floating },
    texts: known.map(([, text]) => text),
  };
};

const at = (components: readonly Component[], of: number, piecesOf: typeof allOf): readonly (Piece | null)[] =>
  components.flatMap((component, place) => {
    if (component === null) return [];
    const pieces = place <= GLOB_PIECE.place ? piecesOf(component) : null;
    return pieces ? pieces.map(([piece, text]): Piece => [piece | of | place, text]) : [null];
  });

const wholeOf = (component: Exclude<Component, null>): readonly Piece[] =>
  typeof component === 'string' ? [[0, component]] : [];

const allOf = (component: Exclude<Component, null>): readonly Piece[] | null => {
  if (typeof component === 'string') return [[0, component]];
  const { texts, least, fixed } = component;
  const { maxLength, maxOffset } = GLOB_PIECE;
  if (least > maxLength || texts.some(({ offset }) => offset > maxOffset)) return null;
  const piece = (least << GLOB_PIECE.leastShift) | GLOB_PIECE.part | (fixed ? GLOB_PIECE.fixed : 0);
  if (texts.length === 0) return [[piece >>> 0, '']];
  return texts.map(({ text, from, offset }) => {
    const last = from === 'end' ? GLOB_PIECE.last : 0;
    const span = (offset << GLOB_PIECE.offsetShift) | (text.length << GLOB_PIECE.lengthShift);
    return [(piece | last | span) >>> 0, text];
  });
};

/** Whether a tuple's pieces may stand at any component. */
export const isFloating = ({ pieces }: Tuple): boolean => pieces.some((piece) => piece & GLOB_PIECE.base);

/** As text: the tuple, a slash, and the texts, which have none, with a slash between them. */
export const printGlobKey = ({ tuple, texts }: GlobKey): Bytes => `${printTuple(tuple)}/${texts.join('/')}`;

const printTuple = ({ pieces, least, more, before, behind }: Tuple): string =>
  [least, Number(more), before, behind, ...pieces].join();

/** The tuple of a key as text. */
export const tupleOf = (key: Bytes): string => key.slice(0, key.indexOf('/'));

/** Reads the tuple that `tupleOf` found. */
export const parseTuple = (text: string): Tuple => {
  const [least, more, before, behind, ...pieces] = text.split(',').map(Number);
  return { pieces, least, more: more === 1, before, behind };
};

/** The texts of a key as text. */
export const textsOf = (key: Bytes): readonly Bytes[] => key.slice(key.indexOf('/') + 1).split('/');
