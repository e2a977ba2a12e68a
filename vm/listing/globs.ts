/** Globs, as people read them: keys without how many components there may be, and how many tuples there are. */
import { CLASSIFIER, CLASSIFIER_FORMS, GLOB_PIECE, GLOBS, PROGRAM } from '../spec/index.ts';

/**
 * Tuples of all tables of globs: on these the bound depends, not on how many globs there are.
 * @param program the program section of a bundle that the VM has loaded
 */
export const globTuples = (program: Uint8Array): number => {
  const view = new DataView(program.buffer, program.byteOffset, program.length);
  const u32 = (at: number): number => view.getUint32(at, true);
  let tuples = 0;
  for (let i = 0; i < u32(PROGRAM.classifierCountAt); i++) {
    const row = u32(PROGRAM.classifiersAt) + i * CLASSIFIER.size;
    const form = view.getUint8(row);
    if (form !== CLASSIFIER_FORMS.glob.code && form !== CLASSIFIER_FORMS.floating.code) continue;
    tuples += u32(u32(row + CLASSIFIER.table) + GLOBS.tuples);
  }
  return tuples;
};

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
