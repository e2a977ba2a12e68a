/** L56xx: what was written for Tetragon. */
import type { CatalogueEntry } from './catalogue.ts';

export const TETRAGON_CODES = {
  L5601: {
    title: 'decided by something else than Tetragon',
    severity: 'warning',
    text: 'Our events do not have the fact that Tetragon compares, but one that is the same nearly always. The help says where they differ.',
  },
  L5602: {
    title: 'selector that never decides',
    severity: 'warning',
    text: 'An earlier selector of the hook matches always, and the first that matches wins.',
  },
} as const satisfies Record<string, CatalogueEntry>;
