/** L56xx: what was written for Tetragon. */
import type { CatalogueEntry } from './catalogue.ts';

export const TETRAGON_CODES = {} as const satisfies Record<string, CatalogueEntry>;
