/** L54xx: what was written for Qualys CRS. */
import type { CatalogueEntry } from './catalogue.ts';

export const QUALYS_CODES = {} as const satisfies Record<string, CatalogueEntry>;
