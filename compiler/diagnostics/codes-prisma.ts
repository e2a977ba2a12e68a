/** L53xx: what was written for Prisma Cloud. */
import type { CatalogueEntry } from './catalogue.ts';

export const PRISMA_CODES = {} as const satisfies Record<string, CatalogueEntry>;
