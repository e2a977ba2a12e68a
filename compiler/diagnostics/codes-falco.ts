/** L52xx: what was written for Falco. */
import type { CatalogueEntry } from './catalogue.ts';

export const FALCO_CODES = {} as const satisfies Record<string, CatalogueEntry>;
