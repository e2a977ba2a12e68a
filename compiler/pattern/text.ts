/** Texts that strings have at a place, as patterns. */
import type { Bytes } from '../../vm/bundle/normal.ts';
import { byte, cat, type Pattern, repeat, set } from './pattern.ts';

const ANY = repeat(
  set(() => true),
  0,
  null,
);

/** Strings that begin with a text, end with it, or have it anywhere; of any case of ASCII letters where `fold`. */
export const textPattern = (where: 'startswith' | 'endswith' | 'contains', text: Bytes, fold: boolean): Pattern => {
  const bytes = Array.from(text, (c) => byte(c.charCodeAt(0), fold));
  return cat([...(where === 'startswith' ? [] : [ANY]), ...bytes, ...(where === 'endswith' ? [] : [ANY])]);
};
