/** Globs, as people read them: keys without how many components there may be. */
import { GLOB_PIECE } from '../spec/index.ts';

/** @param texts that of each piece, in order */
export const globText = (pieces: readonly number[], texts: readonly string[]): string => {
  const at = (of: number): string[] => {
    const components: string[] = [];
    pieces.forEach((piece, i) => {
      if ((piece & (GLOB_PIECE.end | GLOB_PIECE.base)) !== of) return;
      const place = piece & GLOB_PIECE.place;
      while (components.length <= place) components.push('*');
      components[place] = partText(components[place], piece, texts[i]);
    });
    return components;
  };
  const run = at(GLOB_PIECE.base);
  return [...at(0), '**', ...(run.length > 0 ? [...run, '**'] : []), ...at(GLOB_PIECE.end).reverse()].join('/');
};

/** What is known of a component with one piece more. */
const partText = (known: string, piece: number, text: string): string => {
  if (!(piece & GLOB_PIECE.part)) return text;
  const beside = '?'.repeat((piece >>> GLOB_PIECE.offsetShift) & GLOB_PIECE.maxOffset);
  return piece & GLOB_PIECE.last ? `${known}${text}${beside}` : `${beside}${text}*`;
};
