/** L55xx: what was written for Trend Vision One. */
import type { CatalogueEntry } from './catalogue.ts';

export const TREND_CODES = {} as const satisfies Record<string, CatalogueEntry>;
